"""催办: who oversees a case reminds the unit that has it, in a few words; no clock moves by it."""

from collections.abc import Iterator
from dataclasses import replace

from services.routing.domain.case.commands import Remind
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.evolving import evolves
from services.routing.domain.case.handling import unit_at_work
from services.routing.domain.case.standing import check_may
from services.routing.domain.case.state import Case
from services.routing.domain.permissions import Action
from services.routing.domain.reminders import NotToRemindError, RemindedJustNowError, Reminder
from shared.contracts.routing import CaseReminded


@decides
def remind(case: Case, command: Remind) -> Iterator[CaseReminded]:
    """The word to the unit at work.

    Raises:
        RoutingError: nobody is at work, it is not theirs to remind, or the unit was reminded just now.
    """
    unit = unit_at_work(case)
    check_may(case, command.by, Action.REMIND)
    # A unit that was told of the case on the ladder may have got it since.
    if command.by.unit == unit:
        raise NotToRemindError
    if case.reminded is not None and case.reminded.is_fresh(unit, command.now):
        raise RemindedJustNowError
    yield CaseReminded(
        case_id=case.id,
        at=command.now,
        unit=unit,
        by=command.by.person,
        by_unit=command.by.unit,
        words=command.words,
        matter=case.matter,
    )


@evolves
def _evolved(case: Case, event: CaseReminded) -> Case:
    return replace(case, reminded=Reminder(event.unit, event.at))
