"""联系方式: the reporter's contact is shown masked; to see it in full is an act, and it stands on the case who did."""

from collections.abc import Iterator
from dataclasses import replace

from services.routing.domain.case.commands import RevealContact
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.evolving import evolves
from services.routing.domain.case.standing import check_may
from services.routing.domain.case.state import Case
from services.routing.domain.errors.access import ContactNotYoursError, NoContactError
from services.routing.domain.permissions import Action
from shared.contracts.routing import ContactRevealed


@decides
def reveal(case: Case, command: RevealContact) -> Iterator[ContactRevealed]:
    """That somebody who handles the case, or coordinates it, looked: of one that follows another, who handles that.

    Raises:
        RoutingError: it is not theirs to see, or the reporter left none.
    """
    worked_on = case if case.master is None else command.master
    if worked_on is None:
        raise ContactNotYoursError
    check_may(worked_on, command.by, Action.CONTACT)
    if case.matter.contact.name is None and case.matter.contact.phone is None:
        raise NoContactError
    yield ContactRevealed(case_id=case.id, at=command.now, by=command.by.person, unit=command.by.unit)


@evolves
def _evolved(case: Case, _event: ContactRevealed) -> Case:
    return replace(case, looks=case.looks + 1)
