"""催办: who oversees a case reminds the unit that has it, not too often, and nothing else changes."""

from dataclasses import replace

import pytest

from services.routing.domain.case import decide, evolve
from services.routing.domain.case.commands import (
    Accept,
    Actor,
    Close,
    Command,
    PassVerification,
    Remind,
    Resolve,
    Return,
    Transfer,
)
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.access import NotForThisRoleError, ReadsOnlyError
from services.routing.domain.errors.finishing import AlreadyResolvedError
from services.routing.domain.errors.handling import AlreadyClosedError, NotAssignedError
from services.routing.domain.reminders import NotToRemindError, RemindedJustNowError, Reminder
from services.routing.handlers.reading import words_in
from shared.contracts.directory import Role
from shared.contracts.routing import CaseReminded
from tests.unit.routing.routing_samples import (
    CASE_ID,
    COLLEAGUE,
    DISPATCHER,
    LEAD,
    after,
    given,
    matter,
    open_case,
    sealed,
)

ABOVE = Actor(person="town-lead-1", unit="town", role=Role.LEAD)
ACCEPTED = (open_case(), Accept(by=LEAD, now=after(1)))
RESOLVED = (*ACCEPTED, Resolve(by=LEAD, now=after(2)))
VERIFIED = (*RESOLVED, PassVerification(by=COLLEAGUE, now=after(3)))
TRANSFER = Transfer(by=DISPATCHER, to_unit="property", accept_by=None, directory_version=1, now=after(6))


def reminding(by: Actor = DISPATCHER, *, minutes: int = 5) -> Remind:
    return Remind(by=by, words=sealed("bQ"), now=after(minutes))


@pytest.mark.parametrize("by", [DISPATCHER, ABOVE])
def test_the_unit_that_has_the_case_is_reminded_in_the_words_of_who_oversees_it(by: Actor) -> None:
    case = given(*ACCEPTED)

    (reminded,) = decide(case, reminding(by))

    assert reminded == CaseReminded(
        case_id=CASE_ID,
        at=after(5),
        unit="committee",
        by=by.person,
        by_unit=by.unit,
        words=sealed("bQ"),
        matter=matter(),
    )
    assert words_in(reminded) == sealed("bQ")


def test_a_reminder_moves_no_clock_and_changes_nothing_but_that_it_was_given() -> None:
    case = given(*ACCEPTED)

    (reminded,) = decide(case, reminding())

    assert evolve(case, reminded) == replace(case, reminded=Reminder("committee", after(5)))


@pytest.mark.parametrize("minutes", [5, 14])
def test_a_unit_is_not_reminded_again_within_ten_minutes_whoever_does(minutes: int) -> None:
    case = given(*ACCEPTED, reminding())

    with pytest.raises(RemindedJustNowError):
        decide(case, reminding(ABOVE, minutes=minutes))


def test_a_unit_is_reminded_again_after_ten_minutes() -> None:
    case = given(*ACCEPTED, reminding())

    assert len(decide(case, reminding(minutes=15))) == 1


def test_who_got_the_case_since_was_not_reminded_yet() -> None:
    case = given(*ACCEPTED, reminding(), TRANSFER)

    (reminded,) = decide(case, reminding(minutes=7))

    assert isinstance(reminded, CaseReminded)
    assert reminded.unit == "property"


@pytest.mark.parametrize(
    ("history", "by", "refusal"),
    [
        (
            (*ACCEPTED, Return(by=LEAD, reason=sealed(), accept_by=None, to_unit="grid", now=after(4))),
            DISPATCHER,
            NotAssignedError,
        ),
        (RESOLVED, DISPATCHER, AlreadyResolvedError),
        ((*VERIFIED, Close(by=COLLEAGUE, now=after(4))), DISPATCHER, AlreadyClosedError),
        (ACCEPTED, LEAD, NotToRemindError),
        (ACCEPTED, replace(DISPATCHER, unit="committee"), NotToRemindError),
        (ACCEPTED, replace(ABOVE, role=Role.HANDLER), NotForThisRoleError),
        (ACCEPTED, replace(ABOVE, role=Role.SUPERVISOR), ReadsOnlyError),
    ],
)
def test_nobody_is_reminded_who_has_nothing_to_do_and_by_nobody_whose_it_is_not(
    history: tuple[Command, ...], by: Actor, refusal: type[RoutingError]
) -> None:
    case = given(*history)

    with pytest.raises(refusal):
        decide(case, reminding(by))


def test_a_unit_that_was_told_of_the_case_and_has_it_since_does_not_remind_itself() -> None:
    to_town = replace(TRANSFER, to_unit="town", now=after(5))
    returned = Return(by=LEAD, reason=sealed(), accept_by=None, to_unit="town", now=after(4))
    case = given(*ACCEPTED, returned, to_town)

    with pytest.raises(NotToRemindError):
        decide(case, reminding(ABOVE, minutes=6))
