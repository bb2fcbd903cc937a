"""Others' events: what routing says of a ticket is shown to its reporter or opens one more, directory records."""

from collections.abc import Sequence
from typing import Any

from services.intake.handlers import Intake
from services.intake.handlers.splitting import split_ticket
from services.intake.projections import record_steps
from shared.contracts import directory, routing
from shared.contracts.codec import knows
from shared.contracts.directory import DirectoryRecord
from shared.contracts.routing import (
    CaseAccepted,
    CaseAssigned,
    CaseClosed,
    CaseEvent,
    CaseMerged,
    CaseReopened,
    CaseResolved,
    CaseSplit,
    DeadlineRecomputed,
    ExtensionGranted,
    FollowUpRecurred,
    SuspensionEnded,
    SuspensionGranted,
    VerificationFailed,
    VerificationPassed,
)
from shared.directory import DIRECTORY_TOPIC
from shared.kernel.kafka import Topic
from shared.kernel.reactions import UNHURRIED_BYTES, Reactions, Received
from shared.kernel.work import Work

CONSUMER = "intake"
ROUTING_TOPIC = Topic(routing.TOPIC)
# What the reporter is told of the handling; everything else there is the staff's own affair.
SHOWN: tuple[type[CaseEvent], ...] = (
    CaseAssigned,
    CaseAccepted,
    CaseResolved,
    ExtensionGranted,
    DeadlineRecomputed,
    SuspensionGranted,
    SuspensionEnded,
    CaseMerged,
    VerificationPassed,
    VerificationFailed,
    CaseClosed,
    CaseReopened,
)

reactions: Reactions[Intake] = Reactions(
    topics=(DIRECTORY_TOPIC, ROUTING_TOPIC),
    knows=knows,
    kept_types=frozenset(event.type_name() for event in (*SHOWN, *directory.EVENTS)),
    gather_bytes=UNHURRIED_BYTES,
)


async def on_batch(intake: Intake, work: Work, received: Sequence[Received[Any]]) -> None:
    """Take in a whole batch at once: two statements, however many events it brings."""
    events = [each.event for each in received]
    await intake.directory.record(work.connection, [event for event in events if isinstance(event, DirectoryRecord)])
    await record_steps(work.connection, [each for each in received if isinstance(each.event, SHOWN)])


reactions.prefetch = on_batch


@reactions.on(CaseSplit)
@reactions.on(FollowUpRecurred)
async def on_case_split(intake: Intake, work: Work, received: Received[CaseSplit | FollowUpRecurred]) -> None:
    """A second trouble, or one that is back, becomes a ticket of its own."""
    await split_ticket(intake, work, received.event, cause=received.cause(CONSUMER))
