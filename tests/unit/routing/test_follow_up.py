"""回头看: work that keeps a fix, once or several times; reminded, done or missed, and never more often than planned."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.routing.domain.access import Sight
from services.routing.domain.case import Case, decide
from services.routing.domain.case.commands import (
    Accept,
    Act,
    CancelFollowUp,
    Close,
    Command,
    FinishFollowUp,
    FollowUpReached,
    ImportCase,
    PassVerification,
    Plan,
    PlanFollowUp,
    Reopen,
    Resolve,
    Transfer,
)
from services.routing.domain.case.follow_up import FollowUpState, Occasion
from services.routing.domain.clocks import TimerWish, timers_after
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.finishing import TookPartError
from services.routing.domain.errors.following_up import (
    FollowUpNotOpenError,
    FollowUpNotYoursError,
    FollowUpUnknownError,
    NotFollowingError,
)
from services.routing.domain.errors.handling import NotAcceptedError
from services.routing.domain.occasions import deadline_from, next_occasion, occasion
from services.routing.handlers.choices import allowed
from shared.contracts.directory import Role
from shared.contracts.intake import Milestones
from shared.contracts.routing import (
    CaseClosed,
    CaseEscalated,
    Clock,
    Deadlines,
    FollowUpDone,
    FollowUpMissed,
    FollowUpPlanned,
    FollowUpReminded,
    FollowUpTerm,
    RoutingEvent,
    Term,
    Wording,
)
from tests.unit.routing.routing_samples import (
    CASE_ID,
    COLLEAGUE,
    DISPATCHER,
    LEAD,
    OPENED_AT,
    PROPERTY,
    RULEBOOK,
    after,
    assignment,
    folded,
    given,
    matter,
    open_case,
    sealed,
)
from tests.unit.routing.test_pilot import pilot_rulebook

DAY = 24 * 60
SIGN, AGAIN = UUID(int=1), UUID(int=2)
FIRST = Occasion(due=after(DAY), deadline=after(DAY + 600))
SECOND = Occasion(due=after(31 * DAY), deadline=after(31 * DAY + 600))
PLAN = Plan(id=SIGN, unit="property", occasion=FIRST, every_days=30, times=3)
CLOSED = (
    open_case(),
    Accept(by=LEAD, now=after(1)),
    Resolve(by=LEAD, now=after(2)),
    PassVerification(by=COLLEAGUE, now=after(3)),
    Close(by=COLLEAGUE, now=after(4)),
)
PLANNED = (*CLOSED, PlanFollowUp(by=LEAD, plan=PLAN, task=sealed(), now=after(5)))
DUE = FollowUpReached(follow_up=SIGN, generation=1, deadline=FIRST.deadline, now=FIRST.due)
MISSED = FollowUpReached(
    follow_up=SIGN, generation=2, deadline=FIRST.deadline, again=SECOND, next_unit="committee", now=FIRST.deadline
)
DONE = FinishFollowUp(by=PROPERTY, follow_up=SIGN, note=sealed(), again=SECOND, now=after(DAY + 60))
CANCEL = CancelFollowUp(by=LEAD, follow_up=SIGN, reason=sealed(), now=after(6))
BY_RULE = replace(PLAN, by_rule=Wording(zh="立禁停牌", en="Put up a sign"))


def names(events: object) -> list[str]:
    assert isinstance(events, list | tuple)
    return [type(event).__name__ for event in events]


def test_whoever_has_the_case_plans_it_also_after_the_end_and_a_timer_waits_for_its_day() -> None:
    before, case = given(*CLOSED), given(*PLANNED)

    (planned,) = decide(before, PLANNED[-1])

    assert isinstance(planned, FollowUpPlanned)
    assert (planned.unit, planned.by, planned.occurrence, planned.due) == ("property", LEAD.person, 1, FIRST.due)
    assert case.follow_ups[SIGN].state is FollowUpState.PLANNED
    assert timers_after(before, case) == [
        TimerWish(kind=Clock.FOLLOW_UP, called=str(SIGN), generation=1, due_at=FIRST.due)
    ]


def test_on_its_day_the_unit_is_reminded_and_the_timer_waits_for_the_days_end() -> None:
    before = given(*PLANNED)

    (due,) = decide(before, DUE)
    case = given(*PLANNED, DUE)

    assert isinstance(due, FollowUpReminded)
    assert (due.unit, due.deadline) == ("property", FIRST.deadline)
    assert timers_after(before, case) == [
        TimerWish(kind=Clock.FOLLOW_UP, called=str(SIGN), generation=2, due_at=FIRST.deadline)
    ]


def test_on_its_day_it_goes_to_who_has_the_place_of_a_unit_that_is_no_more() -> None:
    case = given(*PLANNED, replace(DUE, unit="committee"))

    (missed, _, again) = decide(case, MISSED)

    assert (case.follow_ups[SIGN].unit, "property" in case.invited_units) == ("committee", False)
    assert isinstance(missed, FollowUpMissed)
    assert isinstance(again, FollowUpPlanned)
    assert (missed.unit, again.unit) == ("committee", "committee")


@pytest.mark.parametrize("before", [PLANNED, (*PLANNED, DUE)], ids=["early", "on its day"])
def test_done_it_plans_the_next_time_and_its_timer_then_changes_nothing(before: tuple[Command, ...]) -> None:
    done, planned = decide(given(*before), DONE)
    case = given(*before, DONE)

    assert isinstance(done, FollowUpDone)
    assert isinstance(planned, FollowUpPlanned)
    assert (planned.follow_up, planned.occurrence, planned.due, planned.by) == (SIGN, 2, SECOND.due, None)
    assert (case.follow_ups[SIGN].done, case.follow_ups[SIGN].missed) == (1, 0)
    assert decide(case, DUE) == ()
    assert decide(case, MISSED) == ()


def test_missed_it_is_told_to_the_level_above_and_the_next_time_is_planned() -> None:
    missed, escalated, planned = decide(given(*PLANNED, DUE), MISSED)
    case = given(*PLANNED, DUE, MISSED)

    assert isinstance(missed, FollowUpMissed)
    assert isinstance(escalated, CaseEscalated)
    assert isinstance(planned, FollowUpPlanned)
    assert (escalated.clock, escalated.from_unit, escalated.to_unit) == (Clock.FOLLOW_UP, "property", "committee")
    assert (case.follow_ups[SIGN].missed, case.follow_ups[SIGN].occurrence) == (1, 2)
    assert "committee" in case.watching


def test_the_last_one_missed_stays_before_everybodys_eyes_until_it_is_cancelled() -> None:
    once = (*CLOSED, PlanFollowUp(by=LEAD, plan=replace(PLAN, every_days=None, times=1), task=sealed(), now=after(5)))
    missed = given(*once, DUE, replace(MISSED, again=None))
    settled = given(*once, DUE, replace(MISSED, again=None), replace(CANCEL, now=after(2 * DAY)))

    assert (missed.follow_ups[SIGN].state, missed.follow_ups[SIGN].is_open) == (FollowUpState.MISSED, True)
    assert settled.follow_ups[SIGN].is_open is False


def test_a_timer_of_another_time_or_too_early_changes_nothing() -> None:
    case = given(*PLANNED)

    assert decide(case, replace(DUE, generation=0)) == ()
    assert decide(case, replace(DUE, now=after(6))) == ()
    assert decide(case, replace(DUE, follow_up=AGAIN)) == ()


@pytest.mark.parametrize(
    ("before", "command", "refusal"),
    [
        (CLOSED[:1], PLANNED[-1], NotAcceptedError),
        (CLOSED, replace(PLANNED[-1], by=PROPERTY), FollowUpNotYoursError),
        (PLANNED, replace(DONE, by=LEAD), NotFollowingError),
        (PLANNED, replace(DONE, follow_up=AGAIN), FollowUpUnknownError),
        (PLANNED, replace(CANCEL, by=PROPERTY), FollowUpNotYoursError),
        ((*PLANNED, CANCEL), DONE, FollowUpNotOpenError),
        ((*PLANNED, CANCEL), CANCEL, FollowUpNotOpenError),
    ],
)
def test_it_is_refused_to_whom_and_when_it_is_not_due(
    before: tuple[Command, ...], command: Act, refusal: type[RoutingError]
) -> None:
    with pytest.raises(refusal):
        decide(given(*before), command)


def test_the_grid_and_a_unit_above_plan_too() -> None:
    above = replace(LEAD, person="street-lead", unit="street")

    assert decide(given(*CLOSED), replace(PLANNED[-1], by=DISPATCHER))
    assert decide(given(*CLOSED), replace(PLANNED[-1], by=above))


def test_who_follows_up_sees_the_case_and_not_the_contact_and_is_offered_to_say_that_it_is_done() -> None:
    sight = Sight(actor=PROPERTY, units=frozenset({"property"}), areas=frozenset())
    case = given(*PLANNED)

    assert (sight.sees(given(*CLOSED)), sight.sees(case), sight.sees_contact(case)) == (False, True, False)
    assert allowed(sight, case, rulebook=RULEBOOK, now=after(10)) == ("follow-up-done", "follow-up-recurred", "note")
    assert sight.sees(given(*PLANNED, CANCEL)) is False


def test_who_only_follows_up_does_not_judge_the_work() -> None:
    verified = (*CLOSED[:3], replace(PLANNED[-1], now=after(2)))

    with pytest.raises(TookPartError):
        decide(given(*verified), PassVerification(by=PROPERTY, now=after(4)))


def test_what_the_rule_wants_is_planned_in_the_same_breath_as_the_closing() -> None:
    close = replace(CLOSED[-1], follow_ups=(BY_RULE,))

    closed, planned = decide(given(*CLOSED[:-1]), close)

    assert names((closed, planned)) == ["CaseClosed", "FollowUpPlanned"]
    assert isinstance(closed, CaseClosed)
    assert closed.follow_up_at == BY_RULE.occasion.due


def test_closed_again_it_is_not_planned_beside_one_that_is_still_open() -> None:
    close = replace(CLOSED[-1], follow_ups=(BY_RULE,))
    reopened = (
        *CLOSED[:-1],
        close,
        Reopen(words=sealed(), deadlines=Deadlines(), now=after(10)),
        Accept(by=LEAD, now=after(11)),
        Resolve(by=LEAD, now=after(12)),
        PassVerification(by=COLLEAGUE, now=after(13)),
    )
    again = Close(by=COLLEAGUE, follow_ups=(replace(BY_RULE, id=AGAIN),), now=after(14))

    assert names(decide(given(*reopened), again)) == ["CaseClosed"]


def test_what_the_rule_wants_moves_with_the_case_to_another_unit() -> None:
    wanted = FollowUpTerm(task=Wording(zh="立牌", en="Sign"), unit="property of the place", after_days=1)
    opened = replace(open_case(), assignment=replace(assignment(), follow_ups=(wanted,)))
    moved = Transfer(by=DISPATCHER, to_unit="property", accept_by=None, directory_version=3, now=after(1))

    assert given(opened).follow_up_terms == (wanted,)
    assert given(opened, moved).follow_up_terms == (wanted,)


def test_imported_history_plans_none() -> None:
    begun = ImportCase(
        case_id=CASE_ID,
        matter=matter(),
        text=sealed(),
        assignment=assignment(),
        opened_at=OPENED_AT,
        milestones=Milestones(resolved_at=after(1), verified_at=after(2)),
    )
    close = Close(by=COLLEAGUE, follow_ups=(BY_RULE,), now=after(3))

    assert given(begun).follow_ups == {}
    assert names(decide(given(begun), close)) == ["CaseClosed"]


STEPS = st.lists(st.sampled_from(["fires", "fires late", "done", "cancel"]), max_size=20)


def lived(times: int, steps: list[str]) -> tuple[Case, list[RoutingEvent]]:
    """A follow-up's life as far as the decider lets these steps lead it; its timers fire by the clock."""
    plan = PlanFollowUp(by=LEAD, plan=replace(PLAN, times=times), task=sealed(), now=after(5))
    case, events = given(*CLOSED), list[RoutingEvent]()
    now = after(5)
    commands: list[Command] = [plan]
    for step in [None, *steps]:
        if step is not None:
            known = case.follow_ups[SIGN]
            later = Occasion(due=known.deadline + timedelta(days=30), deadline=known.deadline + timedelta(days=31))
            late = timedelta(hours=30) if step == "fires late" else timedelta()
            now = max(now, known.clock.due_at or now) + late if step.startswith("fires") else now
            commands = [
                FollowUpReached(
                    follow_up=SIGN,
                    generation=known.clock.generation,
                    deadline=max(known.deadline, now + timedelta(hours=8)),
                    again=later,
                    next_unit="committee",
                    now=now,
                )
                if step.startswith("fires")
                else replace(DONE, again=later, now=now)
                if step == "done"
                else replace(CANCEL, now=now)
            ]
        for command in commands:
            try:
                decided = decide(case, command)
            except RoutingError:
                continue
            events.extend(decided)
            folded_case = folded(case, decided)
            assert folded_case is not None
            case = folded_case
    return case, events


@for_all(st.integers(1, 6), STEPS)
def test_no_time_of_it_is_both_done_and_missed_and_none_is_beyond_what_was_planned(
    times: int, steps: list[str]
) -> None:
    case, events = lived(times, steps)
    done = {event.occurrence for event in events if isinstance(event, FollowUpDone)}
    missed = {event.occurrence for event in events if isinstance(event, FollowUpMissed)}
    planned = [event.occurrence for event in events if isinstance(event, FollowUpPlanned)]

    assert done.isdisjoint(missed)
    assert planned == list(range(1, len(planned) + 1))
    assert len(planned) <= times
    assert case.follow_ups[SIGN].done + case.follow_ups[SIGN].missed == len(done) + len(missed)


@for_all(st.integers(1, 6), STEPS)
def test_a_clock_runs_exactly_while_somebody_is_awaited(times: int, steps: list[str]) -> None:
    case, _ = lived(times, steps)
    known = case.follow_ups[SIGN]

    assert (known.clock.due_at is not None) == known.is_awaited


def test_it_is_due_at_the_opening_of_a_day_on_which_the_unit_works_and_until_its_close() -> None:
    units = pilot_rulebook().units
    office = "xinhe-city-management"
    # From a Tuesday evening; Friday is the first of May, and the holiday is over on the sixth.
    tomorrow = occasion(units, office, start=OPENED_AT, days=1)
    holiday = occasion(units, office, start=OPENED_AT, days=3)
    calendar = units.calendars[units.by_id[office].calendar]

    assert tomorrow.due.date().isoformat() == "2026-04-29"
    assert calendar.is_working(tomorrow.due)
    assert not calendar.is_working(tomorrow.deadline)
    assert holiday.due.date().isoformat() == "2026-05-06"


def test_who_works_round_the_clock_is_reminded_in_the_morning() -> None:
    units = pilot_rulebook().units
    night_and_day = next(
        unit.id for unit in units.by_id.values() if (0, 1440) in units.calendars[unit.calendar].hours.get(1, ())
    )

    due = occasion(units, night_and_day, start=OPENED_AT, days=1).due

    # Eight in the morning in Shanghai.
    assert due.isoformat() == "2026-04-29T00:00:00+00:00"


def test_a_term_of_the_rule_says_how_long_after_the_reminder() -> None:
    term = Term(clock=Clock.FOLLOW_UP, minutes=90, working_time=False)
    found = occasion(pilot_rulebook().units, "chunhe-property", start=OPENED_AT, days=1, terms=(term,))

    assert found.deadline - found.due == timedelta(minutes=90)


@for_all(st.integers(1, 366), st.booleans(), st.integers(0, 500 * DAY))
def test_it_is_never_due_before_its_days_are_over_nor_after_its_deadline(
    days: int, working_days: bool, late: int
) -> None:
    units = pilot_rulebook().units
    start = after(late)

    found = occasion(units, "chunhe-property", start=start, days=days, working_days=working_days)

    assert start < found.due < found.deadline
    assert (found.due - start).days >= days - 1


def test_a_reminder_that_came_too_late_gives_the_unit_a_day_and_the_next_time_lies_ahead() -> None:
    units = pilot_rulebook().units
    known = given(
        *CLOSED, PlanFollowUp(by=LEAD, plan=replace(PLAN, unit="chunhe-property"), task=sealed(), now=after(5))
    )
    now = after(100 * DAY)
    again = next_occasion(units, known.follow_ups[SIGN], now=now)

    assert deadline_from(units, known.follow_ups[SIGN], now=after(6)) == FIRST.deadline
    assert now < deadline_from(units, known.follow_ups[SIGN], now=now) < now + timedelta(days=4)
    assert again is not None
    assert again.due > now


def test_the_last_time_has_no_next() -> None:
    known = given(*PLANNED).follow_ups[SIGN]

    assert next_occasion(pilot_rulebook().units, replace(known, occurrence=3), now=after(6)) is None
    assert next_occasion(pilot_rulebook().units, replace(known, every_days=None), now=after(6)) is None


def test_the_role_of_who_plans_does_not_matter_where_their_unit_has_the_case() -> None:
    assert COLLEAGUE.role is Role.HANDLER
    assert decide(given(*CLOSED), replace(PLANNED[-1], by=COLLEAGUE))
