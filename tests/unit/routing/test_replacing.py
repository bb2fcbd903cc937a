"""Who is awaited when the district changes: nobody asks anew, and nothing waits for a unit that is no more."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from services.routing.domain.access import sight_of
from services.routing.domain.case import Case, Status, decide
from services.routing.domain.case.commands import (
    Accept,
    Actor,
    AskExtension,
    AskSuspension,
    BlowWhistle,
    Call,
    Command,
    DeclineTask,
    EndSuspension,
    FollowUpReached,
    GrantExtension,
    GrantSuspension,
    MoveCase,
    PassVerification,
    Plan,
    PlanFollowUp,
    RefuseExtension,
    Resolve,
    Return,
)
from services.routing.domain.case.follow_up import FollowUpState, Occasion
from services.routing.domain.case.relocation import Instead
from services.routing.domain.clocks import timers_after
from services.routing.domain.errors.finishing import NotVerifierError
from services.routing.domain.errors.more_time import ExtensionNotYoursError
from services.routing.domain.escalation import coordinating, deadline_reached
from services.routing.domain.rulebook import Rulebook, rulebook_from
from services.routing.domain.stranding import TO_BE_DONE, Change, OpenCase, Stranded, Why
from services.routing.domain.units import Units
from services.routing.handlers.joint_work import who_decides
from services.routing.handlers.performing import Moment
from services.routing.handlers.stranding import moving_command, without_heir
from shared.contracts.directory import PlaceDefined, Role, UnitDefined
from shared.contracts.routing import (
    AwaitedUnitReplaced,
    CaseAssigned,
    CaseTransferred,
    Clock,
    FollowUpPlanned,
    FollowUpReminded,
    RoutingEvent,
    Term,
    Verification,
)
from tests.unit.routing.district_samples import changed, records_of
from tests.unit.routing.routing_samples import (
    DISPATCHER,
    LEAD,
    PROPERTY,
    after,
    assignment,
    folded,
    given,
    open_case,
    sealed,
)
from tests.unit.routing.test_case_properties import commands, decided

PLACE = "EAST8888"
OTHERS = """\
  - {id: grid, name: {zh: 网格, en: Grid}, relation: grid, area: town, calendar: office, escalates_to: ops}
  - {id: other-grid, name: {zh: 另一网格, en: Other}, relation: grid, area: other, calendar: office, escalates_to: ops}
  - {id: ops,"""
TEXT = (
    changed("  - {id: ops,", OTHERS)
    .replace("escalates_to: ops}", "escalates_to: grid}", 1)
    .replace(
        "  - {id: estate,", "  - {id: other, name: {zh: 另镇, en: O}, level: town, parent: small}\n  - {id: estate,"
    )
    .replace("{code: EAST2345,", f"{{code: {PLACE},")
    .replace("place: EAST2345", f"place: {PLACE}")
)
RECORDS = records_of(TEXT)
NEW_GRID = Actor(person="other-dispatcher", unit="other-grid", role=Role.DISPATCHER)
FOLLOW_UP = UUID(int=77)
ACCEPTED = (open_case(), Accept(by=LEAD, now=after(1)))
RESOLVED = (*ACCEPTED, Resolve(by=LEAD, note=sealed(), to_unit="property", verify_by=after(500), now=after(3)))
ASKED = (
    *ACCEPTED,
    AskExtension(by=LEAD, reason=sealed(), resolve_by=after(3000), to_unit="grid", answer_by=after(60), now=after(2)),
)
WAITING = (
    *ACCEPTED,
    AskSuspension(by=LEAD, reason=sealed(), until=after(3000), to_unit="grid", answer_by=after(60), now=after(2)),
)
DECLINED = (
    *ACCEPTED,
    BlowWhistle(by=LEAD, calls=(Call(unit="property"),), task=sealed(), now=after(2)),
    DeclineTask(by=PROPERTY, reason=sealed(), to_unit="grid", answer_by=after(60), now=after(3)),
)
PLAN = Plan(id=FOLLOW_UP, unit="property", occasion=Occasion(due=after(1500), deadline=after(2000)))
PLANNED = (*ACCEPTED, PlanFollowUp(by=LEAD, plan=PLAN, task=sealed(), now=after(4)))
DUE = (*PLANNED, FollowUpReached(follow_up=FOLLOW_UP, generation=1, deadline=after(2000), now=after(1500)))


def move(case: Case, **instead: object) -> tuple[RoutingEvent, ...]:
    command = {"to_unit": "committee", "keeps_unit": True, "directory_version": 8, "now": after(70), **instead}
    return tuple(decide(case, MoveCase(**command)))  # type: ignore[arg-type]


def moved(case: Case, events: Sequence[RoutingEvent]) -> Case:
    after_it = folded(case, events)
    assert after_it is not None
    return after_it


def test_another_unit_verifies_with_a_clock_of_its_own_and_the_one_before_no_more() -> None:
    case = given(*RESOLVED)

    events = move(case, verifier=Instead(unit="ops", due_by=after(900), warnings=(after(800),)))

    [told] = events
    assert isinstance(told, AwaitedUnitReplaced)
    assert (told.clock, told.from_unit, told.to_unit, told.asked_by) == (Clock.VERIFY, "property", "ops", None)
    now = moved(case, events)
    assert (now.verifier, now.verify.deadline, "ops" in now.watching) == ("ops", after(900), True)
    assert [(wish.kind, wish.due_at) for wish in timers_after(case, now)] == [(Clock.VERIFY, after(800))]
    ops = Actor(person="chief", unit="ops", role=Role.LEAD)
    assert decide(now, PassVerification(by=ops, now=after(80)))
    with pytest.raises(NotVerifierError):
        decide(replace(now, watching=("property",)), PassVerification(by=PROPERTY, now=after(80)))


def test_what_is_not_verified_before_it_proves_right_is_observed_by_the_other_one_as_long() -> None:
    case = given(*ACCEPTED, Resolve(by=LEAD, to_unit="property", observed_until=after(300), now=after(3)))

    [ahead] = move(case, verifier=Instead(unit="ops"))
    [over] = move(case, verifier=Instead(unit="ops"), now=after(301))

    assert isinstance(ahead, AwaitedUnitReplaced)
    assert isinstance(over, AwaitedUnitReplaced)
    assert (ahead.observed_until, over.observed_until) == (after(300), None)
    assert moved(case, [ahead]).observed_until == after(300)


def test_more_time_is_granted_or_refused_by_the_grid_that_succeeded_and_nobody_asks_anew() -> None:
    case = given(*ASKED)

    now = moved(case, move(case, answers={"committee": Instead(unit="other-grid", due_by=after(130))}))

    assert now.questions["committee"].answer.deadline == after(130)
    assert [wish.due_at for wish in timers_after(case, now) if wish.kind is Clock.ANSWER] == [after(130)]
    assert moved(now, decide(now, GrantExtension(by=NEW_GRID, now=after(80)))).resolve.deadline == after(3000)
    assert decide(now, RefuseExtension(by=NEW_GRID, reason=sealed(), now=after(80)))
    with pytest.raises(ExtensionNotYoursError):
        decide(now, GrantExtension(by=DISPATCHER, now=after(80)))


def test_a_stand_still_is_granted_by_the_grid_that_succeeded() -> None:
    case = given(*WAITING)

    now = moved(case, move(case, answers={"committee": Instead(unit="other-grid")}))

    assert moved(now, decide(now, GrantSuspension(by=NEW_GRID, now=after(80)))).is_suspended


@pytest.mark.parametrize(
    ("gone", "area", "ends"),
    [
        ([], "town", {"grid"}),
        # The place is another grid's by now; who granted it is there still.
        ([], "other", {"grid", "other-grid"}),
        (["grid"], "other", {"other-grid"}),
        # Neither has a grid any more: the next level above the unit answers in its place.
        (["grid"], "town", {"ops"}),
    ],
)
def test_a_stand_still_that_a_grid_granted_is_ended_by_whose_the_case_is_now_besides(
    gone: list[str], area: str, ends: set[str]
) -> None:
    rulebook = edition(frozenset(gone), area)
    case = given(*WAITING, GrantSuspension(by=DISPATCHER, now=after(3)))
    units = ("grid", "other-grid", "ops", "third-grid")
    others = [Actor(person=unit, unit=unit, role=Role.DISPATCHER) for unit in units]

    def end(by: Actor) -> Command:
        return EndSuspension(by=by, resolve_by=after(900), grids=coordinating(case, rulebook), now=after(9))

    may = {by.unit for by in others if decided(case, end(by))}

    assert may - set(gone) == ends
    assert decided(case, end(LEAD))


def test_who_would_not_do_its_task_is_answered_by_the_grid_that_succeeded() -> None:
    case = given(*DECLINED)

    now = moved(case, move(case, answers={"property": Instead(unit="other-grid")}))

    assert [question.about for question in now.asked_of("other-grid")] == [case.questions["property"].about]
    assert now.asked_of("grid") == ()


def test_the_question_of_a_unit_that_loses_the_case_is_asked_of_nobody() -> None:
    case = given(*ASKED)

    events = move(case, to_unit="ops", keeps_unit=False, answers={"committee": Instead(unit="other-grid")})

    assert [type(event) for event in events] == [CaseTransferred, CaseAssigned]


def test_what_was_planned_is_planned_for_another_unit_and_what_is_due_is_brought_to_its_mind() -> None:
    planned, due = given(*PLANNED), given(*DUE)

    [anew] = move(planned, follow_ups={FOLLOW_UP: Instead(unit="ops")})
    [again] = move(due, follow_ups={FOLLOW_UP: Instead(unit="ops", due_by=after(4000))}, now=after(1600))

    assert isinstance(anew, FollowUpPlanned)
    assert isinstance(again, FollowUpReminded)
    assert (anew.unit, anew.occurrence, anew.due, anew.deadline) == ("ops", 1, after(1500), after(2000))
    known = moved(due, [again]).follow_ups[FOLLOW_UP]
    assert (known.unit, known.state, known.deadline) == ("ops", FollowUpState.DUE, after(4000))


@cache
def edition(gone: frozenset[str] = frozenset(), area: str = "town") -> Rulebook:
    """The district without some units, and with the estate in this town."""
    changed_ones = [
        record.model_copy(update={"retired": True}) if isinstance(record, UnitDefined) and record.id in gone else record
        for record in RECORDS
    ]
    return rulebook_from(
        record.model_copy(update={"path": ("small", area, "estate")})
        if isinstance(record, PlaceDefined) and record.area == "estate"
        else record
        for record in changed_ones
    )


def as_listed(case: Case) -> OpenCase:
    """The case as the read model has it."""
    awaited = {each.id: each.unit for each in case.follow_ups.values() if each.is_awaited}
    waiting = {each.asked_by: each.to_unit for each in case.questions.values() if each.waits and each.to_unit}
    return OpenCase(
        id=case.id,
        number=case.matter.number,
        status=case.status,
        unit=case.unit or case.left_unit or "",
        accepted_by=None,
        place=case.matter.place,
        told=frozenset(case.told),
        called=frozenset(part.unit for part in case.open_parts),
        verifier=case.verifier if case.status is Status.RESOLVED else None,
        asked=waiting,
        follow_ups=awaited,
    )


def found_in(case: Case, change: Change) -> list[Stranded]:
    listed = as_listed(case)
    why = change.takes_from(listed)
    lead = change.heir(listed, None) if why is not None else listed.unit
    own = [Stranded(case_id=case.id, number="", why=why, unit=listed.unit, to_unit=lead)] if why else []
    return [*own, *change.passes_on(listed, lead)]


@pytest.mark.parametrize(
    ("brought_so_far", "gone", "area", "found"),
    [
        (RESOLVED, {"property"}, "town", [(Why.OTHER_VERIFIER, "property", "grid", "")]),
        (RESOLVED, {"property", "grid"}, "town", [(Why.OTHER_VERIFIER, "property", "ops", "")]),
        (RESOLVED, {"committee"}, "town", []),
        (ASKED, {"grid"}, "town", [(Why.OTHER_ANSWERER, "grid", "ops", "committee")]),
        (ASKED, set(), "other", [(Why.OTHER_UNIT, "committee", "grid", "")]),
        (DECLINED, {"property"}, "town", [(Why.CALLED_UNIT_GONE, "property", "committee", "")]),
        (
            DECLINED,
            {"grid", "committee"},
            "town",
            [(Why.UNIT_GONE, "committee", "ops", ""), (Why.OTHER_ANSWERER, "grid", "ops", "property")],
        ),
        (PLANNED, {"property"}, "town", [(Why.FOLLOW_UP_UNIT_GONE, "property", "committee", str(FOLLOW_UP))]),
        (PLANNED, {"grid"}, "town", []),
    ],
)
def test_what_waits_for_a_unit_that_has_its_place_no_more_is_found_with_who_has_it_now(
    brought_so_far: Sequence[Command], gone: Collection[str], area: str, found: list[tuple[Why, str, str, str]]
) -> None:
    change = Change(before=edition(), after=edition(frozenset(gone), area), people={})

    told = found_in(given(*brought_so_far), change)

    assert [(each.why, each.unit, each.to_unit, each.of) for each in told] == found


def test_a_question_goes_along_with_the_place_to_the_grid_that_it_lies_in_now() -> None:
    # The committee that asked is that of the estate itself, and stays; only the grid above is another one.
    by_estate = replace(as_listed(given(*ASKED)), unit="property", asked={"property": "grid"})
    change = Change(before=edition(), after=edition(area="other"), people={})

    told = [(each.why, each.unit, each.to_unit) for each in change.passes_on(by_estate, "property")]

    assert told == [(Why.OTHER_ANSWERER, "grid", "other-grid")]


def test_who_verifies_is_never_the_unit_whose_work_it_is() -> None:
    # What the old grid was to verify the new one has done itself.
    by_new_grid = replace(as_listed(given(*RESOLVED)), unit="other-grid", verifier="grid")
    moved_away, and_gone = (
        Change(before=edition(), after=edition(frozenset(gone), "other"), people={}) for gone in ([], ["grid"])
    )

    assert list(moved_away.passes_on(by_new_grid, "other-grid")) == []
    nobodys = Change(before=edition(), after=edition(area="nowhere"), people={})
    assert list(nobodys.passes_on(replace(by_new_grid, unit="ops"), "ops")) == []
    assert [each.to_unit for each in and_gone.passes_on(by_new_grid, "other-grid")] == ["ops"]


@pytest.mark.parametrize(
    ("asked", "gone", "area", "to_unit"),
    [
        # Another town's grid was asked, and is there still.
        ("other-grid", [], "town", []),
        # Nobody stands for the place any more, but who was asked is there still.
        ("grid", [], "nowhere", []),
        # Nobody is to the place what who was asked was: the grid above who asks answers.
        ("property", ["property"], "town", ["grid"]),
        ("property", ["property", "grid"], "town", ["committee"]),
    ],
)
def test_who_was_asked_answers_as_long_as_they_can_and_otherwise_the_grid_above_who_asks(
    asked: str, gone: list[str], area: str, to_unit: list[str]
) -> None:
    change = Change(before=edition(), after=edition(frozenset(gone), area), people={})
    case = replace(as_listed(given(*DECLINED)), unit="ops", called=frozenset(), asked={"committee": asked})

    assert [each.to_unit for each in change.passes_on(case, "ops")] == to_unit


def test_who_is_awaited_instead_has_as_long_as_if_it_were_asked_now() -> None:
    change = Change(before=edition(), after=edition(frozenset({"grid", "property"})), people={})
    # An hour of the operations centre, which works round the clock: from the end of the observation, or from now.
    observed = Resolve(by=LEAD, note=sealed(), to_unit="property", observed_until=after(300), now=after(3))
    to_verify, to_answer, due = (replace(given(*each), terms=TERMS) for each in ((*ACCEPTED, observed), ASKED, DUE))

    commands = [
        moving_command(case, found_in(case, change), change, after(2100)) for case in (to_verify, to_answer, due)
    ]
    ahead = moving_command(to_verify, found_in(to_verify, change), change, after(100))

    assert commands[0].verifier == Instead(unit="ops", due_by=after(2160))
    assert ahead.verifier == Instead(unit="ops", due_by=after(360))
    assert commands[1].answers == {"committee": Instead(unit="ops", due_by=after(2160))}
    # Its deadline has passed: who is reminded now has until the end of a day of its own.
    [followed] = commands[2].follow_ups.values()
    assert followed.unit == "committee"
    assert followed.due_by is not None
    assert followed.due_by > after(2100)
    assert all(command.keeps_unit for command in commands)


@pytest.mark.parametrize("stands_still", [False, True])
def test_who_gets_it_is_reminded_before_its_time_is_over_as_anybody_is(stands_still: bool) -> None:
    change = Change(before=edition(), after=edition(frozenset({"committee"})), people={})
    accept = Term(clock=Clock.ACCEPT, minutes=60, working_time=False, warn_at=(50,))
    resolve = Term(clock=Clock.RESOLVE, minutes=1440, working_time=False, warn_at=(50,))
    waiting = AskSuspension(by=LEAD, reason=sealed(), until=after(3000), to_unit="grid", now=after(40))
    stood: list[Command] = [Accept(by=LEAD, now=after(1)), waiting, GrantSuspension(by=DISPATCHER, now=after(40))]
    case = replace(given(open_case(), *(stood if stands_still else [])), terms=(accept, resolve))

    now = moved(case, decide(case, moving_command(case, found_in(case, change), change, after(100))))

    assert (now.unit, now.accept.deadline, now.accept.due_at) == ("grid", after(160), after(130))
    assert now.resolve.due_at == (after(800) if stands_still else after(1440))


def test_work_done_after_the_edition_is_verified_by_whom_it_names_for_work_done_before() -> None:
    # The rule names the old grid, and the estate lies in another one's town by now.
    ruled = replace(open_case(), assignment=replace(assignment(), verification=Verification(unit="grid")))
    case, now = given(ruled), edition(frozenset({"grid"}), "other")

    later = Moment(case=case, by=LEAD, words=None, rulebook=now, now=after(9)).verifier()
    of_before = replace(as_listed(given(*RESOLVED)), verifier="grid")

    assert later == "other-grid"
    assert [each.to_unit for each in Change(before=edition(), after=now, people={}).passes_on(of_before, "x")] == [
        later
    ]


def test_no_grid_that_is_gone_is_asked_anything_any_more() -> None:
    units = edition(frozenset({"grid"})).units

    assert [units.grid_of(unit) for unit in ("grid", "committee", "other-grid")] == [None, None, "other-grid"]


@pytest.mark.parametrize(
    ("gone", "decides"),
    [
        ([], "grid"),
        # The committee called it, and is gone; the grid has the case since, and coordinates itself.
        (["committee"], "grid"),
        (["committee", "grid"], "other-grid"),
    ],
)
def test_a_task_that_is_not_ones_own_is_decided_on_by_who_is_there(gone: list[str], decides: str) -> None:
    lead = "other-grid" if "grid" in gone else "grid"
    case = replace(given(*DECLINED[:-1]), unit=lead)

    now = Moment(case=case, by=PROPERTY, words=None, rulebook=edition(frozenset(gone)), now=after(9))

    assert who_decides(now) == decides


def test_what_was_given_back_to_a_unit_that_is_gone_is_seen_by_the_one_above_it_and_climbs_on() -> None:
    back = Return(by=LEAD, reason=sealed(), accept_by=after(30), to_unit="grid", now=after(2))
    case = replace(given(*ACCEPTED, back), terms=TERMS)
    units = edition(frozenset({"grid"})).units
    above = sight_of(Actor(person="chief", unit="ops", role=Role.LEAD), units=units, areas={})

    late = deadline_reached(case, units, clock=Clock.ACCEPT, generation=case.accept.generation, now=after(31))

    assert (case.status, case.told, above.oversees(case)) == (Status.UNASSIGNED, ("grid",), True)
    assert late.next_unit == "ops"


UNITS = ["committee", "property", "grid"]


def brought_so_far(lead: str, other: str, grid: str, far: int) -> list[Command]:
    """A case at one unit, and what that unit, and another one that it called, ask of a grid."""
    by, called = (Actor(person=unit, unit=unit, role=Role.LEAD) for unit in (lead, other))
    plan = Plan(id=FOLLOW_UP, unit=other, occasion=PLAN.occasion)
    ways: list[list[Command]] = [
        [],
        [Resolve(by=by, to_unit=other if other != lead else None, verify_by=after(500), now=after(9))],
        [AskExtension(by=by, reason=sealed(), resolve_by=after(3000), to_unit=grid, now=after(2))],
        [AskSuspension(by=by, reason=sealed(), until=after(3000), to_unit=grid, now=after(2))],
        [PlanFollowUp(by=by, plan=plan, task=sealed(), now=after(4))],
        [
            PlanFollowUp(by=by, plan=plan, task=sealed(), now=after(4)),
            FollowUpReached(follow_up=FOLLOW_UP, generation=1, deadline=after(2000), now=after(1500)),
            Resolve(by=by, to_unit=None, now=after(1501)),
        ],
        [BlowWhistle(by=by, calls=(Call(unit=other),), task=sealed(), now=after(2))] if other != lead else [],
    ]
    declined: list[Command] = [DeclineTask(by=called, reason=sealed(), to_unit=grid, now=after(3))]
    ways.append([*ways[-1], *(declined if other != lead else []), *ways[2]])
    opened = replace(open_case(), assignment=assignment(lead))
    return [opened, Accept(by=by, now=after(1)), *ways[far]]


BEGINNINGS = st.builds(
    brought_so_far, st.sampled_from(UNITS), st.sampled_from(UNITS), st.sampled_from(UNITS), st.integers(0, 7)
)
TERMS = (Term(clock=Clock.VERIFY, minutes=60), Term(clock=Clock.ANSWER, minutes=60))


def played(begun: Sequence[Command], asked: Sequence[Command]) -> list[Case]:
    """What the case was once it was brought so far, and after whatever else was asked of it."""
    states = [given(*begun)]
    for command in asked:
        states.append(moved(states[-1], decided(states[-1], command)))
    return states


def awaited(case: Case) -> set[str | None]:
    """Every unit that the case waits for."""
    listed = as_listed(case)
    to_do = case.status in TO_BE_DONE and case.master is None
    own = {listed.unit} if to_do else set[str]()
    return {*own, *listed.called, listed.verifier, *listed.asked.values(), *listed.follow_ups.values()} - {None}


def living(units: Units) -> set[str]:
    return {unit.id for unit in units.by_id.values() if not unit.retired}


@for_all(
    BEGINNINGS,
    st.lists(commands(), max_size=2),
    st.sets(st.sampled_from([*UNITS, "other-grid"])),
    st.sampled_from(["town", "other"]),
)
@settings(max_examples=80)
def test_after_any_edition_no_case_waits_for_a_unit_that_is_not_in_it(
    begun: list[Command], asked: list[Command], gone: set[str], area: str
) -> None:
    change = Change(before=edition(), after=edition(frozenset(gone), area), people={})
    settled = Change(before=change.after, after=change.after, people={})
    for state in played(begun, asked):
        case = replace(state, terms=TERMS)
        found = found_in(case, change)
        assert without_heir(found) == []

        now = moved(case, decide(case, moving_command(case, found, change, after(6000)))) if found else case

        assert awaited(now) <= living(change.after.units)
        assert found_in(now, settled) == []
