"""How a case begins, and where each later event is told what it makes of it."""

from dataclasses import replace

from services.routing.domain.case.evolving import AFTER
from services.routing.domain.case.merging import after_its_master
from services.routing.domain.case.question import questions_after
from services.routing.domain.case.state import Case
from services.routing.domain.errors.handling import CaseUnknownError
from shared.contracts.routing import (
    CaseOpened,
    FollowedEvent,
    RoutingEvent,
)


def evolve(case: Case | None, event: RoutingEvent) -> Case:
    """The case after the event.

    Raises:
        CaseUnknownError: the stream does not begin with `CaseOpened`.
    """
    if isinstance(event, CaseOpened):
        begun = Case(id=event.case_id, matter=event.matter, channel=event.channel, history=event.history)
        return replace(begun, split_from=event.split_from, link=event.link)
    if case is None:
        raise CaseUnknownError
    if isinstance(event, FollowedEvent) and event.via is not None:
        after = after_its_master(case, event)
    else:
        after = AFTER[type(event)](case, event)
    questions = questions_after(after.questions, event)
    if questions is not after.questions:
        after = replace(after, questions=questions)
    # Looks count while nothing else has happened since.
    return replace(after, looks=0) if after.looks and after.looks == case.looks else after
