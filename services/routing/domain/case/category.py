"""类别: which kind of trouble a case counts as.

A correction moves neither clock nor unit: to transfer the case is an act of its own.
"""

from collections.abc import Iterator
from dataclasses import replace

from services.routing.domain.case.commands import Categorise
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.evolving import evolves
from services.routing.domain.case.standing import check_may
from services.routing.domain.case.state import Case, Status
from services.routing.domain.errors.handling import AlreadyClosedError, SameCategoryError
from services.routing.domain.permissions import Action
from shared.contracts.routing import CaseCategorised


@decides
def categorise(case: Case, command: Categorise) -> Iterator[CaseCategorised]:
    """The case under another category, said by who has it, who was told of it, or a grid.

    Raises:
        RoutingError: the case is closed, not theirs, or counts as that already.
    """
    if case.status is Status.CLOSED:
        raise AlreadyClosedError
    check_may(case, command.by, Action.CATEGORISE)
    if command.category == case.matter.category:
        raise SameCategoryError
    yield CaseCategorised(
        case_id=case.id,
        at=command.now,
        history=case.history,
        by=command.by.person,
        category=command.category,
        matter=case.matter.model_copy(update={"category": command.category}),
    )


@evolves
def _evolved(case: Case, event: CaseCategorised) -> Case:
    return replace(case, matter=event.matter)
