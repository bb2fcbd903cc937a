"""What is asked of another unit, and follow-ups, counted again after a calendar changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.routing.domain.case import Case, decide, evolve
from services.routing.domain.case.commands import (
    Accept,
    BlowWhistle,
    Call,
    Command,
    DeclineTask,
    FinishFollowUp,
    FollowUpReached,
    InsistOnTask,
    PlanFollowUp,
    RecomputeDeadlines,
    WithdrawExtension,
)
from services.routing.domain.case.commands import AskExtension as Ask
from services.routing.domain.case.follow_up import FollowUpState, Plan
from services.routing.domain.case.recounting import Recounted
from services.routing.domain.case.relocation import Instead, MoveCase
from services.routing.domain.clocks import TimerWish, timers_after
from services.routing.domain.occasions import next_occasion, occasion
from services.routing.domain.recounting import recounted
from services.routing.domain.units import Units
from services.routing.projections import follow_ups_of, questions_of
from shared.contracts.routing import (
    About,
    CaseAssigned,
    Clock,
    DeadlineRecomputed,
    FollowUpPlanned,
    FollowUpReminded,
    RoutingEvent,
    Term,
)
from shared.kernel.event_store import Recorded
from tests.unit.routing.routing_samples import DISPATCHER, LEAD, PROPERTY, folded, sealed
from tests.unit.routing.test_recounting import (
    AS_IT_WAS,
    CALENDARS,
    TUESDAY,
    WITH_FRIDAY_OFF,
    events_of,
)

DAY = timedelta(days=1)
ACCEPTED = Accept(by=LEAD, now=TUESDAY)
ANSWER = Term(clock=Clock.ANSWER, working_days=4, warn_at=(75,))
REPORT_IN = Term(clock=Clock.REPORT_IN, working_days=4)
# Friday is the first of May; so many of its days after Tuesday.
FRIDAY, MONDAY = (datetime(2026, 5, day, tzinfo=UTC) for day in (1, 4))
SIGN = UUID(int=1)


def asked(to_unit: str | None = "property") -> Ask:
    run = AS_IT_WAS.run((ANSWER,), Clock.ANSWER, unit="property", start=TUESDAY)
    return Ask(
        by=LEAD,
        reason=sealed(),
        resolve_by=TUESDAY + 20 * DAY,
        to_unit=to_unit,
        answer_by=run.until,
        warnings=run.warnings,
        now=TUESDAY,
    )


def with_terms(*commands: Command, more: Sequence[Term] = (ANSWER, REPORT_IN)) -> list[RoutingEvent]:
    """What these commands brought about, in a case that has these terms too."""
    told = events_of(*commands)
    return [
        each.model_copy(update={"terms": (*each.terms, *more)}) if isinstance(each, CaseAssigned) else each
        for each in told
    ]


def differing(told: list[RoutingEvent], units: Units, *, now: datetime = TUESDAY) -> list[Recounted]:
    """Beside the case's own clocks, which have their tests."""
    return [each for each in recounted(told, units, now=now) if each.clock not in (Clock.ACCEPT, Clock.RESOLVE)]


def case_of(told: list[RoutingEvent]) -> Case:
    case = folded(None, told)
    assert case is not None
    return case


def moved(told: list[RoutingEvent], units: Units, *, now: datetime = TUESDAY) -> list[DeadlineRecomputed]:
    command = RecomputeDeadlines(edition=2, clocks=tuple(differing(told, units, now=now)), now=now)
    return [each for each in decide(case_of(told), command) if isinstance(each, DeadlineRecomputed)]


def test_an_answer_is_counted_by_who_was_asked_and_its_clock_and_timer_move() -> None:
    told = with_terms(ACCEPTED, asked())
    before = case_of(told)

    [found], [event] = differing(told, WITH_FRIDAY_OFF), moved(told, WITH_FRIDAY_OFF)
    after = evolve(before, event)

    assert (found.clock, found.called, found.unit) == (Clock.ANSWER, "committee", "property")
    assert (found.before, found.after) == (MONDAY + timedelta(minutes=30), MONDAY + DAY + timedelta(minutes=30))
    assert (event.unit, event.asked_by, event.about) == ("property", "committee", About.EXTENSION)
    assert after.questions["committee"].answer.deadline == found.after
    assert [(each.kind, each.called, each.due_at) for each in timers_after(before, after)] == [
        (Clock.ANSWER, "committee", found.warnings[0])
    ]
    assert differing([*told, event], WITH_FRIDAY_OFF) == []
    assert questions_of([Recorded("", 1, SIGN, event)]) == {
        (after.id, "committee"): ("extension", "property", found.after)
    }


@pytest.mark.parametrize(
    "commands",
    [
        (ACCEPTED, replace(asked(), answer_by=None, warnings=())),
        (ACCEPTED, replace(asked(), to_unit=None)),
        (ACCEPTED, asked(), WithdrawExtension(by=LEAD, now=TUESDAY)),
    ],
)
def test_what_waits_for_nobody_or_has_no_clock_is_not_counted(commands: Sequence[Command]) -> None:
    assert differing(with_terms(*commands), WITH_FRIDAY_OFF) == []


def called(*, insisted: bool = False) -> list[RoutingEvent]:
    """The property company is called on Tuesday, declines on Wednesday, and is called again a minute later."""
    declined_at = TUESDAY + DAY
    first, again = (
        AS_IT_WAS.run((REPORT_IN,), Clock.REPORT_IN, unit="property", start=at)
        for at in (TUESDAY, declined_at + timedelta(minutes=1))
    )
    answer = AS_IT_WAS.run((ANSWER,), Clock.ANSWER, unit="committee", start=declined_at)
    call = Call(unit="property", report_by=first.until, warnings=first.warnings)
    whistle = BlowWhistle(by=LEAD, task=sealed(), calls=(call,), now=TUESDAY)
    decline = DeclineTask(
        by=PROPERTY, reason=sealed(), to_unit=None, answer_by=answer.until, warnings=answer.warnings, now=declined_at
    )
    insist = InsistOnTask(
        by=DISPATCHER,
        unit="property",
        reason=sealed(),
        report_by=again.until,
        warnings=again.warnings,
        now=declined_at + timedelta(minutes=1),
    )
    return with_terms(ACCEPTED, whistle, decline, *((insist,) if insisted else ()))


def test_where_no_grid_stands_above_a_refusal_is_answered_in_the_working_time_of_who_called() -> None:
    [found] = differing(called(), WITH_FRIDAY_OFF, now=TUESDAY + DAY)

    assert (found.clock, found.called, found.unit) == (Clock.ANSWER, "property", "committee")


def test_who_is_called_again_reports_in_by_a_clock_of_that_moment() -> None:
    told, start = called(insisted=True), TUESDAY + DAY + timedelta(minutes=1)

    [found] = differing(told, WITH_FRIDAY_OFF, now=start)

    assert (found.clock, found.called) == (Clock.REPORT_IN, "property")
    assert found.after == WITH_FRIDAY_OFF.run((REPORT_IN,), Clock.REPORT_IN, unit="property", start=start).until


def plan(after_days: int | None = 3, *, every_days: int | None = None, working_days: bool = False) -> PlanFollowUp:
    """A follow-up of Friday, planned on Tuesday."""
    first = occasion(AS_IT_WAS, "property", start=TUESDAY, days=after_days or 3, working_days=working_days)
    known = Plan(
        id=SIGN,
        unit="property",
        occasion=first,
        after_days=after_days,
        every_days=every_days,
        working_days=working_days,
        times=3,
    )
    return PlanFollowUp(by=LEAD, plan=known, task=sealed(), now=TUESDAY)


def reached(told: list[RoutingEvent], *, deadline: datetime | None = None) -> list[RoutingEvent]:
    """And then its unit was reminded."""
    known = case_of(told).follow_ups[SIGN]
    command = FollowUpReached(
        follow_up=SIGN, generation=known.clock.generation, deadline=deadline or known.deadline, now=known.due
    )
    return [*told, *decide(case_of(told), command)]


def test_a_follow_up_of_a_day_that_is_off_now_is_due_and_done_on_the_next_workday() -> None:
    told = events_of(ACCEPTED, plan())
    before, old = case_of(told), case_of(told).follow_ups[SIGN]

    [found], [event] = differing(told, WITH_FRIDAY_OFF), moved(told, WITH_FRIDAY_OFF)
    after = evolve(before, event)
    new = after.follow_ups[SIGN]

    assert (found.before, found.unit) == (old.deadline, "property")
    assert (new.due - old.due, new.deadline - old.deadline) == (3 * DAY, 3 * DAY)
    assert (event.follow_up, event.occurrence, event.unit) == (SIGN, 1, "property")
    assert (new.state, new.occurrence, new.missed) == (FollowUpState.PLANNED, 1, 0)
    assert timers_after(before, after) == [
        TimerWish(kind=Clock.FOLLOW_UP, called=str(SIGN), generation=old.clock.generation + 1, due_at=new.due)
    ]
    assert differing([*told, event], WITH_FRIDAY_OFF) == []
    assert follow_ups_of([Recorded("", 1, SIGN, event)]) == [(after.id, SIGN, "property", "planned", new.deadline)]


def test_the_next_time_is_counted_from_the_one_before_it_by_workdays_too() -> None:
    told = events_of(ACCEPTED, plan(1, every_days=2, working_days=True))
    first = case_of(told).follow_ups[SIGN]
    again = next_occasion(AS_IT_WAS, first, now=TUESDAY)
    told += decide(case_of(told), FinishFollowUp(by=PROPERTY, follow_up=SIGN, note=sealed(), again=again, now=TUESDAY))

    [found] = differing(told, WITH_FRIDAY_OFF)

    # Wednesday, then Friday, which now is Monday.
    assert (found.before - found.after, found.due) == (-3 * DAY, MONDAY + timedelta(minutes=30))
    assert moved(told, WITH_FRIDAY_OFF)[0].occurrence == 2


def test_once_its_unit_was_reminded_only_the_end_moves() -> None:
    ending_later = replace(AS_IT_WAS.calendars["office"], hours=dict.fromkeys(range(1, 6), ((510, 1080),)))
    later = Units(AS_IT_WAS.by_id, {**AS_IT_WAS.calendars, "office": ending_later})
    told = reached(events_of(ACCEPTED, plan()))
    at = case_of(told).follow_ups[SIGN].due

    [found], [event] = differing(told, later, now=at), moved(told, later, now=at)
    new = evolve(case_of(told), event).follow_ups[SIGN]

    assert (found.due, found.after - found.before) == (None, timedelta(minutes=30))
    assert (new.state, new.due, new.deadline, new.clock.due_at) == (FollowUpState.DUE, at, found.after, found.after)
    assert follow_ups_of([Recorded("", 1, SIGN, event)]) == [(event.case_id, SIGN, "property", "due", found.after)]


def test_a_reminder_that_came_too_late_keeps_the_deadline_that_it_brought() -> None:
    told = reached(events_of(ACCEPTED, plan()), deadline=MONDAY + DAY)

    assert isinstance(told[-1], FollowUpReminded)
    assert differing(told, WITH_FRIDAY_OFF, now=FRIDAY + timedelta(hours=1)) == []


def test_one_that_was_planned_before_its_days_were_kept_stays() -> None:
    told = events_of(ACCEPTED, plan())
    unknown = [
        each.model_copy(update={"after_days": None}) if isinstance(each, FollowUpPlanned) else each for each in told
    ]

    assert differing(unknown, WITH_FRIDAY_OFF) == []


def test_what_is_over_or_changed_since_it_was_found_is_left_alone() -> None:
    told = events_of(ACCEPTED, plan())
    [found] = differing(told, WITH_FRIDAY_OFF)
    command = RecomputeDeadlines(edition=2, clocks=(found,), now=TUESDAY)
    done = FinishFollowUp(by=PROPERTY, follow_up=SIGN, note=sealed(), now=TUESDAY)
    reminded = reached(told)
    late = case_of(told).follow_ups[SIGN].deadline

    assert not decide(case_of([*told, *decide(case_of(told), done)]), command)
    assert not decide(case_of(reminded), command)
    assert not decide(case_of(told), replace(command, now=late))
    assert not decide(case_of(told), replace(command, clocks=(replace(found, before=found.after),)))
    assert not decide(case_of(told), replace(command, clocks=(replace(found, follow_up=UUID(int=9)),)))
    assert differing(told, WITH_FRIDAY_OFF, now=late) == []
    assert differing([*told, *decide(case_of(told), done)], WITH_FRIDAY_OFF) == []


@pytest.mark.parametrize("reminded", [False, True])
def test_one_that_another_unit_does_since_an_edition_stays_on_the_day_that_was_planned(reminded: bool) -> None:
    told = events_of(ACCEPTED, plan(every_days=2))
    told = reached(told) if reminded else told
    known = case_of(told).follow_ups[SIGN]
    instead = Instead(unit="ops", due_by=known.deadline)
    command = MoveCase(
        to_unit="committee", keeps_unit=True, follow_ups={SIGN: instead}, directory_version=2, now=TUESDAY
    )
    told += decide(case_of(told), command)

    assert case_of(told).follow_ups[SIGN].unit == "ops"
    assert differing(told, AS_IT_WAS) == []


def test_who_is_no_unit_of_the_district_any_more_is_not_counted() -> None:
    told = events_of(ACCEPTED, plan())

    assert differing(told, Units({}, WITH_FRIDAY_OFF.calendars)) == []


@for_all(
    st.lists(st.sampled_from(CALENDARS), min_size=1, max_size=3),
    st.integers(1, 30),
    st.booleans(),
    st.integers(0, 30),
    st.booleans(),
)
def test_to_ask_twice_is_to_ask_once(
    calendars: list[Units], after_days: int, working_days: bool, days: int, reminded: bool
) -> None:
    told, now = with_terms(ACCEPTED, asked(), plan(after_days, working_days=working_days)), TUESDAY + days * DAY
    told = reached(told) if reminded else told
    for units in calendars:
        told = [*told, *moved(told, units, now=now)]

        assert differing(told, units, now=now) == []


@for_all(st.integers(1, 60), st.booleans(), st.booleans())
def test_the_same_calendar_counts_the_same(after_days: int, working_days: bool, reminded: bool) -> None:
    told = with_terms(ACCEPTED, asked(), plan(after_days, every_days=after_days, working_days=working_days))

    assert differing(reached(told) if reminded else told, AS_IT_WAS) == []
