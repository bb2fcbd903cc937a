"""What intake reads from its tables, as typed results."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from services.intake.domain.progress import Step, StepTaken
from shared.kernel.database import Connection, Pool
from shared.kernel.queries import Queries

SQL = Queries.load(Path(__file__).parent / "sql" / "queries")


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRow:
    """What a ticket is found by, and who may see it."""

    id: UUID
    partner: str | None
    reference: str | None
    token_sha256: bytes
    version: int

    @property
    def stream(self) -> str:
        """Its stream of events."""
        return ticket_stream(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTicketRow:
    """What is reported of a place already, for whom the same may be reported to: none of it is sealed."""

    id: UUID
    number: str
    opened_at: datetime
    category: str | None
    step: Step
    unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRow:
    """A partner system as it is listed."""

    id: str
    name: str
    scopes: tuple[str, ...]
    quota_per_minute: int
    created_at: datetime
    revoked_at: datetime | None


def ticket_stream(ticket_id: UUID) -> str:
    """The stream of a ticket."""
    return f"ticket-{ticket_id}"


async def ticket_by_id(pool: Pool, ticket_id: UUID) -> TicketRow | None:
    """The ticket of this id, if there is one."""
    row = await pool.fetchrow(SQL["ticket_by_id"], ticket_id)
    return TicketRow(**row) if row else None


async def ticket_by_number(pool: Pool, number: str) -> TicketRow | None:
    """The ticket of this number, if there is one."""
    row = await pool.fetchrow(SQL["ticket_by_number"], number)
    return TicketRow(**row) if row else None


async def ticket_by_token(pool: Pool, token_sha256: bytes) -> TicketRow | None:
    """The ticket that a tracking link opens, if it opens one."""
    row = await pool.fetchrow(SQL["ticket_by_token"], token_sha256)
    return TicketRow(**row) if row else None


async def open_at_place(pool: Pool, place: str, *, since: datetime, tickets_max: int) -> list[OpenTicketRow]:
    """What was reported there since then and is not closed, the newest first."""
    rows = await pool.fetch(SQL["open_at_place"], place, since, tickets_max)
    return [OpenTicketRow(**{**row, "step": Step(row["step"])}) for row in rows]


async def steps_of_ticket(connection: Connection | Pool, ticket_id: UUID) -> list[StepTaken]:
    """What routing has said about a ticket, in order."""
    rows = await connection.fetch(SQL["steps_of_ticket"], ticket_id)
    return [StepTaken(**{**row, "step": Step(row["step"])}) for row in rows]


async def all_partners(pool: Pool) -> list[PartnerRow]:
    """Every partner system, the newest first."""
    rows = await pool.fetch(SQL["all_partners"])
    return [PartnerRow(**{**row, "scopes": tuple(row["scopes"])}) for row in rows]
