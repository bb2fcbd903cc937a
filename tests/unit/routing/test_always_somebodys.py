"""An open case is always somebody's: a unit has it, or it was given back and a unit that is there was told of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from services.routing.domain.assignment import Report, choose, choose_for_history
from services.routing.domain.case import DONE, Case, Status, decide
from services.routing.domain.case.commands import (
    Accept,
    Actor,
    BlowWhistle,
    Call,
    Categorise,
    Close,
    Command,
    Entrust,
    FailVerification,
    ImportCase,
    Join,
    Leave,
    Merge,
    PassVerification,
    Reopen,
    ReportIn,
    Resolve,
    Return,
    Transfer,
    Withdraw,
)
from services.routing.domain.escalation import told_of_return
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.stranding import Change, Stranded, Why
from services.routing.domain.units import Units
from services.routing.handlers.choices import units_for
from services.routing.handlers.stranding import heir_of, moving_command, without_heir
from shared.contracts.directory import Role
from shared.contracts.intake import Channel
from shared.contracts.routing import Deadlines, RoutingEvent
from tests.unit.routing.routing_samples import (
    COLLEAGUE,
    DISPATCHER,
    after,
    assignment,
    folded,
    given,
    matter,
    open_case,
    sealed,
)
from tests.unit.routing.test_case_properties import OTHER, decided
from tests.unit.routing.test_replacing import PLACE, edition, found_in, living

ALL = ["property", "committee", "grid", "other-grid", "ops"]


def is_somebodys(case: Case, units: Units) -> bool:
    """Whether there is anybody who has it, or knows that nobody has."""
    if case.status is Status.CLOSED or case.master is not None:
        return True
    if case.status is Status.UNASSIGNED:
        return not living(units).isdisjoint(case.told)
    return case.unit is not None and (case.unit in living(units) or case.status in DONE)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens to the case: an act that can name a unit, or an edition without some."""

    what: str
    unit: str = "committee"
    gone: frozenset[str] = frozenset()
    area: str = "town"


def the_other() -> Case:
    assert OTHER is not None
    return OTHER


def has(case: Case) -> Actor:
    return Actor(person="somebody", unit=case.unit or "", role=Role.LEAD)


def of(unit: str) -> Actor:
    return Actor(person=f"of-{unit}", unit=unit, role=Role.HANDLER)


def to(unit: str) -> Transfer:
    return Transfer(by=DISPATCHER, to_unit=unit, accept_by=after(99), directory_version=7, now=after(9))


def back(case: Case, rulebook: Rulebook) -> Return:
    to_unit = told_of_return(case, rulebook.units)
    return Return(by=has(case), reason=sealed(), accept_by=after(99), to_unit=to_unit, now=after(9))


ACTS: Mapping[str, Callable[[Case, Rulebook, str], Command]] = {
    "accept": lambda case, _rulebook, _unit: Accept(by=has(case), now=after(9)),
    "return": lambda case, rulebook, _unit: back(case, rulebook),
    "transfer": lambda _case, _rulebook, unit: to(unit),
    "call": lambda case, _rulebook, unit: BlowWhistle(
        by=has(case), calls=(Call(unit=unit),), task=sealed(), now=after(9)
    ),
    "report-in": lambda _case, _rulebook, unit: ReportIn(by=of(unit), now=after(9)),
    "entrust": lambda _case, _rulebook, unit: Entrust(by=DISPATCHER, unit=unit, directory_version=7, now=after(9)),
    "categorise": lambda case, _rulebook, _unit: Categorise(by=has(case), category="unruled", now=after(9)),
    "resolve": lambda case, _rulebook, _unit: Resolve(by=has(case), now=after(9)),
    "fail": lambda _case, _rulebook, _unit: FailVerification(
        by=COLLEAGUE, reason=sealed(), resolve_by=None, now=after(9)
    ),
    "pass": lambda _case, _rulebook, _unit: PassVerification(by=COLLEAGUE, now=after(9)),
    "close": lambda _case, _rulebook, _unit: Close(by=COLLEAGUE, now=after(9)),
    "reopen": lambda _case, _rulebook, _unit: Reopen(words=sealed(), deadlines=Deadlines(), now=after(9)),
    "merge": lambda _case, _rulebook, _unit: Merge(by=DISPATCHER, master=the_other(), now=after(9)),
    "join": lambda _case, _rulebook, _unit: Join(by=DISPATCHER, duplicate=the_other(), now=after(9)),
    "leave": lambda _case, _rulebook, _unit: Leave(duplicate=the_other(), now=after(9)),
    "withdraw": lambda _case, _rulebook, _unit: Withdraw(words=None, now=after(9)),
}


def moved(case: Case, events: Sequence[RoutingEvent]) -> Case:
    after_it = folded(case, events)
    assert after_it is not None
    return after_it


def with_heir(case: Case, rulebook: Rulebook) -> Case:
    """As every act ends: what came back to a unit that has gone goes to who has its place."""
    heir = heir_of(case.unit, case, rulebook) if case.unit is not None else None
    if case.unit is None or heir is None:
        return case
    change = Change(before=rulebook, after=rulebook, people={})
    gone = Stranded(case_id=case.id, number="", why=Why.UNIT_GONE, unit=case.unit, to_unit=heir)
    return moved(case, decided(case, moving_command(case, [gone], change, after(10))))


def published(case: Case, before: Rulebook, now: Rulebook) -> Case:
    """As publishing ends: what the edition would strand is moved with it."""
    change = Change(before=before, after=now, people={})
    found = found_in(case, change)
    assert without_heir(found) == []
    return moved(case, decide(case, moving_command(case, found, change, after(10)))) if found else case


def acted(case: Case, rulebook: Rulebook, step: Step) -> Case:
    names = step.what in ("transfer", "call")
    if names and step.unit not in {unit.id for unit in units_for(case, rulebook)}:
        return case
    return with_heir(moved(case, decided(case, ACTS[step.what](case, rulebook, step.unit))), rulebook)


STEPS = st.builds(Step, what=st.sampled_from(sorted(ACTS)), unit=st.sampled_from(ALL)) | st.builds(
    Step,
    what=st.just("edition"),
    gone=st.frozensets(st.sampled_from(["property", "committee", "grid", "other-grid"])),
    area=st.sampled_from(["town", "other"]),
)
# Random steps alone seldom come far.
WAYS = [
    "",
    "return",
    "accept return",
    "accept resolve",
    "accept resolve pass close",
    "accept resolve pass close reopen",
]


@for_all(st.sampled_from(WAYS), st.lists(STEPS, max_size=8), st.sampled_from(ALL[:3]))
@settings(max_examples=150)
def test_whatever_happens_an_open_case_is_somebodys(begun: str, steps: list[Step], lead: str) -> None:
    rulebook = edition()
    case = given(replace(open_case(), assignment=assignment(lead)))
    for step in [*map(Step, begun.split()), *steps]:
        if step.what == "edition":
            before, rulebook = rulebook, edition(step.gone, step.area)
            case = published(case, before, rulebook)
        else:
            case = acted(case, rulebook, step)

        assert is_somebodys(case, rulebook.units), (step, case.status, case.unit, case.told)


def test_given_back_up_the_whole_ladder_it_stays_at_the_top() -> None:
    case, units = given(open_case()), edition().units
    for above in ("grid", "ops"):
        case = moved(case, decide(case, back(case, edition())))
        assert (case.unit, case.told[-1]) == (None, above)
        case = moved(case, decide(case, to(above)))

    assert told_of_return(case, units) is None
    assert decided(case, back(case, edition())) == ()
    assert case.unit == "ops"


def test_who_was_told_of_a_return_is_gone_by_the_next_edition_and_who_has_its_place_gets_it() -> None:
    case = given(open_case())
    case = moved(case, decide(case, back(case, edition())))
    change = Change(before=edition(), after=edition(frozenset({"grid"}), "other"), people={})

    [found] = found_in(case, change)
    now = published(case, edition(), edition(frozenset({"grid"}), "other"))

    assert (found.why, found.unit, found.to_unit) == (Why.TOLD_UNIT_GONE, "committee", "other-grid")
    assert (now.status, now.unit, now.resolve.deadline) == (Status.ASSIGNED, "other-grid", case.resolve.deadline)


def test_what_was_given_back_to_nobody_before_that_was_refused_is_handed_to_the_grid_by_the_next_edition() -> None:
    told_nobody = replace(given(open_case()), unit=None, status=Status.UNASSIGNED, left_unit="ops")

    now = published(told_nobody, edition(), edition())

    assert (now.status, now.unit) == (Status.ASSIGNED, "grid")


def test_a_case_of_the_top_unit_that_is_gone_is_the_grids_of_its_place() -> None:
    at_top = given(replace(open_case(), assignment=assignment("ops")))

    assert heir_of("ops", at_top, edition(frozenset({"ops"}))) == "grid"


def test_a_rule_whose_unit_is_gone_is_passed_over_for_the_next_one() -> None:
    report = Report(place=PLACE, category="order", channel=Channel.QR, text="有人吵闹", at=after(9 * 60))

    chosen = [choose(edition(frozenset(gone)), report).assignment for gone in ((), ("property",))]

    assert [(each.trace.rule, each.unit) for each in chosen] == [("night", "property"), ("rest", "committee")]


def test_a_case_is_transferred_to_no_unit_that_is_gone() -> None:
    rulebook = edition(frozenset({"property"}))

    assert "property" not in {unit.id for unit in units_for(given(open_case()), rulebook)}


def test_by_another_category_for_which_no_rule_asks_it_stays_where_it_is() -> None:
    case = given(open_case())

    now = moved(case, decide(case, Categorise(by=has(case), category="unruled", now=after(9))))

    assert (now.unit, now.status, now.accept) == (case.unit, case.status, case.accept)


def test_a_case_that_follows_another_has_one_that_is_somebodys_whoever_leaves_it() -> None:
    # Neither of them is with a unit any more; the one that stays is on the list of who was told of it.
    returned = moved(the_other(), decide(the_other(), back(the_other(), edition())))
    case = given(open_case())
    case = moved(case, decide(case, back(case, edition())))
    case = moved(case, decide(case, Merge(by=DISPATCHER, master=returned, now=after(9))))
    master = moved(returned, decide(returned, Join(by=DISPATCHER, duplicate=case, now=after(9))))

    withdrawn = moved(master, decide(master, Withdraw(words=None, now=after(10))))
    left = moved(withdrawn, decide(withdrawn, Leave(duplicate=case, now=after(11))))

    assert case.master == master.id
    assert all(is_somebodys(each, edition().units) for each in (master, withdrawn))
    assert (withdrawn.told, left.status) == (("grid",), Status.CLOSED)


@pytest.mark.parametrize(("unit", "heir"), [("property", "committee"), ("ops", "grid")])
def test_what_the_past_left_undone_at_a_unit_that_is_gone_is_its_heirs(unit: str, heir: str) -> None:
    rulebook = edition(frozenset({unit}))
    report = Report(place=PLACE, category="order", channel=Channel.IMPORT, text="", at=after(0))
    chosen = choose_for_history(rulebook, report, handled_by=unit).assignment
    imported = ImportCase(case_id=UUID(int=5), matter=matter(), text=sealed(), assignment=chosen, opened_at=after(0))

    case = with_heir(given(imported), rulebook)

    assert (chosen.unit, case.unit, case.history) == (unit, heir, True)
    assert case.resolve.due_at is case.accept.due_at is None
