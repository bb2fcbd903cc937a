"""撤回: the reporter wants nothing more. The case ends, or goes on for those whose cases were merged into it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from services.routing.domain.case.commands import Leave, Withdraw
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.evolving import evolves
from services.routing.domain.case.state import DONE, Case, Status
from services.routing.domain.errors.handling import AlreadyClosedError
from shared.contracts.envelope import Sealed
from shared.contracts.routing import (
    REPORTER,
    CaseLeft,
    CaseWithdrawn,
    JointTaskReleased,
    ReporterWithdrew,
    RoutingEvent,
)


@decides
def withdraw(case: Case, command: Withdraw | Leave) -> Sequence[RoutingEvent]:
    """The events of a case that its reporter withdrew, and of the one that such a case followed."""
    match command:
        case Withdraw():
            return _withdrawn(case, command)
        case Leave():
            return _left(case, command)


def _withdrawn(case: Case, command: Withdraw) -> Sequence[RoutingEvent]:
    if case.status is Status.CLOSED:
        raise AlreadyClosedError
    if not case.duplicates and not _is_to_be_judged(case):
        return tuple(ended(case, command.now, command.words))
    withdrew = ReporterWithdrew(
        case_id=case.id,
        at=command.now,
        history=case.history,
        unit=case.unit,
        words=command.words,
        goes_on_for=len(case.duplicates),
    )
    return () if case.reporter_withdrew else (withdrew,)


def _left(case: Case, command: Leave) -> Sequence[RoutingEvent]:
    """Once the last that it went on for is gone too, nobody wants it any more."""
    duplicate = command.duplicate
    if duplicate.id not in case.duplicates:
        return ()
    left = CaseLeft(
        case_id=case.id,
        at=command.now,
        history=case.history,
        duplicate=duplicate.id,
        duplicate_number=duplicate.matter.number,
        duplicates=len(case.duplicates) - 1,
    )
    is_over = case.reporter_withdrew and not left.duplicates and case.status not in DONE
    return (left, *(ended(case, command.now, None) if is_over else ()))


def _is_to_be_judged(case: Case) -> bool:
    """The work was done before nobody wanted it any more; with one that follows another, its master is judged."""
    return case.status in DONE and case.master is None


def ended(case: Case, at: datetime, words: Sealed | None) -> Iterator[JointTaskReleased | CaseWithdrawn]:
    """The end of a case that nobody wants handled any more."""
    for part in case.open_parts:
        yield JointTaskReleased(case_id=case.id, at=at, unit=part.unit, by=REPORTER, matter=case.matter)
    yield CaseWithdrawn(
        case_id=case.id,
        at=at,
        history=case.history,
        # A case that follows another is nobody's work, and whoever had it before has nothing to hear.
        unit=None if case.master is not None else case.unit,
        words=words,
        matter=case.matter,
    )


@evolves
def _evolved(case: Case, event: CaseWithdrawn | ReporterWithdrew | CaseLeft) -> Case:
    match event:
        case CaseWithdrawn():
            over = replace(case, status=Status.CLOSED, reporter_withdrew=True, extension=None, suspension=None)
            stopped = replace(over, accept=case.accept.stopped(), first_response=case.first_response.over())
            return replace(stopped, resolve=case.resolve.stopped(), verify=case.verify.stopped())
        case ReporterWithdrew():
            return replace(case, reporter_withdrew=True)
        case CaseLeft(duplicate=duplicate):
            return replace(case, duplicates=tuple(each for each in case.duplicates if each != duplicate))
