"""What units ask of others: more time, a stand-still, to be let off a task; whom, and by when it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from services.routing.domain.case.countdown import Countdown
from shared.contracts.routing import (
    About,
    AwaitedUnitReplaced,
    CaseMerged,
    CaseResolved,
    CaseReturned,
    CaseTransferred,
    CaseWithdrawn,
    ExtensionAsked,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionWithdrawn,
    JointTaskDeclined,
    JointTaskInsisted,
    JointTaskReleased,
    JointTaskTakenOver,
    RoutingEvent,
    SuspensionAsked,
    SuspensionGranted,
    SuspensionRefused,
    SuspensionWithdrawn,
)

Asking = ExtensionAsked | SuspensionAsked | JointTaskDeclined
ABOUT: Mapping[type[Asking], About] = {
    ExtensionAsked: About.EXTENSION,
    SuspensionAsked: About.SUSPENSION,
    JointTaskDeclined: About.TASK,
}
Answered = (
    ExtensionGranted
    | ExtensionRefused
    | ExtensionWithdrawn
    | SuspensionGranted
    | SuspensionRefused
    | SuspensionWithdrawn
    | JointTaskReleased
    | JointTaskInsisted
    | JointTaskTakenOver
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One of a unit, which has one at a time; its clock stays after the answer, to be told from the next one's."""

    asked_by: str
    about: About
    to_unit: str | None
    answer: Countdown = field(default_factory=Countdown)
    waits: bool = True


Questions = Mapping[str, Question]


def questions_after(questions: Questions, event: RoutingEvent) -> Questions:
    """The questions, by who asked, after one more event."""
    if isinstance(event, Asking):
        before = questions.get(event.unit)
        clock = (before.answer if before else Countdown()).started(event.answer_by, event.answer_warnings)
        asked = Question(asked_by=event.unit, about=ABOUT[type(event)], to_unit=event.to_unit, answer=clock)
        return {**questions, event.unit: asked}
    if isinstance(event, AwaitedUnitReplaced):
        return _asked_of_another(questions, event)
    known = questions.get(answered_by(event) or "")
    if known is None or not known.waits:
        return questions
    return {**questions, known.asked_by: replace(known, answer=known.answer.stopped(), waits=False)}


def _asked_of_another(questions: Questions, event: AwaitedUnitReplaced) -> Questions:
    known = questions.get(event.asked_by or "")
    if known is None or not known.waits:
        return questions
    answer = known.answer.started(event.deadline, event.warnings)
    return {**questions, known.asked_by: replace(known, to_unit=event.to_unit, answer=answer)}


def answered_by(event: RoutingEvent) -> str | None:
    """The unit that waits for no answer any more: it has one, took its question back, or has the case no more."""
    match event:
        case CaseTransferred(from_unit=unit) | CaseMerged(from_unit=unit) | CaseWithdrawn(unit=unit):
            return unit
        case CaseReturned(unit=unit) | CaseResolved(unit=unit):
            return unit
        case _ if isinstance(event, Answered):
            return event.unit
        case _:
            return None
