"""Boston's 905 requests of 2015: an independent city's clock and on-time flags, row by row."""

import csv
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from shared.working_time import Calendar

ROWS = list(csv.DictReader((Path(__file__).parent / "data/boston-311-electrical-targets.csv").open(encoding="utf-8")))
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


def moment(printed: str) -> datetime:
    return datetime.strptime(printed, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=BOSTON)


def test_all_905_requests_are_carried() -> None:
    assert len(ROWS) == 905


def precision(opened: datetime) -> tuple[timedelta, timedelta]:
    """How far the printed target may lie from five days after the printed opening.

    From May 2015 on the source drops the opening's seconds, and its two columns were never stamped at one instant.
    """
    if not CALENDAR.is_working(opened):
        return timedelta(), timedelta()
    if opened.second == 0:
        return timedelta(), timedelta(seconds=60)
    return timedelta(seconds=-1), timedelta(seconds=2)


def test_five_working_days_give_the_target_that_boston_printed() -> None:
    differing = []

    for row in ROWS:
        opened = moment(row["OPEN_DT"])
        short, over = precision(opened)
        if not short <= moment(row["TARGET_DT"]) - CALENDAR.add_days(opened, 5) <= over:
            differing.append(row)

    assert differing == []


def test_overdue_is_closed_or_still_open_after_the_target() -> None:
    differing = []

    for row in ROWS:
        ended = moment(row["CLOSED_DT"]) if row["CLOSED_DT"] else SNAPSHOT
        overdue = ended > CALENDAR.add_days(moment(row["OPEN_DT"]), 5)
        if overdue != (row["OnTime_Status"] == "OVERDUE"):
            differing.append(row)

    assert differing == []


def test_requests_opened_outside_working_time_are_due_at_half_past_eight_exactly() -> None:
    outside = [row for row in ROWS if not CALENDAR.is_working(moment(row["OPEN_DT"]))]

    targets = [CALENDAR.add_days(moment(row["OPEN_DT"]), 5) for row in outside]

    assert len(outside) == 232
    assert targets == [moment(row["TARGET_DT"]) for row in outside]
