"""What the figures' pages show, as plain values; templates read nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.reporting.domain.behind import Corrected, Fact
from services.reporting.domain.definition import Side
from services.reporting.domain.grouping import By
from services.reporting.domain.publication import Unpublished
from services.reporting.domain.question import Question
from services.reporting.domain.values import Value
from services.reporting.pages.charts import Chart
from shared.contracts.directory import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who is signed in, by account: names are sealed here."""

    name: str
    unit_name: Name
    admin: bool
    takes_calls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the figures can be narrowed to; `depth` is how far down an area lies."""

    id: str
    name: Name
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The form above every page: what is asked, and what else could be."""

    question: Question
    trouble: str | None
    days_max: int
    areas: Sequence[Choice]
    categories: Sequence[Choice]
    units: Sequence[Choice]
    # Months one is likely to want, each with the address's query.
    months: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureShown:
    """One figure: its value, and where its definition and its tickets are."""

    id: str
    name: Name
    value: Value
    page: str
    numerator: str
    # None for what is no share.
    denominator: str | None
    rest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedFigure:
    """A figure that is not what was published, beside what was."""

    now: FigureShown
    was: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """How things stand: as of when the figures are told, and the newest event that they know of."""

    as_of: datetime
    newest_event_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresPage:
    """`figures.html`: all figures of a period, by what they are about."""

    staff: Staff
    filters: Filters
    fresh: Fresh
    parts: Mapping[str, Sequence[FigureShown]]
    published_at: datetime | None
    unpublished: Unpublished | None
    corrections: Sequence[CorrectedFigure]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShown:
    """One group; addresses are none where nothing can be asked of it alone."""

    label: str
    value: Value
    ranked: bool
    numerator: str | None
    denominator: str | None
    # What was published of it; none where these groups were not.
    was: Value | None = None
    # What is to be read with it.
    beside: Sequence[FigureShown] = ()
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What was published of a figure, beside what it is now and the tickets by which it changed."""

    published_at: datetime
    was: Value
    changed: bool
    # How many of the groups that are shown have changed.
    groups: int
    tickets: Mapping[Side, Sequence[Corrected]]
    # Where the tickets of the whole are, for a part of it: what was published of one does not say its own.
    whole: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePage:
    """`figure.html`: one figure with its definition, its groups and what was published of it."""

    staff: Staff
    filters: Filters
    fresh: Fresh
    shown: FigureShown
    # What is to be read with it.
    beside: Sequence[FigureShown]
    back: str
    # The ways to its groups, one click away.
    apart: Sequence[tuple[By, str]]
    groups: Sequence[GroupShown]
    chart: Chart | None
    correction: Correction | None
    unpublished: Unpublished | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketShown:
    """One thing that counts, and its ticket; `fact` says what it is that was then."""

    ticket: UUID
    number: str | None
    fact: Fact
    at: datetime
    minutes: float | None
    unit: Name | None
    place: Name | None
    area: Name | None
    category: Name | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketsPage:
    """`figure_tickets.html`: the tickets behind one side of a figure, of those that this reader may read."""

    staff: Staff
    filters: Filters
    shown: FigureShown
    side: Side
    total: int
    seen: int
    as_of: datetime
    rows: Sequence[TicketShown]
    next: str | None
    is_first: bool
