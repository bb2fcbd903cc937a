"""What a member asks of the inbox: which cases, narrowed by what, and the page after or before which row."""

import base64
import binascii
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from services.routing.domain.access import Sight
from services.routing.domain.case.state import Status
from services.routing.domain.permissions import reads_only

SHANGHAI = ZoneInfo("Asia/Shanghai")
CURSOR_LENGTH_MAX = 200


class Show(StrEnum):
    """Which cases the inbox shows."""

    MINE = "mine"
    UNIT = "unit"
    AREA = "area"
    UNASSIGNED = "unassigned"
    WAITING = "waiting"
    CLOSED = "closed"


class Due(StrEnum):
    """By when a case must be seen to."""

    OVER = "over"
    TODAY = "today"


class Days(StrEnum):
    """How far back closed cases are looked for, so that their total can be exact."""

    WEEK = "7"
    MONTH = "30"
    QUARTER = "90"


class CursorNotValidError(Exception):
    """It is no cursor that we gave, or not one of this list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A row of the list: the page begins after it, or ends before it."""

    sort_at: datetime
    opened_at: datetime
    id: UUID
    backward: bool = False

    def written(self) -> str:
        """As it stands in an address."""
        parts = [_micros(self.sort_at), _micros(self.opened_at), str(self.id), int(self.backward)]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def cursor_in(written: str) -> Cursor:
    """The cursor of an address.

    Raises:
        CursorNotValidError: it is none that we wrote.
    """
    try:
        padded = written + "=" * (-len(written) % 4)
        sort_at, opened_at, row, backward = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        cursor = Cursor(sort_at=_at(sort_at), opened_at=_at(opened_at), id=UUID(row), backward=bool(backward))
    except (binascii.Error, ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        raise CursorNotValidError from None
    if cursor.written() != written:
        raise CursorNotValidError
    return cursor


def _micros(at: datetime) -> int:
    return (at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)


def _at(micros: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=micros)


# As intake gives them, year and all.
NUMBER_LENGTH = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What a list is narrowed by; all that is named must hold. A part of the number will do.

    `places` are the codes that `place`, a code or a part of a name, stands for in the directory as it is; `ids` are the
    cases in which `words` were found: what reporters wrote is sealed, and no index knows it.
    """

    status: Status | None = None
    unit: str | None = None
    categories: tuple[str, ...] = ()
    urgent: bool = False
    due: Due | None = None
    place: str | None = None
    places: tuple[str, ...] | None = None
    number: str | None = None
    days: Days = Days.MONTH
    words: str | None = None
    ids: tuple[UUID, ...] | None = None

    @property
    def names_one(self) -> bool:
        """Whether it asks for one case by its whole number."""
        return self.number is not None and len(self.number) == NUMBER_LENGTH

    def due_before(self, now: datetime) -> datetime | None:
        """Overdue now, or before the day is over where the district lies."""
        match self.due:
            case None:
                return None
            case Due.OVER:
                return now
            case Due.TODAY:
                midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
                return midnight + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One page of the inbox."""

    show: Show = Show.UNIT
    narrowing: Narrowing = field(default_factory=Narrowing)
    cursor: Cursor | None = None

    def at(self, cursor: Cursor | None) -> "Wanted":
        """The same list at another page."""
        return replace(self, cursor=cursor)


def shows_of(sight: Sight) -> list[Show]:
    """Who sees no more than their own unit has no use for a list by area."""
    narrow = {Show.AREA, Show.UNASSIGNED}
    return [show for show in Show if sight.is_wide or show not in narrow]


def acts(sight: Sight) -> bool:
    """Of who only reads nothing is waited for."""
    return not reads_only(sight.actor.role)
