"""Routing's events become the dated steps of the status page, a whole batch in one statement."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.intake.domain.progress import StepTaken, step_of
from services.intake.queries import SQL
from shared.kernel.database import Connection
from shared.kernel.reactions import Received


async def record_steps(connection: Connection, received: Sequence[Received[Any]]) -> None:
    """Record what the reporter is told of these events."""
    rows = [(each, step) for each in received if (step := step_of(each.event)) is not None]
    if rows:
        await connection.execute(SQL["record_steps"], *_columns(rows))


def _columns(rows: Sequence[tuple[Received[Any], StepTaken]]) -> tuple[list[Any], ...]:
    ids: list[UUID] = [each.event.case_id for each, _ in rows]
    return (
        ids,
        [each.incoming.version for each, _ in rows],
        [taken.step.value for _, taken in rows],
        [taken.at for _, taken in rows],
        [taken.unit for _, taken in rows],
        [taken.deadline for _, taken in rows],
        [taken.observed_until for _, taken in rows],
        [taken.follow_up_at for _, taken in rows],
    )
