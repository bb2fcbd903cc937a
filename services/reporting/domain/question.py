"""What somebody wants to know of the figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.reporting.domain import first_response, returns, stage_times
from services.reporting.domain.classes import SORTED_MAX
from services.reporting.domain.definition import Definition
from services.reporting.domain.grouping import By, Tree
from services.reporting.domain.period import Period
from services.reporting.domain.publication import PUBLISHED_BY, is_month
from shared.contracts.directory import AreaLevel

OF_TIME = (first_response.FIGURE, *stage_times.STAGES, returns.FIGURE)
LENGTHS = tuple(name for figure in OF_TIME for name in figure.lengths)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody wants to know: about which time, told apart by what, within which area."""

    period: Period
    by: By | None = None
    level: AreaLevel = AreaLevel.COMMUNITY
    tree: Tree = Tree.TODAY
    area: str | None = None
    category: str | None = None
    unit: str | None = None
    channel: str | None = None
    urgency: str | None = None
    # Only this one is told; none for all.
    figure: Definition | None = None
    # More lengths than these are told by classes; none where all are sorted, however long it takes.
    sorted_max: int | None = SORTED_MAX

    @property
    def lengths(self) -> Sequence[str]:
        """What takes time, as far as somebody wants to know how long."""
        return LENGTHS if self.figure is None else self.figure.lengths

    @property
    def only(self) -> tuple[str | None, str | None, str | None, str | None]:
        """What is left out but for these; the area follows from the directory."""
        return self.category, self.unit, self.channel, self.urgency

    @property
    def narrowed(self) -> Mapping[str, str | None]:
        """What is left out but for these, by dimension."""
        return {
            By.AREA: self.area,
            By.CATEGORY: self.category,
            By.UNIT: self.unit,
            By.CHANNEL: self.channel,
            By.URGENCY: self.urgency,
        }

    @property
    def narrowings(self) -> Sequence[tuple[By, str]]:
        """The groups outside of which everything is left out."""
        return [(By(dimension), key) for dimension, key in self.narrowed.items() if key is not None]

    @property
    def is_published(self) -> bool:
        """Whether it asks for what a month's publication holds: a whole month, all of it, in groups that are told."""
        told = self.by is None or (self.by in PUBLISHED_BY and self.level is AreaLevel.COMMUNITY)
        return is_month(self.period) and told and not self.narrowings and self.tree is Tree.TODAY

    @property
    def published_group(self) -> tuple[By, str] | None:
        """The one group of a month's publication that it asks for, if its area is a community; else none."""
        if self.by is not None or len(self.narrowings) != 1 or self.tree is not Tree.TODAY:
            return None
        [(by, key)] = self.narrowings
        return (by, key) if is_month(self.period) and by in PUBLISHED_BY else None

    def is_told_by_classes(self, lengths: int) -> bool:
        """Whether so many lengths are too many to be sorted for it."""
        return self.sorted_max is not None and lengths > self.sorted_max

    def periods(self, now: datetime) -> Sequence[Period]:
        """The periods that are told apart, each for itself."""
        match self.by:
            case By.DAY:
                return self.period.days(now)
            case By.WEEK:
                return self.period.weeks(now)
            case By.MONTH:
                return self.period.months(now)
            case _:
                return [self.period]
