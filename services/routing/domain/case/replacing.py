"""辖区调整: who verifies, answers or follows up in the place of a unit that the district has no more, or elsewhere.

Nobody asks anew what was asked before, and who is awaited instead has as long as anybody.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from services.routing.domain.case.evolving import evolves, watched
from services.routing.domain.case.follow_up import FollowUp, FollowUpState
from services.routing.domain.case.relocation import Instead, MoveCase
from services.routing.domain.case.state import Case, Status
from shared.contracts.routing import (
    DISTRICT,
    About,
    AwaitedUnitReplaced,
    Clock,
    FollowUpPlanned,
    FollowUpReminded,
    RoutingEvent,
)


def replaced(case: Case, command: MoveCase, *, answered: Collection[str | None]) -> Iterator[RoutingEvent]:
    """Who is awaited instead; `answered` are those whose question ended with what the command has brought about."""
    instead = command.verifier
    if instead is not None and case.verifier is not None and case.status is Status.RESOLVED and case.master is None:
        yield _verifies(case, case.verifier, instead, command)
    for asked_by, other in command.answers.items():
        question = case.questions.get(asked_by)
        if question is not None and question.waits and question.to_unit is not None and asked_by not in answered:
            yield AwaitedUnitReplaced(
                case_id=case.id,
                at=command.now,
                clock=Clock.ANSWER,
                from_unit=question.to_unit,
                to_unit=other.unit,
                asked_by=asked_by,
                about=question.about,
                matter=case.matter,
                deadline=other.due_by,
                warnings=other.warnings,
            )
    for id_, other in command.follow_ups.items():
        known = case.follow_ups.get(id_)
        if known is not None and known.is_awaited:
            yield _follows(case, known, other, command)


def _verifies(case: Case, before: str, instead: Instead, command: MoveCase) -> AwaitedUnitReplaced:
    until = case.observed_until
    return AwaitedUnitReplaced(
        case_id=case.id,
        at=command.now,
        history=case.history,
        clock=Clock.VERIFY,
        from_unit=before,
        to_unit=instead.unit,
        matter=case.matter,
        observed_until=until if until is not None and until > command.now else None,
        deadline=instead.due_by,
        warnings=instead.warnings,
    )


def _follows(case: Case, known: FollowUp, instead: Instead, command: MoveCase) -> FollowUpPlanned | FollowUpReminded:
    """It is planned for who does it now, or, where its day has come, they are reminded of it."""
    if known.state is FollowUpState.DUE:
        return FollowUpReminded(
            case_id=case.id,
            at=command.now,
            follow_up=known.id,
            occurrence=known.occurrence,
            unit=instead.unit,
            task=known.task,
            by_rule=known.by_rule,
            deadline=instead.due_by or known.deadline,
            matter=case.matter,
        )
    return FollowUpPlanned(
        case_id=case.id,
        at=command.now,
        follow_up=known.id,
        occurrence=known.occurrence,
        unit=instead.unit,
        by=DISTRICT,
        by_rule=known.by_rule,
        task=known.task,
        due=known.due,
        deadline=known.deadline,
        every_days=known.every_days,
        working_days=known.working_days,
        times=known.times,
        matter=case.matter,
    )


@evolves
def _evolved(case: Case, event: AwaitedUnitReplaced) -> Case:
    """Their questions are kept with those of the others."""
    case = watched(case, event.to_unit)
    match event:
        case AwaitedUnitReplaced(clock=Clock.VERIFY):
            verify = case.verify if event.history else case.verify.started(event.deadline, event.warnings)
            return replace(case, verifier=event.to_unit, verify=verify)
        case AwaitedUnitReplaced(about=About.EXTENSION) if case.extension is not None:
            return replace(case, extension=replace(case.extension, to_unit=event.to_unit))
        case AwaitedUnitReplaced(about=About.SUSPENSION) if case.suspension is not None:
            return replace(case, suspension=replace(case.suspension, to_unit=event.to_unit))
        case _:
            return case
