"""What others published of working time, and where our clocks differ from it: Boston's requests, China's days."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from shared.working_time import Calendar
from shared.working_time.china import china_calendar

Row = dict[str, str]

DATA = Path(__file__).parent / "data"
ROWS: Sequence[Row] = list(csv.DictReader((DATA / "boston-311-electrical-targets.csv").open(encoding="utf-8")))
BOSTON = ZoneInfo("America/New_York")
SNAPSHOT = datetime(2016, 1, 12, 23, 0, tzinfo=BOSTON)
CALENDAR = Calendar(
    hours=dict.fromkeys(range(1, 6), ((510, 1020),)),
    days_off=(
        "2015-01-01",
        "2015-01-19",
        "2015-02-16",
        "2015-04-20",
        "2015-05-25",
        "2015-09-07",
        "2015-10-12",
        "2015-11-11",
        "2015-11-26",
        "2015-12-25",
        "2016-01-01",
    ),
    years=(2015, 2016),
    timezone="America/New_York",
)
YEARS = (2025, 2026)
TERM_DAYS = 5


def moment(printed: str) -> datetime:
    """A moment as Boston prints it."""
    return datetime.strptime(printed, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=BOSTON)


def target(row: Row) -> datetime:
    """By our clock: five working days after the printed opening."""
    return CALENDAR.add_days(moment(row["OPEN_DT"]), TERM_DAYS)


def precision(opened: datetime) -> tuple[timedelta, timedelta]:
    """How far the printed target may lie from five days after the printed opening.

    From May 2015 on the source drops the opening's seconds, and its two columns were never stamped at one instant.
    """
    if not CALENDAR.is_working(opened):
        return timedelta(), timedelta()
    if opened.second == 0:
        return timedelta(), timedelta(seconds=60)
    return timedelta(seconds=-1), timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Spread:
    """How far printed targets lie from ours, in seconds, over requests whose opening was printed alike."""

    what: str
    rows: int
    least_s: int
    most_s: int


def spreads() -> list[Spread]:
    """All requests, by how precisely their opening was printed."""
    lag_s: dict[str, list[int]] = {}
    for row in ROWS:
        opened = moment(row["OPEN_DT"])
        precise = "to the second" if opened.second else "without seconds"
        what = f"opened in working time, printed {precise}" if CALENDAR.is_working(opened) else "opened outside of it"
        lag_s.setdefault(what, []).append(int((moment(row["TARGET_DT"]) - target(row)).total_seconds()))
    return [Spread(what, len(each), min(each), max(each)) for what, each in sorted(lag_s.items())]


def differing_targets() -> list[Row]:
    """Requests of which our target is not the printed one, as far as the source is precise."""
    return [row for row in ROWS if not _is_close(row)]


def differing_flags() -> list[Row]:
    """Requests that are overdue by our clock and were not for Boston, or the other way about."""
    return [row for row in ROWS if _is_overdue(row) != (row["OnTime_Status"] == "OVERDUE")]


def days_of(year: int) -> list[date]:
    """Every day of it."""
    first = date(year, 1, 1)
    return [first + timedelta(days=count) for count in range((date(year + 1, 1, 1) - first).days)]


def official_days(year: int) -> dict[date, bool]:
    """Days that the State Council's notice names: whether each is off."""
    published = json.loads((DATA / f"holidays-cn-{year}.json").read_text(encoding="utf-8"))
    return {date.fromisoformat(day["date"]): day["isOffDay"] for day in published["days"]}


def differing_days(year: int) -> list[date]:
    """Days that our calendar takes for working and the official list for off, or the other way about."""
    named, calendar = official_days(year), china_calendar((year,))
    return [day for day in days_of(year) if calendar.is_workday(day) == named.get(day, day.isoweekday() > 5)]


def _is_close(row: Row) -> bool:
    short, over = precision(moment(row["OPEN_DT"]))
    return short <= moment(row["TARGET_DT"]) - target(row) <= over


def _is_overdue(row: Row) -> bool:
    ended = moment(row["CLOSED_DT"]) if row["CLOSED_DT"] else SNAPSHOT
    return ended > target(row)
