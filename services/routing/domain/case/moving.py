"""辖区调整: a case whose unit, or whose handler, the district has no more goes to who has its place now.

Its clocks run as after a transfer: the resolve deadline stays, only the time to accept is fresh.
"""

from collections.abc import Iterator

from services.routing.domain.case.commands import MoveCase
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.question import answered_by
from services.routing.domain.case.replacing import replaced
from services.routing.domain.case.state import BY_DISTRICT, DONE, Case
from services.routing.domain.case.suspension import judged_by
from shared.contracts.routing import (
    DISTRICT,
    CaseAssigned,
    CaseTransferred,
    Deadlines,
    JointTaskTakenOver,
    RoutingEvent,
    RuleTrace,
    SuspensionEnded,
)


@decides
def move(case: Case, command: MoveCase) -> Iterator[RoutingEvent]:
    """What the district's change brings about.

    A case whose work is done, or is done for another, stays where it was done: only who is awaited changes.
    """
    led = [] if case.status in DONE or case.master is not None else list(_led(case, command))
    yield from led
    yield from replaced(case, command, answered={answered_by(event) for event in led})


def _led(case: Case, command: MoveCase) -> Iterator[RoutingEvent]:
    yield from _taken_over(case, command)
    if command.keeps_unit:
        return
    resolve_by, warnings = case.resolve.deadline, case.resolve.warnings
    if case.is_suspended and case.unit is not None:
        # Whoever has it next was not granted the stand-still, and asks for it anew.
        resolve_by, warnings = command.resumed_by, command.resumed_warnings
        deadlines = Deadlines(accept_by=case.accept.deadline, resolve_by=resolve_by, resolve_warnings=warnings)
        yield SuspensionEnded(
            case_id=case.id,
            at=command.now,
            unit=case.unit,
            by=DISTRICT,
            deadlines=deadlines,
            judged_by=judged_by(case, resolve_by, command.promised),
            matter=case.matter,
        )
    if command.to_unit != case.unit:
        yield CaseTransferred(
            case_id=case.id,
            at=command.now,
            history=case.history,
            from_unit=case.unit,
            to_unit=command.to_unit,
            by=DISTRICT,
        )
    yield CaseAssigned(
        case_id=case.id,
        at=command.now,
        history=case.history,
        unit=command.to_unit,
        matter=case.matter,
        trace=RuleTrace(rule=BY_DISTRICT, directory_version=command.directory_version),
        deadlines=Deadlines(
            accept_by=command.accept_by,
            accept_warnings=command.accept_warnings,
            resolve_by=resolve_by,
            resolve_warnings=warnings,
            first_response_by=case.first_response.deadline,
            first_response_warnings=case.first_response.warnings,
        ),
        terms=case.terms,
        verification=case.verification,
        follow_ups=case.follow_up_terms,
    )


def _taken_over(case: Case, command: MoveCase) -> Iterator[JointTaskTakenOver]:
    """Tasks of called units that are no more, and of the one that leads from now on: the lead does them."""
    for part in case.open_parts:
        if part.unit in command.gone or (part.unit == command.to_unit and not command.keeps_unit):
            yield JointTaskTakenOver(
                case_id=case.id, at=command.now, unit=part.unit, by=DISTRICT, by_unit=command.to_unit
            )
