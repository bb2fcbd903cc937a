"""The contact in full is for who handles or coordinates, and that they looked stands on the case."""

from dataclasses import replace

import pytest

from services.routing.domain.access import Sight
from services.routing.domain.case import Case, Status, decide
from services.routing.domain.case.commands import Accept, Actor, Merge, RevealContact
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.access import ContactNotYoursError, NoContactError, ReadsOnlyError
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
from tests.unit.routing.test_merging import another

AUDITOR = Actor(person="auditor-1", unit="committee", role=Role.AUDITOR)
ABOVE = Actor(person="town-1", unit="town", role=Role.LEAD)
POLICE = Actor(person="police-1", unit="police", role=Role.HANDLER)
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


def test_of_one_that_follows_another_who_works_on_that_looks_and_no_more_who_had_it_before() -> None:
    master = given(another(3, unit="police"))
    duplicate = given(WITH_PHONE, Merge(by=DISPATCHER, master=master, now=after(1)))

    def look(by: Actor, master: Case | None) -> tuple[object, ...]:
        return tuple(decide(duplicate, RevealContact(by=by, master=master, now=after(2))))

    assert look(POLICE, master) == (ContactRevealed(case_id=CASE_ID, at=after(2), by="police-1", unit="police"),)
    for by, known in ((COLLEAGUE, master), (POLICE, None)):
        with pytest.raises(ContactNotYoursError):
            look(by, known)


def test_the_page_offers_it_to_the_same() -> None:
    master = given(another(3, unit="police"))
    duplicate = given(WITH_PHONE, Merge(by=DISPATCHER, master=master, now=after(1)))
    police = Sight(actor=POLICE, units=frozenset({"police"}), areas=frozenset())
    committee = Sight(actor=COLLEAGUE, units=frozenset({"committee"}), areas=frozenset())
    # Where the master lies in another grid, who coordinates the one that follows it does not coordinate its work.
    grid = Sight(actor=DISPATCHER, units=frozenset({"grid", "committee"}), areas=frozenset())

    assert [each.sees_contact(duplicate, master) for each in (police, committee, grid)] == [True, False, False]
    assert not police.sees_contact(duplicate)
    assert committee.sees_contact(given(WITH_PHONE))


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
