"""Deadlines counted again after a calendar changed: what ends otherwise, and what is left as it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.routing.domain.case import Case, decide, evolve
from services.routing.domain.case.commands import (
    Accept,
    AskSuspension,
    Command,
    DeadlineReached,
    EndSuspension,
    FailVerification,
    GrantExtension,
    GrantSuspension,
    MoveCase,
    RecomputeDeadlines,
    Resolve,
)
from services.routing.domain.case.commands import AskExtension as Ask
from services.routing.domain.case.recounting import Recounted
from services.routing.domain.case.relocation import Instead
from services.routing.domain.clocks import TimerWish, timers_after
from services.routing.domain.deadlines import due as due_of
from services.routing.domain.errors.more_time import PassedMeanwhileError
from services.routing.domain.recounting import recounted
from services.routing.domain.units import Units
from shared.contracts.routing import CaseAssigned, Clock, DeadlineRecomputed, RoutingEvent, Term
from tests.unit.routing.district_samples import SMALL, changed, read_small
from tests.unit.routing.routing_samples import (
    CASE_ID,
    COLLEAGUE,
    DISPATCHER,
    LEAD,
    assignment,
    folded,
    open_case,
    sealed,
)

# A Tuesday, before office hours; with Friday off five workdays end a day later.
TUESDAY = datetime(2026, 4, 28, 0, 0, tzinfo=UTC)
TERMS = (Term(clock=Clock.ACCEPT, minutes=60), Term(clock=Clock.RESOLVE, working_days=5))
AS_IT_WAS = read_small(SMALL).units
WITH_FRIDAY_OFF = read_small(changed("[2026-10-01]", "[2026-05-01, 2026-10-01]")).units
MONDAY, TUESDAY_AFTER = (datetime(2026, 5, day, 0, 30, tzinfo=UTC) for day in (5, 6))
SATURDAY_WORKED = read_small(changed("{2026-10-10: 5}", "{2026-05-02: 5, 2026-10-10: 5}")).units
CALENDARS = (AS_IT_WAS, WITH_FRIDAY_OFF, SATURDAY_WORKED)
RESOLVED = Resolve(by=LEAD, note=sealed(), to_unit="property", now=TUESDAY)
LATE = DeadlineReached(clock=Clock.RESOLVE, generation=1, next_unit="grid", next_due=None, now=MONDAY)


def events_of(*commands: Command) -> list[RoutingEvent]:
    """What these commands brought about, in a case opened under the calendar of before."""
    due = AS_IT_WAS.deadlines(TERMS, unit="committee", start=TUESDAY)
    opened = replace(open_case(), assignment=replace(assignment(), terms=TERMS, deadlines=due), now=TUESDAY)
    events: list[RoutingEvent] = []
    for command in (opened, *commands):
        events.extend(decide(folded(None, events), command))
    return events


def differing(units: Units, *commands: Command, now: datetime = TUESDAY) -> list[Recounted]:
    return recounted(events_of(*commands), units, now=now)


def test_the_same_calendar_counts_the_same() -> None:
    assert differing(AS_IT_WAS) == []


def test_a_day_off_that_was_announced_later_moves_the_deadlines_that_lie_behind_it() -> None:
    assert differing(WITH_FRIDAY_OFF) == [
        Recounted(clock=Clock.RESOLVE, unit="committee", before=MONDAY, after=TUESDAY_AFTER)
    ]


def test_what_has_passed_stays_passed() -> None:
    assert differing(WITH_FRIDAY_OFF, now=MONDAY) == []


def test_a_clock_that_stands_is_not_counted() -> None:
    accepted = Accept(by=LEAD, now=TUESDAY)
    resolved = Resolve(by=LEAD, note=sealed(), now=TUESDAY + timedelta(hours=1))

    assert [each.clock for each in differing(WITH_FRIDAY_OFF, accepted)] == [Clock.RESOLVE]
    assert differing(WITH_FRIDAY_OFF, accepted, resolved) == []


def test_a_deadline_that_the_grid_agreed_to_stays() -> None:
    later = MONDAY + timedelta(days=3)
    asked = Ask(by=LEAD, reason=sealed(), resolve_by=later, to_unit="grid", now=TUESDAY)

    granted = GrantExtension(by=DISPATCHER, now=TUESDAY)

    assert differing(WITH_FRIDAY_OFF, Accept(by=LEAD, now=TUESDAY), asked, granted) == []


def test_a_deadline_that_ran_on_after_a_stand_still_stays() -> None:
    ask = AskSuspension(by=LEAD, reason=sealed(), until=MONDAY, to_unit="grid", now=TUESDAY)
    grant, end = GrantSuspension(by=DISPATCHER, now=TUESDAY), EndSuspension(by=LEAD, resolve_by=MONDAY, now=TUESDAY)

    assert differing(WITH_FRIDAY_OFF, Accept(by=LEAD, now=TUESDAY), ask, grant) == []
    assert differing(WITH_FRIDAY_OFF, Accept(by=LEAD, now=TUESDAY), ask, grant, end) == []


def test_verifying_is_counted_from_the_end_of_the_observation_by_the_unit_that_verifies() -> None:
    observed = TUESDAY + timedelta(days=2)
    terms = (*TERMS, Term(clock=Clock.VERIFY, working_days=1))
    due = due_of(terms[-1], calendar=AS_IT_WAS.calendars["office"], start=observed)
    assigned = events_of(Accept(by=LEAD, now=TUESDAY), replace(RESOLVED, observed_until=observed, verify_by=due))
    told = [each.model_copy(update={"terms": terms}) if isinstance(each, CaseAssigned) else each for each in assigned]

    [found] = recounted(told, WITH_FRIDAY_OFF, now=TUESDAY)

    assert (found.clock, found.unit, found.before) == (Clock.VERIFY, "property", due)
    assert found.after == due_of(terms[-1], calendar=WITH_FRIDAY_OFF.calendars["office"], start=observed)


def test_what_another_unit_verifies_or_answers_since_an_edition_is_counted_from_then_on_in_its_own_time() -> None:
    wednesday = TUESDAY + timedelta(days=1)
    terms = (*TERMS, Term(clock=Clock.VERIFY, working_days=3), Term(clock=Clock.ANSWER, working_days=3))
    by_then = due_of(terms[-1], calendar=AS_IT_WAS.calendars["office"], start=wednesday)
    instead = Instead(unit="property", due_by=by_then)
    moved = partial(MoveCase, to_unit="committee", keeps_unit=True, directory_version=2, now=wednesday)
    opened = replace(open_case(), assignment=replace(assignment(), terms=terms), now=TUESDAY)
    ask = Ask(by=LEAD, reason=sealed(), resolve_by=MONDAY + timedelta(days=9), to_unit="ops", now=TUESDAY)

    for asked, command in ((RESOLVED, moved(verifier=instead)), (ask, moved(answers={"committee": instead}))):
        events: list[RoutingEvent] = []
        for each in (opened, Accept(by=LEAD, now=TUESDAY), replace(asked, to_unit="ops"), command):
            events.extend(decide(folded(None, events), each))
        found = recounted(events, WITH_FRIDAY_OFF, now=wednesday)
        [awaited] = [each for each in found if each.clock in (Clock.VERIFY, Clock.ANSWER)]
        assert (awaited.unit, awaited.before) == ("property", by_then)
        assert awaited.after > by_then


def test_more_time_that_was_asked_for_before_is_not_granted_where_it_would_be_less() -> None:
    asked = Ask(by=LEAD, reason=sealed(), resolve_by=MONDAY + timedelta(hours=1), to_unit="grid", now=TUESDAY)
    commands = (Accept(by=LEAD, now=TUESDAY), asked)
    moved = folded(case_of(*commands), decide(case_of(*commands), recount(WITH_FRIDAY_OFF, *commands)))

    with pytest.raises(PassedMeanwhileError):
        decide(moved, GrantExtension(by=DISPATCHER, now=TUESDAY))


def test_a_unit_that_has_gone_has_no_working_time_to_count_in() -> None:
    without = Units({}, WITH_FRIDAY_OFF.calendars)

    assert differing(without) == []


def case_of(*commands: Command) -> Case:
    case = folded(None, events_of(*commands))
    assert case is not None
    return case


def recount(units: Units, *commands: Command, now: datetime = TUESDAY) -> RecomputeDeadlines:
    return RecomputeDeadlines(edition=2, clocks=tuple(differing(units, *commands, now=now)), now=now)


def test_what_is_asked_for_is_an_event_for_each_clock_with_the_stored_end_and_the_new() -> None:
    command = recount(WITH_FRIDAY_OFF)

    assert decide(case_of(), command) == (
        DeadlineRecomputed(
            case_id=CASE_ID,
            at=TUESDAY,
            clock=Clock.RESOLVE,
            unit="committee",
            edition=2,
            before=MONDAY,
            deadline=TUESDAY_AFTER,
            judged_by=TUESDAY_AFTER,
        ),
    )


def test_the_clock_runs_to_the_new_end_and_is_judged_by_it_and_the_old_timer_does_nothing() -> None:
    before, command = case_of(), recount(WITH_FRIDAY_OFF)

    after = folded(before, decide(before, command))
    assert after is not None
    old, [wish] = before.resolve, timers_after(before, after)

    assert (after.resolve.deadline, after.resolve.promise, after.accept) == (
        TUESDAY_AFTER,
        TUESDAY_AFTER,
        before.accept,
    )
    assert wish == TimerWish(kind=Clock.RESOLVE, generation=old.generation + 1, due_at=TUESDAY_AFTER)
    assert not decide(after, replace(LATE, generation=old.generation))
    assert decide(after, replace(LATE, generation=wish.generation, now=TUESDAY_AFTER))


def test_who_works_again_keeps_what_the_case_is_judged_by() -> None:
    failed_at = TUESDAY + timedelta(days=1)
    again_by = AS_IT_WAS.deadlines(TERMS, unit="committee", start=failed_at).resolve_by
    failed = FailVerification(by=COLLEAGUE, reason=sealed(), resolve_by=again_by, now=failed_at)
    commands = (Accept(by=LEAD, now=TUESDAY), Resolve(by=LEAD, note=sealed(), now=TUESDAY), failed)
    case = case_of(*commands)

    [moved] = decide(case, recount(WITH_FRIDAY_OFF, *commands, now=failed_at))

    assert again_by is not None
    assert evolve(case, moved).resolve.deadline == again_by + timedelta(days=1)
    assert evolve(case, moved).resolve.promise == case.resolve.promise == MONDAY


def test_nobody_becomes_late_by_a_calendar() -> None:
    sooner = MONDAY - timedelta(days=1)

    assert [each.after for each in differing(SATURDAY_WORKED)] == [sooner]
    assert differing(SATURDAY_WORKED, now=sooner) == []
    assert not decide(case_of(), replace(recount(SATURDAY_WORKED), now=sooner))


def test_reminders_that_lie_behind_are_not_sent_again() -> None:
    [found] = differing(WITH_FRIDAY_OFF)
    warned = replace(found, warnings=(TUESDAY - timedelta(hours=1), TUESDAY + timedelta(days=1)))

    [event] = decide(case_of(), RecomputeDeadlines(edition=2, clocks=(warned,), now=TUESDAY))

    assert isinstance(event, DeadlineRecomputed)
    assert event.warnings == (TUESDAY + timedelta(days=1),)
    assert evolve(case_of(), event).resolve.due_at == TUESDAY + timedelta(days=1)


def test_what_changed_since_it_was_found_is_left_alone() -> None:
    command = recount(WITH_FRIDAY_OFF)
    resolved = (Accept(by=LEAD, now=TUESDAY), Resolve(by=LEAD, note=sealed(), now=TUESDAY))
    missed = case_of(replace(LATE, generation=case_of().resolve.generation))

    assert missed.resolve.missed
    assert not decide(missed, replace(command, now=MONDAY))
    assert not decide(case_of(*resolved), command)
    assert not decide(case_of(), replace(command, now=MONDAY))


@for_all(st.lists(st.sampled_from(CALENDARS), min_size=1, max_size=3), st.booleans(), st.integers(0, 8 * 24 * 60))
def test_to_ask_twice_is_to_ask_once(calendars: list[Units], accepted: bool, minutes: int) -> None:
    told, now = events_of(*((Accept(by=LEAD, now=TUESDAY),) if accepted else ())), TUESDAY + timedelta(minutes=minutes)
    for units in calendars:
        command = RecomputeDeadlines(edition=2, clocks=tuple(recounted(told, units, now=now)), now=now)
        told += decide(folded(None, told), command)

        assert recounted(told, units, now=now) == []
        assert not decide(folded(None, told), command)
