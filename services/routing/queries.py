"""Rows to typed results: the inbox and its totals, ratings, editions of the district."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from services.routing.domain.access import Sight
from services.routing.domain.case.state import Status
from services.routing.domain.inbox import Cursor, Narrowing, Show, Wanted, acts
from services.routing.domain.permissions import coordinates
from shared.contracts.envelope import Sealed
from shared.contracts.intake import Rating
from shared.contracts.routing import About, Clock
from shared.kernel.database import Connection, Pool, planning_as_asked
from shared.kernel.queries import Queries, written_in

SQL = Queries.load(Path(__file__).parent / "sql" / "queries")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCase:
    """One case of the inbox; `asked` is what waits for the member's answer."""

    id: UUID
    version: int
    sort_at: datetime
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
    duplicates: int
    asked: Sequence[About]
    text: Sealed

    def cursor(self, *, backward: bool) -> Cursor:
        """Where the next page begins, or the one before ends."""
        return Cursor(sort_at=self.sort_at, opened_at=self.opened_at, id=self.id, backward=backward)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows of a list, how many come before them, where it goes on either way, and how many each list has."""

    totals: Mapping[Show, int]
    rows: Sequence[ListedCase]
    before: int
    next: Cursor | None
    previous: Cursor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the reporter said at the visit back."""

    rating: Rating
    words: Sealed | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Needed:
    """How many cases whose clock runs a unit has, and how many of them are urgent."""

    all: int
    urgent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One publication of the district."""

    edition: int
    published_at: datetime
    file_sha256: str
    changed: int
    retired: int
    published_by: str | None = None


@asynccontextmanager
async def inbox_connection(pool: Pool, narrowing: Narrowing) -> AsyncIterator[Connection]:
    """Where the pages are read: planned anew each time, but not for a whole number, whose one way is its index."""
    if narrowing.names_one:
        async with pool.acquire() as connection:
            yield connection
    else:
        async with planning_as_asked(pool) as connection:
            yield connection


async def _fetch_narrowed(connection: Connection, query: str, *values: Any) -> list[Any]:
    """What is absent stands in the text where the number is whole: one plan of it is as good as one for each."""
    *_, names_one = values
    text, left = written_in(query, values) if names_one else (query, values)
    return await connection.fetch(text, *left)


async def open_page(connection: Connection, sight: Sight, wanted: Wanted, *, now: datetime, limit: int) -> Page:
    """A page of the open cases, none where closed ones are wanted, and how many each filter shows, exactly.

    To be planned as asked: most filters are absent, each time others.
    """
    narrowing, cursor = wanted.narrowing, wanted.cursor
    rows = await _fetch_narrowed(
        connection,
        SQL["open_page"],
        sight.actor.unit,
        sight.actor.person,
        sorted(sight.units),
        sorted(sight.areas),
        acts(sight),
        coordinates(sight.actor.role),
        [narrowing.status.value] if narrowing.status else None,
        narrowing.unit,
        list(narrowing.categories) or None,
        narrowing.urgent,
        narrowing.due_before(now),
        None if narrowing.places is None else list(narrowing.places),
        narrowing.number,
        wanted.show.value,
        0 if wanted.show is Show.CLOSED else limit + 1,
        cursor and cursor.sort_at,
        cursor and cursor.opened_at,
        cursor and cursor.id,
        cursor is not None and cursor.backward,
        None if narrowing.ids is None else list(narrowing.ids),
        narrowing.names_one,
    )
    open_lists = [show for show in Show if show is not Show.CLOSED]
    totals: dict[Show, int] = {show: rows[0][f"total_{show.value}"] for show in open_lists}
    return _page(rows, totals, cursor, limit)


async def closed_page(connection: Connection, sight: Sight, wanted: Wanted, *, now: datetime, limit: int) -> Page:
    """How many were closed in the period, exactly, and a page of them where they are wanted; to be planned as asked."""
    narrowing = wanted.narrowing
    cursor = wanted.cursor if wanted.show is Show.CLOSED else None
    rows = await _fetch_narrowed(
        connection,
        SQL["closed_page"],
        sight.actor.unit,
        sorted(sight.units),
        sorted(sight.areas),
        wanted.show is Show.CLOSED and narrowing.due is None,
        now - timedelta(days=int(narrowing.days)),
        [narrowing.status.value] if narrowing.status else None,
        narrowing.unit,
        list(narrowing.categories) or None,
        narrowing.urgent,
        None if narrowing.places is None else list(narrowing.places),
        narrowing.number,
        limit + 1,
        cursor and cursor.sort_at,
        cursor and cursor.id,
        cursor is not None and cursor.backward,
        None if narrowing.ids is None else list(narrowing.ids),
        narrowing.names_one,
    )
    # Closed cases have no deadline any more.
    return _page(rows, {Show.CLOSED: rows[0]["total_closed"] if narrowing.due is None else 0}, cursor, limit)


def _page(rows: Sequence[Any], totals: Mapping[Show, int], cursor: Cursor | None, limit: int) -> Page:
    """One row more than wanted was asked for: it says whether the list goes on that way."""
    listed = [_listed(row) for row in rows if row["id"] is not None]
    goes_on, before = len(listed) > limit, rows[0]["before"] or 0
    backward = cursor is not None and cursor.backward
    if goes_on:
        listed = listed[1:] if backward else listed[:limit]
    before += goes_on and backward
    has_next = (backward or goes_on) and bool(listed)
    return Page(
        totals=totals,
        rows=listed,
        before=before,
        next=listed[-1].cursor(backward=False) if has_next else None,
        previous=listed[0].cursor(backward=True) if listed and before else None,
    )


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


async def urgent_overdue(pool: Pool, now: datetime) -> int:
    """How many urgent cases are past the deadline that runs for them."""
    count: int = await pool.fetchval(SQL["urgent_overdue"], now)
    return count


async def units_needed(pool: Pool) -> dict[str, Needed]:
    """How many cases whose clock runs each unit has."""
    return {row["unit"]: Needed(row["all"], row["urgent"]) for row in await pool.fetch(SQL["units_needed"])}


async def editions(pool: Pool) -> list[Edition]:
    """All publications, the newest first."""
    return [Edition(**row) for row in await pool.fetch(SQL["editions"])]


def _listed(row: Any) -> ListedCase:
    status = Status(row["status"])
    return ListedCase(
        id=row["id"],
        version=row["version"],
        sort_at=row["sort_at"],
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
        duplicates=row["duplicates"] or 0,
        asked=tuple(map(About, row["abouts"] or ())),
        text=Sealed.model_validate_json(row["text"]),
    )


def _clock(status: Status, row: Any) -> Clock | None:
    if row["due_at"] is None:
        return None
    if row["follows_up"]:
        return Clock.FOLLOW_UP
    if row["reports_in"]:
        return Clock.REPORT_IN
    if row["answers"]:
        return Clock.ANSWER
    if status is Status.RESOLVED:
        return Clock.VERIFY
    waits = status in (Status.UNASSIGNED, Status.ASSIGNED) and row["accept_by"] is not None
    if waits and row["accept_by"] == row["due_at"]:
        return Clock.ACCEPT
    return Clock.FIRST_RESPONSE if row["first_response_by"] == row["due_at"] else Clock.RESOLVE
