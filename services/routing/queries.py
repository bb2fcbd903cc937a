"""Rows to typed results: the inbox and its totals, ratings, editions of the district."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from services.routing.domain.access import Sight
from services.routing.domain.case.state import Status
from shared.contracts.envelope import Sealed
from shared.contracts.intake import Rating
from shared.contracts.routing import Clock
from shared.kernel.database import Pool
from shared.kernel.queries import Queries

SQL = Queries.load(Path(__file__).parent / "sql" / "queries")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCase:
    """One case of the inbox."""

    id: UUID
    number: str
    status: Status
    unit: str | None
    place: str
    area: str
    category: str | None
    urgent: bool
    again: bool
    opened_at: datetime
    clock: Clock | None
    due_at: datetime | None
    suspended_until: datetime | None
    text: Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the reporter said at the visit back."""

    rating: Rating
    words: Sealed | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One publication of the district."""

    edition: int
    published_at: datetime
    file_sha256: str
    changed: int
    retired: int


async def inbox_totals(pool: Pool, sight: Sight) -> Mapping[str, int]:
    """How many cases each filter shows, exactly."""
    row = await pool.fetchrow(SQL["inbox_totals"], *_sight_columns(sight))
    return dict(row) if row else {}


async def inbox_rows(pool: Pool, sight: Sight, show: str, *, limit: int, offset: int) -> list[ListedCase]:
    """One page of a filter."""
    rows = await pool.fetch(SQL["inbox_rows"], *_sight_columns(sight), show, limit, offset)
    return [_listed(row) for row in rows]


async def rating_of(pool: Pool, case_id: UUID) -> Answer | None:
    """What the reporter answered, if they did."""
    row = await pool.fetchrow(SQL["rating_of_case"], case_id)
    if row is None:
        return None
    words = Sealed.model_validate_json(row["words"]) if row["words"] else None
    return Answer(rating=Rating(row["rating"]), words=words, at=row["at"])


async def erased_at(pool: Pool, case_id: UUID) -> datetime | None:
    """When the reporter was forgotten, if they were."""
    at: datetime | None = await pool.fetchval(SQL["erased_at"], case_id)
    return at


async def editions(pool: Pool) -> list[Edition]:
    """All publications, the newest first."""
    return [Edition(**row) for row in await pool.fetch(SQL["editions"])]


def _sight_columns(sight: Sight) -> tuple[str, str, list[str], list[str]]:
    return sight.actor.unit, sight.actor.person, sorted(sight.units), sorted(sight.areas)


def _listed(row: Any) -> ListedCase:
    status = Status(row["status"])
    return ListedCase(
        id=row["id"],
        number=row["number"],
        status=status,
        unit=row["unit"],
        place=row["place"],
        area=row["area"],
        category=row["category"],
        urgent=row["urgent"],
        again=row["again"],
        opened_at=row["opened_at"],
        clock=_clock(status, row),
        due_at=row["due_at"],
        suspended_until=row["suspended_until"],
        text=Sealed.model_validate_json(row["text"]),
    )


def _clock(status: Status, row: Any) -> Clock | None:
    if row["due_at"] is None:
        return None
    if row["reports_in"]:
        return Clock.REPORT_IN
    waits = status in (Status.UNASSIGNED, Status.ASSIGNED) and row["accept_by"] is not None
    return Clock.ACCEPT if waits else Clock.RESOLVE
