"""The contact in full is for who handles or coordinates, and that they looked stands on the case."""

from dataclasses import replace

import pytest

from services.routing.domain.case import Case, Status, decide
from services.routing.domain.case.commands import Accept, Actor, RevealContact
from services.routing.domain.errors import ContactNotYoursError, NoContactError, ReadsOnlyError, RoutingError
from shared.contracts.directory import Role
from shared.contracts.intake import Contact
from shared.contracts.routing import ContactRevealed
from tests.unit.routing.routing_samples import (
    CASE_ID,
    COLLEAGUE,
    DISPATCHER,
    LEAD,
    after,
    folded,
    given,
    matter,
    open_case,
    sealed,
)

AUDITOR = Actor(person="auditor-1", unit="committee", role=Role.AUDITOR)
ABOVE = Actor(person="town-1", unit="town", role=Role.LEAD)
WITH_PHONE = replace(open_case(), matter=matter().model_copy(update={"contact": Contact(phone=sealed())}))


def revealed(case: Case, by: Actor) -> tuple[object, ...]:
    return tuple(decide(case, RevealContact(by=by, now=after(2))))


@pytest.mark.parametrize("by", [COLLEAGUE, DISPATCHER])
def test_who_handles_or_coordinates_looks_and_it_stands_on_the_case(by: Actor) -> None:
    looked = revealed(given(WITH_PHONE), by)

    assert looked == (ContactRevealed(case_id=CASE_ID, at=after(2), by=by.person, unit=by.unit),)


@pytest.mark.parametrize(("by", "refusal"), [(AUDITOR, ReadsOnlyError), (ABOVE, ContactNotYoursError)])
def test_nobody_else_does(by: Actor, refusal: type[RoutingError]) -> None:
    with pytest.raises(refusal):
        revealed(given(WITH_PHONE), by)


def test_where_none_was_left_there_is_none_to_look_at() -> None:
    with pytest.raises(NoContactError):
        revealed(given(open_case()), LEAD)


def test_that_somebody_looked_changes_nothing_of_the_case() -> None:
    before = given(WITH_PHONE)

    looked = given(WITH_PHONE, *[RevealContact(by=LEAD, now=after(1))] * 2)
    went_on = folded(looked, decide(looked, Accept(by=LEAD, now=after(3))))

    assert looked == replace(before, looks=2)
    assert went_on is not None
    assert (went_on.status, went_on.looks) == (Status.ACCEPTED, 0)
