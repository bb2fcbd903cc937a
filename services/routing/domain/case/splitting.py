"""拆分: a report that holds two troubles becomes two; the second is a ticket and a case of its own, by the rules."""

from collections.abc import Iterator
from dataclasses import replace

from services.routing.domain.case.commands import Split
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.evolving import evolves
from services.routing.domain.case.standing import check_may
from services.routing.domain.case.state import DONE, Case, Status
from services.routing.domain.errors.finishing import AlreadyResolvedError
from services.routing.domain.errors.handling import AlreadyClosedError, WithdrawnError
from services.routing.domain.permissions import Action
from shared.contracts.routing import CaseSplit


@decides
def split(case: Case, command: Split) -> Iterator[CaseSplit]:
    """What the second ticket is opened by. The case itself goes on as it stands, by the clocks that it has."""
    if case.status is Status.CLOSED:
        raise AlreadyClosedError
    if case.status in DONE:
        raise AlreadyResolvedError
    if case.reporter_withdrew:
        raise WithdrawnError
    check_may(case, command.by, Action.SPLIT)
    yield CaseSplit(
        case_id=case.id,
        at=command.now,
        history=case.history,
        other=command.other,
        unit=case.unit,
        by=command.by.person,
        words=command.words,
        category=command.category,
    )


@evolves
def _evolved(case: Case, event: CaseSplit) -> Case:
    return replace(case, split_off=(*case.split_off, event.other))
