"""Which group a case's numbers belong to: an area of a level, a category, a unit, a channel, an urgency, or a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from services.reporting.domain.classes import Cells
from services.reporting.domain.tally import Tally
from shared.contracts.directory import AreaDefined, AreaLevel, CategoryDefined, Name, PlaceDefined, UnitDefined
from shared.directory import Directory

NOTHING = Tally()


class By(StrEnum):
    """What figures are told apart by."""

    AREA = "area"
    CATEGORY = "category"
    UNIT = "unit"
    CHANNEL = "channel"
    URGENCY = "urgency"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def is_time(self) -> bool:
        """Whether each group is a period of its own."""
        return self in (By.DAY, By.WEEK, By.MONTH)


class Tree(StrEnum):
    """By which edition of the directory areas are told apart and named: today's, or that of the period's end."""

    TODAY = "today"
    THEN = "then"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where and what a number is about. `area` is what the case said, for a place that nobody has told us of."""

    day: date
    place: str | None
    area: str | None
    category: str | None
    unit: str | None = None
    channel: str | None = None
    urgency: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts and waiting times of one spot."""

    spot: Spot
    tally: Tally = NOTHING
    response_minutes: Sequence[int] = ()
    # Of each part that takes time, how long each took.
    minutes: Mapping[str, Sequence[float]] = field(default_factory=dict)
    # The same by classes, where there are too many to be sorted.
    classes: Cells = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AreaTree:
    """The directory's areas and places, to know what lies in what; retired ones keep their place in it."""

    areas: Mapping[str, AreaDefined]
    places: Mapping[str, PlaceDefined]

    def path(self, spot: Spot) -> Sequence[str]:
        """The areas that a spot lies in, the district first; empty where nobody has told us."""
        place = self.places.get(spot.place or "")
        if place is not None:
            return place.path
        area = self.areas.get(spot.area or "")
        return area.path if area is not None else ()

    def at_level(self, spot: Spot, level: AreaLevel) -> str | None:
        """The area of this level that a spot lies in."""
        return self.in_path(self.path(spot), level)

    def in_path(self, path: Sequence[str], level: AreaLevel) -> str | None:
        """The area of this level among these, each of which lies in the one before it."""
        return next((area for area in path if area in self.areas and self.areas[area].level is level), None)


def tree_of(directory: Directory) -> AreaTree:
    """What lies in what."""
    return AreaTree(directory.areas, directory.places)


def group_key(spot: Spot, by: By, *, tree: AreaTree, level: AreaLevel) -> str | None:
    """The id of the group, none for what belongs to none."""
    match by:
        case By.AREA:
            return tree.at_level(spot, level)
        case By.CATEGORY:
            return spot.category
        case By.UNIT:
            return spot.unit
        case By.CHANNEL:
            return spot.channel
        case By.URGENCY:
            return spot.urgency
        case By.DAY | By.WEEK | By.MONTH:
            return time_key(by, spot.day)


def time_key(by: By, first_day: date) -> str:
    """What a day, a week or a month is called: by its first day."""
    return f"{first_day:%Y-%m}" if by is By.MONTH else first_day.isoformat()


def in_area(counted: Iterable[Counted], area: str, tree: AreaTree) -> list[Counted]:
    """What lies in an area, at whatever depth."""
    return [each for each in counted if area in tree.path(each.spot)]


def grouped(counted: Iterable[Counted], by: By, *, tree: AreaTree, level: AreaLevel) -> dict[str | None, list[Counted]]:
    """Everything counted, each in exactly one group: the groups' numbers add up to the whole's."""
    groups: dict[str | None, list[Counted]] = {}
    for each in counted:
        groups.setdefault(group_key(each.spot, by, tree=tree, level=level), []).append(each)
    return groups


def name_of(key: str | None, by: By, directory: Directory) -> Name | None:
    """What people call it; a time, a channel and an urgency are their own names."""
    named: Mapping[str, AreaDefined | CategoryDefined | UnitDefined] = {}
    match by:
        case By.AREA:
            named = directory.areas
        case By.CATEGORY:
            named = directory.categories
        case By.UNIT:
            named = directory.units
        case By.CHANNEL | By.URGENCY | By.DAY | By.WEEK | By.MONTH:
            return None
    found = named.get(key or "")
    return found.name if found else None
