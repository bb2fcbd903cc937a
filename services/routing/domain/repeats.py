"""Repeat reports: how many came before one, at its place or of its category, within the windows that rules name."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from shared.contracts.directory import Repeats, RepeatsOf, Rule
from shared.contracts.intake import Link, TicketImported, TicketOpened
from shared.contracts.routing import CaseOpened


class Window(NamedTuple):
    """What is counted, over how many days."""

    of: RepeatsOf
    days: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """How many earlier reports each window holds; `otherwise` counts where nothing was looked up."""

    counts: Mapping[Window, int] = field(default_factory=dict)
    otherwise: int = 0

    def enough_for(self, wanted: Repeats | None) -> bool:
        """Whether the condition holds; one that is not there always does."""
        return wanted is None or self.counts.get(Window(wanted.of, wanted.days), self.otherwise) >= wanted.count


NONE_BEFORE = Earlier()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A report as the count sees it; its category may have been guessed."""

    id: UUID
    place: str
    area: str
    category: str | None
    at: datetime

    def repeats(self, of: RepeatsOf) -> tuple[str, ...] | None:
        """What all reports have in common that repeat this one; none where it has no category to repeat."""
        match of:
            case RepeatsOf.PLACE:
                return (self.place,)
            case RepeatsOf.CATEGORY_AT_PLACE:
                return (self.place, self.category) if self.category else None
            case RepeatsOf.CATEGORY_IN_AREA:
                return (self.area, self.category) if self.category else None


def is_split_off(opened: TicketOpened | TicketImported | CaseOpened) -> bool:
    """Whether it tells of nothing that came again: its report was there already.

    A trouble that a follow-up found back is linked to its report too, and came again.
    """
    if isinstance(opened, TicketImported) or opened.split_from is None:
        return False
    return opened.link is Link.SECOND_TROUBLE


def windows_of(rules: Iterable[Rule]) -> tuple[Window, ...]:
    """The windows that these rules ask about, each once."""
    wanted = (rule.when.repeats for rule in rules)
    return tuple(dict.fromkeys(Window(each.of, each.days) for each in wanted if each is not None))


def counted_among(reports: Sequence[Reported], windows: Iterable[Window]) -> dict[UUID, dict[Window, int]]:
    """How many of these reports came before each of them: they arrive together, and no row tells of them yet."""
    counts: dict[UUID, dict[Window, int]] = {report.id: {} for report in reports}
    for window in windows:
        alike: defaultdict[tuple[str, ...] | None, list[Reported]] = defaultdict(list)
        for report in reports:
            alike[report.repeats(window.of)].append(report)
        for common, group in alike.items():
            times = sorted(report.at for report in group)
            for report in group:
                counts[report.id][window] = _before(report, times, window.days) if common else 0
    return counts


def _before(report: Reported, times: Sequence[datetime], days: int) -> int:
    return bisect_left(times, report.at) - bisect_left(times, report.at - timedelta(days=days))
