"""会商: the units of a case confer; who was there and what they said stands on it, and who was absent is told."""

from collections.abc import Sequence

from services.routing.domain.case.commands import Actor, Confer
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.evolving import evolves
from services.routing.domain.case.handling import check_coordinates, unit_at_work
from services.routing.domain.case.state import Case
from services.routing.domain.errors.joint_work import NobodyCalledError, TakesNoPartError
from services.routing.domain.permissions import Action
from shared.contracts.routing import ConferenceHeld, ConferenceMissed


def parties(case: Case, by: Actor) -> tuple[str, ...]:
    """Who can have been at a conference: the lead, who was called and not let go, and whoever writes the minutes."""
    lead = (case.unit,) if case.unit else ()
    return tuple(dict.fromkeys((*lead, *(unit for unit in case.joint if unit in case.called_units), by.unit)))


@decides
def confer(case: Case, command: Confer) -> Sequence[ConferenceHeld | ConferenceMissed]:
    """The minutes, and a word to each called unit that was not there though its task is open."""
    unit_at_work(case)
    check_coordinates(case, command.by, Action.CONFER)
    if not case.called_units:
        raise NobodyCalledError
    known, present = parties(case, command.by), tuple(dict.fromkeys(command.present))
    for stranger in (unit for unit in present if unit not in known):
        raise TakesNoPartError(stranger, "units")
    held = ConferenceHeld(
        case_id=case.id,
        at=command.now,
        by=command.by.person,
        by_unit=command.by.unit,
        present=present,
        minutes=command.minutes,
        matter=case.matter,
        evidence=command.evidence,
    )
    absent = [part.unit for part in case.open_parts if part.unit not in present]
    return (held, *(_missed(case, command, unit) for unit in absent))


def _missed(case: Case, command: Confer, unit: str) -> ConferenceMissed:
    return ConferenceMissed(
        case_id=case.id,
        at=command.now,
        unit=unit,
        by=command.by.person,
        minutes=command.minutes,
        matter=case.matter,
    )


@evolves
def _evolved(case: Case, _event: ConferenceHeld | ConferenceMissed) -> Case:
    """What they agreed on is done by acts of its own."""
    return case
