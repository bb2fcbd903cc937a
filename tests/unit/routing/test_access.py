"""Who sees a case: its unit, who stands above that unit, whose area it is, and whom the ladder told."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.routing.domain.access import Sight, sight_of
from services.routing.domain.case import Case
from services.routing.domain.case.commands import Actor
from services.routing.domain.case.joint import Part, PartState
from services.routing.domain.units import Units
from shared.contracts.directory import AreaDefined, AreaLevel, Name, Role, UnitDefined
from tests.unit.routing.routing_samples import given, open_case

AT = datetime(2026, 4, 1, tzinfo=UTC)
NAME = Name(zh="名", en="name")


def area(area_id: str, *above: str) -> AreaDefined:
    level = AreaLevel.GRID
    parent = above[-1] if above else None
    return AreaDefined(at=AT, edition=1, id=area_id, name=NAME, level=level, parent=parent, path=(*above, area_id))


def unit(unit_id: str, area_id: str, above: str | None) -> UnitDefined:
    return UnitDefined(at=AT, edition=1, id=unit_id, name=NAME, area=area_id, calendar="always", escalates_to=above)


AREAS = {each.id: each for each in (area("town"), area("estate", "town"), area("elsewhere", "town"))}
UNITS = Units(
    {
        each.id: each
        for each in (
            unit("property", "estate", "committee"),
            unit("committee", "estate", "grid"),
            unit("grid", "town", None),
            unit("police", "town", "grid"),
        )
    },
    {},
)


def sight(unit_id: str, role: Role) -> Sight:
    return sight_of(Actor(person="somebody", unit=unit_id, role=role), units=UNITS, areas=AREAS)


def case_at(unit_id: str | None, **changes: object) -> Case:
    return replace(given(open_case()), unit=unit_id, **changes)  # type: ignore[arg-type]


def test_a_handler_sees_the_cases_of_their_own_unit_alone() -> None:
    handler = sight("committee", Role.HANDLER)

    assert handler.sees(case_at("committee"))
    assert not handler.sees(case_at("property"))
    assert not handler.is_wide


def test_a_lead_sees_what_stands_below_their_unit_on_the_ladder() -> None:
    lead = sight("committee", Role.LEAD)

    assert lead.sees(case_at("property"))
    assert not lead.sees(case_at("police"))


def test_a_dispatcher_sees_all_cases_of_their_area_whoever_has_them() -> None:
    dispatcher = sight("grid", Role.DISPATCHER)

    assert dispatcher.sees(case_at("police"))
    assert dispatcher.areas == {"town", "estate", "elsewhere"}


def test_whom_the_ladder_told_sees_the_case() -> None:
    assert sight("police", Role.HANDLER).sees(case_at("committee", told=("police",)))


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (PartState.CALLED, True),
        (PartState.DECLINED, True),
        (PartState.DONE, True),
        (PartState.RELEASED, False),
        (PartState.TAKEN_OVER, False),
    ],
)
def test_a_called_unit_and_who_oversees_it_see_the_case_until_it_is_let_go(state: PartState, shown: bool) -> None:
    case = case_at("elsewhere", joint={"police": Part(unit="police", called_by="grid", state=state)})

    assert sight("police", Role.HANDLER).sees(case) is shown
    assert sight("grid", Role.LEAD).sees(case) is shown


def test_a_returned_case_stays_with_those_above_the_unit_that_left_it() -> None:
    assert sight("committee", Role.LEAD).sees(case_at(None, left_unit="property"))


def test_the_contact_is_for_the_unit_that_acts_and_for_who_coordinates_it() -> None:
    case = case_at("property")

    assert sight("property", Role.HANDLER).sees_contact(case)
    assert sight("grid", Role.DISPATCHER).sees_contact(case)
    assert not sight("committee", Role.LEAD).sees_contact(case)
    assert not sight("grid", Role.SUPERVISOR).sees_contact(case)


def test_a_supervisor_reads_and_does_not_act() -> None:
    supervisor = sight("grid", Role.SUPERVISOR)

    assert supervisor.sees(case_at("police"))
    assert not supervisor.may_act(case_at("police"))
