"""首次响应时限: a case that goes round unaccepted is known one level up by when its first response was due, once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.routing.domain.case import Case, decide
from services.routing.domain.case.commands import (
    Accept,
    Actor,
    BlowWhistle,
    Call,
    Close,
    Command,
    DeadlineReached,
    Entrust,
    ImportCase,
    Merge,
    MoveCase,
    OpenCase,
    PassVerification,
    RecomputeDeadlines,
    Reopen,
    ReportIn,
    Resolve,
    Return,
    Transfer,
    Withdraw,
)
from services.routing.domain.clocks import TimerWish, timers_after
from services.routing.domain.escalation import deadline_reached
from services.routing.domain.recounting import recounted
from services.routing.pages.case_page import clock_for
from services.routing.projections import columns_of
from shared.contracts.directory import Role
from shared.contracts.intake import Milestones
from shared.contracts.routing import (
    CaseAssigned,
    CaseEscalated,
    Clock,
    DeadlineMissed,
    Deadlines,
    DeadlineWarned,
    RoutingEvent,
    Term,
)
from tests.unit.routing.district_samples import SMALL, changed, read_small
from tests.unit.routing.routing_samples import (
    ACCEPT_BY,
    CASE_ID,
    COLLEAGUE,
    DISPATCHER,
    LEAD,
    OPENED_AT,
    PROPERTY,
    RESOLVE_BY,
    UNITS,
    after,
    assignment,
    folded,
    given,
    matter,
    open_case,
    sealed,
)
from tests.unit.routing.test_case_properties import decided

RESPOND_BY = after(60)
DUE = Deadlines(accept_by=ACCEPT_BY, resolve_by=RESOLVE_BY, first_response_by=RESPOND_BY)
TERM = Term(clock=Clock.FIRST_RESPONSE, minutes=60, working_time=False)


def opened(due: Deadlines = DUE) -> OpenCase:
    return replace(open_case(), assignment=replace(assignment(), deadlines=due, terms=(*assignment().terms, TERM)))


def to(unit: str, *, at: int = 2) -> Transfer:
    return Transfer(by=DISPATCHER, to_unit=unit, accept_by=after(at + 15), directory_version=3, now=after(at))


def back(unit: str, *, at: int = 1) -> Return:
    by = Actor(person=f"lead-of-{unit}", unit=unit, role=Role.LEAD)
    return Return(by=by, reason=sealed(), accept_by=after(at + 15), to_unit="grid", now=after(at))


def fired(case: Case, now: datetime) -> DeadlineReached:
    generation = case.first_response.generation
    return deadline_reached(case, UNITS, clock=Clock.FIRST_RESPONSE, generation=generation, now=now)


def timers(before: Case | None, case: Case) -> list[TimerWish]:
    return [wish for wish in timers_after(before, case) if wish.kind is Clock.FIRST_RESPONSE]


HANDED_ON: list[Command] = [
    to("property"),
    back("committee"),
    MoveCase(to_unit="grid", accept_by=after(40), directory_version=4, now=after(2)),
]


def test_it_starts_when_the_case_is_opened_beside_the_clock_for_accepting() -> None:
    case = given(opened())

    assert timers_after(None, case) == [
        TimerWish(kind=Clock.ACCEPT, generation=1, due_at=ACCEPT_BY),
        TimerWish(kind=Clock.FIRST_RESPONSE, generation=1, due_at=RESPOND_BY),
        TimerWish(kind=Clock.RESOLVE, generation=1, due_at=RESOLVE_BY),
    ]


@pytest.mark.parametrize("handing_on", HANDED_ON, ids=lambda command: type(command).__name__)
def test_who_hands_the_case_on_starts_the_clock_for_accepting_anew_at_most(handing_on: Command) -> None:
    before = given(opened())
    case = given(opened(), handing_on)

    assert case.first_response == before.first_response
    assert timers(before, case) == []


def test_missed_it_is_told_one_level_above_whoever_has_the_case_by_then() -> None:
    case = given(opened(), to("property"))

    reached = DeadlineReached(
        clock=Clock.FIRST_RESPONSE, generation=1, next_unit="committee", next_due=None, now=RESPOND_BY
    )

    assert decide(case, reached) == (
        DeadlineMissed(
            case_id=CASE_ID,
            at=RESPOND_BY,
            clock=Clock.FIRST_RESPONSE,
            unit="property",
            matter=matter(),
            deadline=RESPOND_BY,
        ),
        CaseEscalated(
            case_id=CASE_ID,
            at=RESPOND_BY,
            clock=Clock.FIRST_RESPONSE,
            level=1,
            from_unit="property",
            to_unit="committee",
            matter=matter(),
        ),
    )


def test_the_unit_that_has_the_case_is_reminded_on_the_way() -> None:
    case = given(opened(DUE.model_copy(update={"first_response_warnings": (after(48),)})), to("property"))

    (warned,) = decide(case, fired(case, after(48)))

    assert isinstance(warned, DeadlineWarned)
    assert (warned.clock, warned.unit, warned.next_due) == (Clock.FIRST_RESPONSE, "property", RESPOND_BY)


def test_while_nobody_has_the_case_it_climbs_from_who_gave_it_back() -> None:
    case = given(opened(), back("committee"))

    command = fired(case, RESPOND_BY)

    assert (command.next_unit, command.next_due) == ("grid", after(120))


def test_handed_to_a_level_that_was_told_the_next_above_it_is_told_and_none_twice() -> None:
    once = given(opened(), fired(given(opened()), RESPOND_BY))
    at_the_grid = given(opened(), fired(given(opened()), RESPOND_BY), to("grid", at=70))

    assert (once.told_of_silence, once.told) == (("grid",), ("grid",))
    assert [fired(case, after(120)).next_unit for case in (once, at_the_grid)] == ["town", "town"]
    assert fired(given(opened(), to("grid"), fired(given(opened()), RESPOND_BY)), after(120)).next_unit == "town"


def test_who_has_heard_of_the_clock_for_accepting_hears_of_this_one_too() -> None:
    unaccepted = deadline_reached(given(opened()), UNITS, clock=Clock.ACCEPT, generation=1, now=ACCEPT_BY)
    case = given(opened(), unaccepted)

    assert (case.told, case.told_of_silence) == (("grid",), ())
    assert fired(case, RESPOND_BY).next_unit == "grid"


ENTRUSTED = (
    BlowWhistle(by=DISPATCHER, calls=(Call(unit="property"),), task=sealed(), now=after(2)),
    ReportIn(by=PROPERTY, now=after(3)),
    Entrust(by=DISPATCHER, unit="property", directory_version=3, now=after(4)),
)
MASTER = replace(given(opened()), id=UUID(int=9))


@pytest.mark.parametrize(
    "end",
    [
        (Accept(by=LEAD, now=after(5)),),
        (to("property"), Accept(by=PROPERTY, now=after(5))),
        ENTRUSTED,
        (Merge(by=DISPATCHER, master=MASTER, now=after(5)),),
        (Withdraw(now=after(5)),),
    ],
    ids=["accepted", "accepted by another", "entrusted", "merged", "withdrawn"],
)
def test_it_ends_with_the_first_acceptance_by_whoever_and_with_the_case(end: tuple[Command, ...]) -> None:
    case = given(opened(), *end)

    assert decide(case, replace(fired(given(opened()), RESPOND_BY), generation=1)) == ()
    assert (case.first_response.deadline, case.first_response.due_at) == (None, None)


@pytest.mark.parametrize(
    "afterwards",
    [
        (to("property", at=6),),
        (Return(by=LEAD, reason=sealed(), accept_by=after(20), to_unit="grid", now=after(6)), to("property", at=7)),
        (
            Resolve(by=LEAD, now=after(6)),
            PassVerification(by=COLLEAGUE, now=after(7)),
            Close(by=COLLEAGUE, now=after(8)),
            Reopen(words=sealed(), deadlines=DUE, now=after(9)),
        ),
    ],
    ids=["transferred", "returned", "reopened"],
)
def test_there_is_one_first_response_whatever_comes_after_it(afterwards: tuple[Command, ...]) -> None:
    accepted = given(opened(), Accept(by=LEAD, now=after(5)))
    case = given(opened(), Accept(by=LEAD, now=after(5)), *afterwards)

    assert case.first_response == accepted.first_response
    assert case.accept.due_at is not None


def test_events_from_before_there_was_such_a_clock_start_none() -> None:
    case = given(open_case(), to("property"))

    assert (timers(None, case), case.first_response.deadline) == ([], None)


def test_imported_history_starts_none() -> None:
    imported = ImportCase(
        case_id=CASE_ID,
        matter=matter(),
        text=sealed(),
        assignment=opened().assignment,
        opened_at=OPENED_AT,
        milestones=Milestones(),
    )

    row = reduce(lambda before, event: before | columns_of(event), decide(None, imported), dict[str, object]())
    assert row["first_response_by"] is None
    assert timers_after(None, given(imported)) == []
    assert timers(None, given(imported, to("property"))) == []


def test_of_the_two_clocks_for_accepting_the_earlier_is_the_deadline() -> None:
    sooner, later = given(opened()), given(opened(), to("property", at=50))
    accepted = given(opened(), Accept(by=LEAD, now=after(1)))

    assert clock_for(DISPATCHER, sooner) == (Clock.ACCEPT, ACCEPT_BY)
    assert clock_for(DISPATCHER, later) == (Clock.FIRST_RESPONSE, RESPOND_BY)
    assert clock_for(DISPATCHER, accepted) == (Clock.RESOLVE, RESOLVE_BY)


def test_where_nothing_else_is_asked_it_is_the_deadline_by_itself() -> None:
    alone = given(opened(Deadlines(first_response_by=RESPOND_BY)))

    assert clock_for(DISPATCHER, alone) == (Clock.FIRST_RESPONSE, RESPOND_BY)


# A Thursday, before the office opens; its Friday was worked before it was found to be a holiday.
THURSDAY = datetime(2026, 4, 30, 0, 0, tzinfo=UTC)
AS_IT_WAS = read_small(SMALL).units
WITH_FRIDAY_OFF = read_small(changed("[2026-10-01]", "[2026-05-01, 2026-10-01]")).units
TWO_DAYS = (Term(clock=Clock.ACCEPT, minutes=60), Term(clock=Clock.FIRST_RESPONSE, working_days=2, warn_at=(50,)))


def test_it_is_counted_in_the_working_time_of_the_unit_that_leads_first_and_with_the_opening_alone() -> None:
    due = AS_IT_WAS.opening_deadlines(TWO_DAYS, unit="committee", start=THURSDAY)
    afterwards = AS_IT_WAS.deadlines(TWO_DAYS, unit="committee", start=THURSDAY)

    assert due.first_response_by == datetime(2026, 5, 4, 0, 30, tzinfo=UTC)
    assert due.first_response_warnings == (datetime(2026, 4, 30, 9, 30, tzinfo=UTC),)
    assert (afterwards.accept_by, afterwards.first_response_by) == (due.accept_by, None)


def test_a_calendar_that_changed_moves_it_when_asked_by_the_unit_that_led_first_also_after_a_transfer() -> None:
    due = AS_IT_WAS.opening_deadlines(TWO_DAYS, unit="committee", start=THURSDAY)
    begun = replace(opened(), assignment=replace(assignment(), deadlines=due, terms=TWO_DAYS), now=THURSDAY)
    handed_on = replace(to("property"), now=THURSDAY, accept_by=None)
    events: list[RoutingEvent] = []
    for command in (begun, handed_on):
        events += decide(folded(None, events), command)

    found = [each for each in recounted(events, WITH_FRIDAY_OFF, now=THURSDAY) if each.clock is Clock.FIRST_RESPONSE]
    case = folded(None, events)
    moved = folded(case, decide(case, RecomputeDeadlines(edition=2, clocks=tuple(found), now=THURSDAY)))

    assert case is not None
    assert moved is not None
    assert [(each.unit, each.before) for each in found] == [("committee", case.first_response.deadline)]
    assert moved.first_response.deadline == datetime(2026, 5, 5, 0, 30, tzinfo=UTC)


UNIT_NAMES = st.sampled_from(["committee", "property", "grid", "town"])
PASSING_ON = st.lists(
    st.one_of(
        st.builds(lambda unit: ("to", unit), UNIT_NAMES),
        st.just(("back", "")),
        st.builds(lambda unit: ("moved", unit), UNIT_NAMES),
        st.just(("fires", "")),
    ),
    max_size=25,
)


def step(case: Case, what: str, unit: str, now: datetime) -> Command:
    match what:
        case "to":
            return replace(to(unit), now=now, accept_by=now + timedelta(minutes=15))
        case "back":
            return replace(back(case.unit or "grid"), now=now, accept_by=now + timedelta(minutes=15))
        case "moved":
            return MoveCase(to_unit=unit, accept_by=now + timedelta(minutes=15), directory_version=4, now=now)
        case _:
            return fired(case, now)


@for_all(PASSING_ON)
def test_however_it_is_passed_on_the_deadline_stays_it_is_missed_once_and_no_level_is_told_twice(
    steps: list[tuple[str, str]],
) -> None:
    case, events = given(opened()), list[RoutingEvent]()
    for minute, (what, unit) in enumerate(steps, 1):
        came = decided(case, step(case, what, unit, after(10 * minute)))
        after_it = folded(case, came)
        assert after_it is not None
        case, events = after_it, [*events, *came]
        assert (case.first_response.deadline, case.first_response.promise) == (RESPOND_BY, RESPOND_BY)

    told = [each.to_unit for each in events if isinstance(each, CaseEscalated)]
    carried = {each.deadlines.first_response_by for each in events if isinstance(each, CaseAssigned)}
    assert sum(isinstance(each, DeadlineMissed) for each in events) <= 1
    assert len(told) == len(set(told))
    assert carried <= {RESPOND_BY}
