"""Which sums answer a question: each is of one dimension, so that two at once are counted from the facts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.reporting.domain.classes import Cell
from services.reporting.domain.grouping import AreaTree, By, Counted, Spot
from services.reporting.domain.period import Period
from services.reporting.domain.tally import PARTS, Tally

# What facts are summed by, when by nothing else.
ALL = "all"
# A place, and the area that its facts say it lies in.
Stray = tuple[str, str | None]


def dimension_of(by: By | None, narrowed: Mapping[str, str | None]) -> tuple[str, str | None] | None:
    """The dimension that tells a question's groups apart and the one group that is asked for, an area's excepted.

    None where no sums do: it is told apart or narrowed by two dimensions at once.
    """
    given = {name: value for name, value in narrowed.items() if value is not None}
    apart = set(given) if by is None or by.is_time else {*given, str(by)}
    match [*apart]:
        case []:
            return ALL, None
        case [By.AREA]:
            return By.AREA, None
        case [only]:
            return only, given.get(only)
        case _:
            return None


def summed(row: Mapping[str, Any], dimension: str, periods: Sequence[Period]) -> Counted:
    """A row of sums as what counts at a spot."""
    return Counted(_spot(row, dimension, periods), Tally(**{part: row[part] for part in PARTS}))


def timed(rows: Iterable[Any], dimension: str, periods: Sequence[Period]) -> list[Counted]:
    """Rows of how long things took, by classes, those of a spot together."""
    spots: dict[tuple[int, str | None], dict[str, list[Cell]]] = {}
    for row in rows:
        parts = spots.setdefault((row["number"], row["key"]), {})
        parts.setdefault(row["part"], []).append(_cell(row, row["sign"]))
    return [
        Counted(_spot({"number": number, "key": key}, dimension, periods), classes=parts)
        for (number, key), parts in spots.items()
    ]


def _spot(row: Mapping[str, Any], dimension: str, periods: Sequence[Period]) -> Spot:
    place = {dimension: row["key"]} if dimension != ALL else {}
    return Spot(day=periods[row["number"] - 1].first_day, **({"place": None, "area": None, "category": None} | place))


def _cell(row: Mapping[str, Any], sign: int) -> Cell:
    return Cell(sign=sign, classes=row["classes"], counts=row["counts"], milliseconds=row["milliseconds"])


def elsewhere(spots: Iterable[Stray], tree: AreaTree) -> list[Stray]:
    """The places that do not lie where their facts say: the directory has moved them since, or knows what facts do not.

    A place that it does not know lies in its area.
    """
    return [
        (place, area)
        for place, area in spots
        if place in tree.places and tuple(tree.places[place].path) != tuple(_path(area, tree))
    ]


def moved(row: Mapping[str, Any], periods: Sequence[Period]) -> tuple[Counted, Counted]:
    """What counts at such a place: taken from its area, and put where the place lies."""
    day, tally = periods[row["number"] - 1].first_day, Tally(**{row["part"]: row["rows"]})
    spot = Spot(day=day, place=row["place"], area=row["area"], category=None)
    return Counted(Spot(day=day, place=None, area=row["area"], category=None), -tally), Counted(spot, tally)


def moved_times(row: Mapping[str, Any], periods: Sequence[Period]) -> tuple[Counted, Counted]:
    """The same of how long it took."""
    day, part, cell = periods[row["number"] - 1].first_day, row["part"], _cell(row, 1)
    spot = Spot(day=day, place=row["place"], area=row["area"], category=None)
    left = Spot(day=day, place=None, area=row["area"], category=None)
    return Counted(left, classes={part: [-cell]}), Counted(spot, classes={part: [cell]})


def _path(area: str | None, tree: AreaTree) -> Sequence[str]:
    known = tree.areas.get(area or "")
    return known.path if known is not None else ()
