"""What is read of messages, as typed results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from services.notify.domain.message import SendState
from shared.contracts.envelope import Sealed
from shared.contracts.notify import Audience
from shared.kernel.database import Connection, Pool
from shared.kernel.queries import Queries

SQL_FOLDER = Path(__file__).parent / "sql"
SQL = Queries.load(SQL_FOLDER / "queries")

POSITION_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class MessageStatus:
    """How far one message has come; nothing of what it says."""

    id: UUID
    ticket_id: UUID
    audience: Audience
    template: str
    state: SendState
    reason: str | None
    attempts: int
    provider_message_id: str | None
    code: str | None
    queued_at: datetime
    changed_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class SandboxRow:
    """A message that the sandbox took, still sealed."""

    position: int
    notification_id: UUID
    ticket_id: UUID
    audience: Audience
    template: str
    state: SendState
    recipient: Sealed
    text: Sealed
    segments: int
    accepted_at: datetime


async def notifications_of_ticket(pool: Pool, ticket_id: UUID) -> list[MessageStatus]:
    """Every message about a ticket, the oldest first."""
    rows = await pool.fetch(SQL["notifications_of_ticket"], ticket_id)
    return [
        MessageStatus(**{**dict(row), "audience": Audience(row["audience"]), "state": SendState(row["state"])})
        for row in rows
    ]


async def notification_counts(pool: Pool) -> Mapping[tuple[SendState, str | None], int]:
    """Exactly how many messages stand in each state, suppressed ones by reason."""
    rows = await pool.fetch(SQL["count_notifications"])
    return {(SendState(row["state"]), row["reason"]): row["messages"] for row in rows}


async def due_ids(connection: Connection, now: datetime, limit: int) -> list[UUID]:
    """Messages to be sent now, held until the transaction ends."""
    return [row["id"] for row in await connection.fetch(SQL["due_notifications"], now, limit)]


async def look_at_postponed_anew(connection: Connection, at: datetime) -> None:
    """The rota has changed: somebody may answer sooner for who waits."""
    await connection.execute(SQL["look_at_postponed_anew"], at)


async def look_at_postponed_later(connection: Connection, looks: Mapping[UUID, datetime]) -> None:
    """Nothing has changed for these: each is looked at again at its moment."""
    if looks:
        await connection.execute(SQL["look_at_postponed_later"], list(looks), list(looks.values()))


async def unsent_ids(connection: Connection, ticket_ids: Sequence[UUID]) -> Mapping[UUID, list[UUID]]:
    """By ticket, messages that wait for somebody to be on duty, or for the provider."""
    rows = await connection.fetch(SQL["unsent_of_tickets"], ticket_ids)
    return {row["ticket_id"]: row["ids"] for row in rows}


async def abandoned_ids(connection: Connection, now: datetime, limit: int) -> list[UUID]:
    """Attempts whose holder died, held until the transaction ends."""
    return [row["id"] for row in await connection.fetch(SQL["abandoned_notifications"], now, limit)]


async def oldest_due_age_seconds(pool: Pool, now: datetime) -> float:
    """How late the longest waiting message is; 0 when none waits."""
    age = await pool.fetchval(SQL["oldest_due_age"], now)
    return max(0.0, age or 0.0)


async def sandbox_messages(
    pool: Pool, *, limit: int, before: int = POSITION_MAX, offset: int = 0
) -> Sequence[SandboxRow]:
    """Messages that the sandbox took, the newest first."""
    return [
        SandboxRow(
            position=row["position"],
            notification_id=row["notification_id"],
            ticket_id=row["ticket_id"],
            audience=Audience(row["audience"]),
            template=row["template"],
            state=SendState(row["state"]),
            recipient=Sealed.model_validate_json(row["recipient"]),
            text=Sealed.model_validate_json(row["text"]),
            segments=row["segments"],
            accepted_at=row["accepted_at"],
        )
        for row in await pool.fetch(SQL["sandbox_messages"], before, limit, offset)
    ]


async def sandbox_message_count(pool: Pool) -> int:
    """How many messages the sandbox took."""
    return int(await pool.fetchval(SQL["count_sandbox_messages"]))
