"""The permissions as an admin reads them are what the decider and the sight do, cell by cell."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from services.case_states import ACTS, AT, SITUATIONS, asked_by, case_in
from services.permission_tables import ACTIONS, RELATIONS, ROLES, Cell, cells, read
from services.routing.domain.access import Sight, sight_of
from services.routing.domain.case import Case
from services.routing.domain.case.commands import Actor
from services.routing.domain.case.follow_up import FollowUp
from services.routing.domain.case.joint import Part, PartState
from services.routing.domain.case.standing import relations_of
from services.routing.domain.permissions import FOLLOWS, REACH, TABLE, Action, Relation, is_allowed
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.units import Units
from services.routing.handlers.choices import allowed
from shared.contracts.directory import AreaDefined, AreaLevel, Name, Role, UnitDefined

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
NAME = Name(zh="名", en="name")

# The case is the unit's `unit` in `estate`; what else there is stands to it as the names say.
ABOVE: Mapping[str, tuple[str, ...]] = {
    "district": (),
    "town": ("district",),
    "estate": ("district", "town"),
    "far": ("district",),
}
AREAS = {
    each: AreaDefined(at=AT, edition=1, id=each, name=NAME, level=AreaLevel.ESTATE, parent=None, path=(*above, each))
    for each, above in ABOVE.items()
}
UNITS = Units(
    {
        unit: UnitDefined(at=AT, edition=1, id=unit, name=NAME, area=area, calendar="always", escalates_to=above)
        for unit, area, above in (
            ("unit", "estate", "over"),
            ("over", "town", None),
            ("helper", "far", None),
            ("told", "far", None),
            ("asked", "far", None),
            ("follower", "far", None),
            ("elsewhere", "far", None),
        )
    },
    {},
)
RULEBOOK = Rulebook(edition=1, places={}, units=UNITS, categories={}, rules=())
UNIT_OF = {
    Relation.OWN: "unit",
    Relation.CALLED: "helper",
    Relation.REPORTED_IN: "helper",
    Relation.TOLD: "told",
    Relation.ASKED: "asked",
    Relation.FOLLOWS: "follower",
    Relation.LEFT: "unit",
    Relation.OVERSEEN: "over",
    Relation.OTHER: "elsewhere",
}
LEFT = "待派 unassigned"
SEEN_FROM_AFAR = FOLLOWS | {Relation.OVERSEEN}
FOLLOWED = "已安排回头看 follow-up planned"
STATES_OF = {
    Relation.CALLED: (PartState.CALLED, PartState.DECLINED, PartState.DONE),
    Relation.REPORTED_IN: (PartState.REPORTED_IN,),
}
WRITTEN = read(DOCUMENT.read_text(encoding="utf-8"))


def sight_in(role: Role, relation: Relation) -> Sight:
    return sight_of(Actor(person="somebody", unit=UNIT_OF[relation], role=role), units=UNITS, areas=AREAS)


def _follow_ups(case: Case, unit: str) -> Mapping[UUID, FollowUp]:
    """Those of the situation, or one that is planned, are that unit's where it is to follow up."""
    if unit != UNIT_OF[Relation.FOLLOWS]:
        return case.follow_ups
    known = case.follow_ups or case_in(FOLLOWED).follow_ups
    return {each.id: replace(each, unit=unit) for each in known.values()}


def cases(relation: Relation) -> Iterator[Case]:
    """The case in every situation where the unit is this to it, and the questions are put to that unit."""
    unit = UNIT_OF[relation]
    for situation in SITUATIONS:
        if unit == "unit" and (relation is Relation.LEFT) is not (situation == LEFT):
            continue
        case = replace(case_in(situation), told=("told",), watching=("asked",))
        case = replace(case, follow_ups=_follow_ups(case, unit))
        case = replace(case, extension=replace(case.extension, to_unit=unit) if case.extension else None)
        case = replace(case, suspension=replace(case.suspension, to_unit=unit) if case.suspension else None)
        parts = [{unit: Part(unit=unit, called_by="unit", state=state)} for state in STATES_OF.get(relation, ())]
        yield from (replace(case, joint={**case.joint, **part}) for part in parts or [{}])


CASES = {relation: tuple(cases(relation)) for relation in Relation}


def happens(cell: Cell) -> bool:
    """Whether a member of this role and relation is let do it in any situation, asked of the real thing."""
    role, action, relation = cell
    sight = sight_in(role, relation)
    match action:
        case Action.READ:
            return any(sight.sees(case) for case in CASES[relation])
        case _:
            return any(asked_by(case, sight, action).events for case in CASES[relation])


def test_every_cell_of_the_document_is_what_the_decider_does() -> None:
    every = list(cells())

    mismatches = [cell for cell in every if WRITTEN.get(cell) is not happens(cell)]

    assert mismatches == []
    assert len(every) == len(WRITTEN) == len(Role) * len(Action) * len(Relation)
    assert f"× {len(Action)} × {len(Relation)} = {len(WRITTEN)}\n" in DOCUMENT.read_text(encoding="utf-8")


def test_every_role_act_and_relation_has_words_and_a_row() -> None:
    assert [*ROLES] == [*TABLE] == [*REACH] == [*Role]
    assert [*ACTIONS] == [*Action]
    assert [*RELATIONS] == [*Relation]
    assert {*Action} - {Action.READ} == {*map(Action, ACTS)}


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR])
def test_who_only_reads_changes_no_case_anywhere_and_is_shown_no_contact(role: Role) -> None:
    assert {action for (of, action, _), may in WRITTEN.items() if of is role and may} == {Action.READ}


@pytest.mark.parametrize("role", Role)
def test_what_the_desk_offers_is_what_the_table_gives(role: Role) -> None:
    for relation in set(Relation) - {Relation.OTHER}:
        sight = sight_in(role, relation)
        offered = {
            act
            for case in CASES[relation]
            if sight.sees(case)
            for act in allowed(sight, case, rulebook=RULEBOOK, now=AT)
        }
        may = {action for action in Action if WRITTEN[role, action, relation]} - {Action.READ, Action.CONTACT}

        assert offered == may, (role, relation)


def test_an_admin_reads_the_whole_district_and_an_auditor_their_area_alone() -> None:
    case = CASES[Relation.OTHER][0]
    far = replace(case, unit="elsewhere", left_unit=None, matter=case.matter.model_copy(update={"area": "far"}))

    assert sight_in(Role.ADMIN, Relation.OVERSEEN).sees(far)
    assert not sight_in(Role.AUDITOR, Relation.OVERSEEN).sees(far)


@pytest.mark.parametrize("role", Role)
def test_who_oversees_the_case_does_so_still_when_following_up_and_who_does_not_wins_nothing(role: Role) -> None:
    above, elsewhere = sight_in(role, Relation.OVERSEEN), sight_in(role, Relation.FOLLOWS)
    for case in CASES[Relation.FOLLOWS]:
        follow_ups = {each.id: replace(each, unit=above.actor.unit) for each in case.follow_ups.values()}
        both = relations_of(replace(case, follow_ups=follow_ups), above.actor_on(case))

        assert (Relation.OVERSEEN in both) is above.oversees(case)
        assert relations_of(case, elsewhere.actor_on(case)) == (SEEN_FROM_AFAR if elsewhere.oversees(case) else FOLLOWS)


def test_a_helper_who_follows_up_wins_no_judgement_by_it() -> None:
    helps = frozenset({Relation.REPORTED_IN, Relation.FOLLOWS})

    assert not is_allowed(Role.LEAD, Action.VERIFY_PASS, FOLLOWS)
    assert not is_allowed(Role.LEAD, Action.VERIFY_PASS, helps)
