"""挂账: a case that can not go on stands still with approval, and comes back by itself with what it had left."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.routing.domain.case import Case, decide
from services.routing.domain.case.commands import (
    Accept,
    Actor,
    AskExtension,
    AskSuspension,
    Command,
    DeadlineReached,
    EndSuspension,
    FailVerification,
    GrantSuspension,
    RefuseSuspension,
    Resolve,
    Return,
    SuspensionReached,
    Transfer,
    WithdrawSuspension,
)
from services.routing.domain.clocks import SUSPENSION, TimerWish, timers_after
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.handling import WrongUnitError
from services.routing.domain.errors.more_time import (
    AlreadyLateError,
    ExtensionAskedError,
    NotLaterError,
    NotSuspendedError,
    PassedMeanwhileError,
    SuspendedError,
    SuspensionAskedError,
    SuspensionNotAskedError,
    SuspensionNotYoursError,
)
from services.routing.handlers.cases import resumed_deadline, resumed_promise
from shared.contracts.routing import Clock, SuspensionAsked, SuspensionEnded, SuspensionGranted, SuspensionRefused
from tests.unit.routing.routing_samples import (
    COLLEAGUE,
    DISPATCHER,
    LEAD,
    OPENED_AT,
    PROPERTY,
    RESOLVE_BY,
    TERMS,
    after,
    folded,
    given,
    open_case,
    sealed,
)
from tests.unit.routing.test_pilot import pilot_rulebook

DAY = 24 * 60
UNTIL, LATER = after(10 * DAY), after(11 * DAY)
ACCEPTED = (open_case(), Accept(by=LEAD, now=after(1)))
ASK = AskSuspension(by=LEAD, reason=sealed(), until=UNTIL, to_unit="grid", now=after(60))
GRANT = GrantSuspension(by=DISPATCHER, now=after(90))
REFUSE = RefuseSuspension(by=DISPATCHER, reason=sealed(), now=after(90))
SUSPENDED = (*ACCEPTED, ASK, GRANT)
END = EndSuspension(by=LEAD, resolve_by=LATER, now=after(2 * DAY))
EXTEND = AskExtension(by=LEAD, reason=sealed(), resolve_by=LATER, to_unit="grid", now=after(60))


def reached(case: Case, now: datetime = UNTIL) -> SuspensionReached:
    return SuspensionReached(generation=case.resolve.generation, resolve_by=LATER, now=now)


def test_the_clock_runs_until_it_is_granted_and_stands_still_then() -> None:
    (asked,) = decide(given(*ACCEPTED), ASK)
    (granted,) = decide(given(*ACCEPTED, ASK), GRANT)
    before, case = given(*ACCEPTED, ASK), given(*SUSPENDED)

    assert isinstance(asked, SuspensionAsked)
    assert isinstance(granted, SuspensionGranted)
    assert (asked.until, granted.until) == (UNTIL, UNTIL)
    assert before.resolve == given(*ACCEPTED).resolve
    assert (case.resolve.deadline, case.resolve.due_at, case.is_suspended) == (None, None, True)
    assert timers_after(before, case) == [TimerWish(kind=SUSPENSION, generation=case.resolve.generation, due_at=UNTIL)]


def test_while_it_stands_still_no_deadline_is_missed() -> None:
    stale = DeadlineReached(clock=Clock.RESOLVE, generation=1, next_unit="grid", next_due=None, now=RESOLVE_BY)

    assert decide(given(*SUSPENDED), stale) == ()


def test_at_its_end_the_clock_runs_on_by_itself() -> None:
    suspended = given(*SUSPENDED)

    (ended,) = decide(suspended, reached(suspended))
    case = given(*SUSPENDED, reached(suspended))

    assert isinstance(ended, SuspensionEnded)
    assert (ended.by, ended.deadlines.resolve_by) == (None, LATER)
    assert (case.resolve.deadline, case.resolve.promise, case.suspension) == (LATER, LATER, None)
    assert timers_after(suspended, case) == [
        TimerWish(kind=Clock.RESOLVE, generation=case.resolve.generation, due_at=LATER)
    ]


@pytest.mark.parametrize("by", [LEAD, COLLEAGUE, DISPATCHER], ids=lambda by: by.person)
def test_its_unit_or_the_grid_ends_it_before_and_the_timer_then_changes_nothing(by: Actor) -> None:
    suspended = given(*SUSPENDED)
    case = given(*SUSPENDED, replace(END, by=by))

    assert case.resolve.deadline == LATER
    assert decide(case, reached(suspended)) == ()


def test_a_timer_that_is_early_or_of_another_time_changes_nothing() -> None:
    case = given(*SUSPENDED)

    assert decide(case, reached(case, now=after(9 * DAY))) == ()
    assert decide(case, replace(reached(case), generation=1)) == ()
    assert decide(given(*ACCEPTED), reached(case)) == ()


def test_what_is_refused_leaves_the_clock_running_and_may_be_asked_again() -> None:
    (refused,) = decide(given(*ACCEPTED, ASK), REFUSE)
    case = given(*ACCEPTED, ASK, REFUSE)

    assert isinstance(refused, SuspensionRefused)
    assert (case.resolve, case.suspension) == (given(*ACCEPTED).resolve, None)
    assert decide(case, ASK)


@pytest.mark.parametrize(
    ("before", "command", "refusal"),
    [
        (ACCEPTED, replace(ASK, by=PROPERTY), WrongUnitError),
        (ACCEPTED, replace(ASK, until=after(60)), NotLaterError),
        (ACCEPTED, replace(ASK, now=after(DAY + 1)), AlreadyLateError),
        ((*ACCEPTED, ASK), ASK, SuspensionAskedError),
        ((*ACCEPTED, ASK), EXTEND, SuspensionAskedError),
        ((*ACCEPTED, EXTEND), ASK, ExtensionAskedError),
        (ACCEPTED, GRANT, SuspensionNotAskedError),
        (SUSPENDED, REFUSE, SuspensionNotAskedError),
        ((*ACCEPTED, ASK), replace(GRANT, by=COLLEAGUE), SuspensionNotYoursError),
        (ACCEPTED, END, NotSuspendedError),
        ((*ACCEPTED, ASK), END, NotSuspendedError),
        (SUSPENDED, replace(END, by=PROPERTY), SuspensionNotYoursError),
        (SUSPENDED, ASK, SuspendedError),
        (SUSPENDED, EXTEND, SuspendedError),
        (SUSPENDED, Resolve(by=LEAD, now=after(DAY)), SuspendedError),
        (SUSPENDED, Return(by=LEAD, reason=sealed(), accept_by=None, to_unit="grid", now=after(DAY)), SuspendedError),
        (
            SUSPENDED,
            Transfer(by=DISPATCHER, to_unit="property", accept_by=None, directory_version=1, now=after(DAY)),
            SuspendedError,
        ),
    ],
)
def test_it_is_refused_to_whom_and_when_it_is_not_due(
    before: tuple[Command, ...], command: Command, refusal: type[RoutingError]
) -> None:
    with pytest.raises(refusal):
        decide(given(*before), command)


def test_who_asks_in_time_is_not_late_because_the_answer_was() -> None:
    in_time = given(*ACCEPTED, ASK, replace(GRANT, now=after(90))).suspension
    late = given(*ACCEPTED, ASK, replace(GRANT, now=after(2 * DAY))).suspension

    assert in_time is not None
    assert late is not None
    assert (in_time.since, late.since) == (after(90), after(60))


def test_rework_that_stood_still_is_still_judged_by_what_was_promised_before() -> None:
    failed = FailVerification(by=COLLEAGUE, reason=sealed(), resolve_by=after(200), now=after(100))
    reworked = (*ACCEPTED, Resolve(by=LEAD, now=after(50)), failed)
    asked, granted = replace(ASK, now=after(110)), replace(GRANT, now=after(120))

    case = given(*reworked, asked, granted, replace(END, resolve_by=after(300), now=after(220)))

    assert (case.resolve.deadline, case.resolve.promise) == (after(300), RESOLVE_BY)


def test_rework_that_stood_still_is_not_judged_by_the_time_that_it_got() -> None:
    failed = FailVerification(by=COLLEAGUE, reason=sealed(), resolve_by=after(3 * DAY), now=after(100))
    stands = (*ACCEPTED, Resolve(by=LEAD, now=after(50)), failed, replace(ASK, now=after(110)))
    before, now = given(*stands, replace(GRANT, now=after(120))), after(180)
    units = pilot_rulebook().units
    before = replace(before, unit="chunhe-committee")
    end = replace(END, by=replace(LEAD, unit="chunhe-committee"), now=now)

    resolve_by, promised = resumed_deadline(before, units, now), resumed_promise(before, units, now)
    case = folded(before, decide(before, replace(end, resolve_by=resolve_by, promised=promised)))

    assert case is not None
    assert (case.resolve.deadline, case.resolve.promise) == (after(3 * DAY + 60), RESOLVE_BY + timedelta(minutes=60))


def test_what_was_promised_before_the_grant_came_late_is_not_over_by_it() -> None:
    failed = FailVerification(by=COLLEAGUE, reason=sealed(), resolve_by=after(3 * DAY), now=after(100))
    stands = (*ACCEPTED, Resolve(by=LEAD, now=after(50)), failed, ASK, replace(GRANT, now=after(2 * DAY)))
    now = after(2 * DAY + 60)

    promised = resumed_promise(replace(given(*stands), unit="chunhe-committee"), pilot_rulebook().units, now)

    assert promised == now + (RESOLVE_BY - ASK.now)


def test_a_grant_that_comes_after_the_end_is_refused_and_a_refusal_is_not() -> None:
    with pytest.raises(PassedMeanwhileError):
        decide(given(*ACCEPTED, ASK), replace(GRANT, now=UNTIL))
    assert decide(given(*ACCEPTED, ASK), replace(REFUSE, now=UNTIL))


def test_a_grid_that_a_whistle_has_called_neither_suspends_nor_resumes() -> None:
    called = replace(DISPATCHER, unit="grid-2", person="grid-2-dispatcher")

    with pytest.raises(SuspensionNotYoursError):
        decide(given(*ACCEPTED, ASK), replace(GRANT, by=called))
    with pytest.raises(SuspensionNotYoursError):
        decide(given(*SUSPENDED), replace(END, by=called))


@for_all(st.integers(0, 1_000), st.integers(1, 100_000))
def test_round_the_clock_exactly_what_was_left_is_left(since: int, stood: int) -> None:
    units = pilot_rulebook().units

    resumed = units.resumed(
        TERMS, unit="chunhe-committee", since=after(since), deadline=RESOLVE_BY, now=after(since + stood)
    )

    assert resumed - after(since + stood) == RESOLVE_BY - after(since)


def test_what_stood_still_for_a_moment_keeps_its_deadline() -> None:
    units = pilot_rulebook().units
    # Half past eight in the morning in Shanghai, when the property company opens.
    opening = datetime(2026, 4, 30, 0, 30, tzinfo=OPENED_AT.tzinfo)

    resumed = units.resumed((), unit="chunhe-property", since=OPENED_AT, deadline=opening, now=after(1))

    assert resumed >= opening


@for_all(st.integers(0, 20_000), st.integers(0, 40_000))
def test_in_working_time_as_many_minutes_are_left_and_one_at_least(left: int, stood: int) -> None:
    units = pilot_rulebook().units
    unit = "chunhe-property"
    calendar = units.calendars[units.by_id[unit].calendar]
    deadline, now = after(left), after(stood)

    resumed = units.resumed((), unit=unit, since=OPENED_AT, deadline=deadline, now=now)

    assert calendar.minutes_between(now, resumed) == max(1, calendar.minutes_between(OPENED_AT, deadline))


def test_who_asked_may_take_it_back_but_not_what_was_granted() -> None:
    withdraw = WithdrawSuspension(by=LEAD, now=after(70))

    assert given(*ACCEPTED, ASK, withdraw).suspension is None
    for by, history, refusal in (
        (DISPATCHER, (*ACCEPTED, ASK), WrongUnitError),
        (LEAD, SUSPENDED, SuspensionNotAskedError),
        (LEAD, ACCEPTED, SuspensionNotAskedError),
    ):
        with pytest.raises(refusal):
            decide(given(*history), WithdrawSuspension(by=by, now=after(100)))
