"""Where a chart's lines go: plain numbers, from which the templates draw their SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from unicodedata import east_asian_width

# As wide as a phone's page, so that letters are as large there as everywhere.
WIDTH = 328
LABEL_WIDTH = 112
VALUE_WIDTH = 66
ROW_HEIGHT = 28
COLUMNS_HEIGHT = 140
ABOVE = 6
# How many letters of Chinese fit before the line; Latin ones are half as wide.
LABEL_EMS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One group's value with its interval; of nothing there is no value."""

    label: str
    value: float | None
    told: str
    low: float | None = None
    high: float | None = None
    ranked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a point is drawn: its dot at `x`, its whisker from `low_x` to `high_x`; or a column that begins at `y`."""

    point: Point
    label: str
    x: float
    y: float
    low_x: float | None = None
    high_x: float | None = None
    width: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart as the templates draw it."""

    kind: str
    height: int
    marks: Sequence[Mark]
    scale_max: float
    width: int = WIDTH
    left: int = LABEL_WIDTH
    right: int = WIDTH - VALUE_WIDTH


def rows_chart(points: Sequence[Point], *, percent: bool) -> Chart:
    """A row a group: a dot, and how far its interval reaches."""
    top = _scale_max(points, percent=percent)
    marks = [
        Mark(
            point=each,
            label=shortened(each.label),
            x=_x(each.value or 0, top),
            y=number * ROW_HEIGHT + ROW_HEIGHT / 2,
            low_x=None if each.low is None else _x(each.low, top),
            high_x=None if each.high is None else _x(each.high, top),
        )
        for number, each in enumerate(points)
    ]
    return Chart(kind="rows", height=len(points) * ROW_HEIGHT, marks=marks, scale_max=top)


def columns_chart(points: Sequence[Point], *, percent: bool) -> Chart:
    """A column a day, a week or a month."""
    top, count = _scale_max(points, percent=percent), max(1, len(points))
    step = WIDTH / count
    marks = [
        Mark(
            point=each,
            label=each.label,
            x=round(number * step + step * 0.1, 2),
            y=round(COLUMNS_HEIGHT - (COLUMNS_HEIGHT - ABOVE) * (each.value or 0) / top, 2),
            width=round(step * 0.8, 2),
        )
        for number, each in enumerate(points)
    ]
    return Chart(kind="columns", height=COLUMNS_HEIGHT, marks=marks, scale_max=top)


def shortened(label: str) -> str:
    """So much of a name as fits; the table beside has all of it."""
    reached = list(accumulate(1 if east_asian_width(letter) in "WF" else 0.6 for letter in label))
    if not label or reached[-1] <= LABEL_EMS:
        return label
    # The sign that there is more takes room, too.
    return f"{label[: sum(ems <= LABEL_EMS - 1 for ems in reached)].rstrip()}…"


def _scale_max(points: Sequence[Point], *, percent: bool) -> float:
    if percent:
        return 100.0
    return max((each.value or 0.0 for each in points), default=0.0) or 1.0


def _x(value: float, top: float) -> float:
    return round(LABEL_WIDTH + (WIDTH - LABEL_WIDTH - VALUE_WIDTH) * min(value, top) / top, 2)
