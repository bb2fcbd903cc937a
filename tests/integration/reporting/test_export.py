"""Tickets with the moment of each stage, for who goes on counting elsewhere."""

import asyncio
import csv
import json
import os
import signal
import sys
from pathlib import Path
from zipfile import ZipFile

import asyncpg
import pytest
from pyarrow import parquet
from python_calamine import CalamineWorkbook

from services.reporting.domain.period import SHANGHAI
from shared.kernel.clock import SystemClock
from shared.testing.waiting import eventually
from tests.integration.reporting.conftest import Town
from tests.integration.reporting.stories import DAY, OPENED_AT, Story
from tests.integration.reporting.test_command import yima
from tests.integration.reporting.test_times import until_timed

WAITING = """
SELECT count(*)
FROM pg_locks
JOIN pg_database ON pg_database.oid = pg_locks.database
WHERE NOT granted AND datname = current_database()
"""


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


async def test_a_ticket_is_a_line_with_its_stages_and_is_never_computed(town: Town, tmp_path: Path) -> None:
    closed, waits = Story().handled(), Story(category="=1+1")
    await town.tell(closed, waits)
    files = {kind: tmp_path / f"april.{kind}" for kind in ("csv", "xlsx", "parquet")}

    told = {kind: await yima(town, "export", "2026-04", "--format", kind, "--out", str(files[kind])) for kind in files}

    with files["csv"].open(encoding="utf-8-sig", newline="") as opened:
        lines = {line["ticket"]: line for line in csv.DictReader(opened)}
    head, *cells = CalamineWorkbook.from_path(files["xlsx"]).get_sheet_by_index(0).to_python()
    sheet = {row[0]: dict(zip(head, row, strict=True)) for row in cells}
    rows = {row["ticket"]: row for row in parquet.read_table(files["parquet"]).to_pylist()}
    assert {each.exit_code for each in told.values()} == {0}
    assert lines.keys() == sheet.keys() == rows.keys() == {str(closed.ticket), str(waits.ticket)}
    for stage in ("opened", "assigned", "resolved", "closed"):
        column, known = f"{stage}_at", rows[str(closed.ticket)]
        assert lines[str(closed.ticket)][column] == f"{known[column]:%Y-%m-%d %H:%M:%S}.000+08:00"
        assert sheet[str(closed.ticket)][column] == known[column].replace(tzinfo=None)
    assert rows[str(closed.ticket)]["opened_at"] == OPENED_AT
    assert (lines[str(waits.ticket)]["closed_at"], sheet[str(waits.ticket)]["closed_at"]) == ("", "")
    assert rows[str(waits.ticket)]["closed_at"] is None
    assert (lines[str(waits.ticket)]["category"], sheet[str(waits.ticket)]["category"]) == ("'=1+1", "=1+1")
    assert b"<f>" not in ZipFile(files["xlsx"]).read("xl/worksheets/sheet1.xml")
    assert rows[str(waits.ticket)]["category"] == "=1+1"


async def test_who_counts_elsewhere_is_told_what_was_closed_in_time(town: Town, tmp_path: Path) -> None:
    stories = {
        "true": Story().handled(),
        "false": Story(resolve_by=OPENED_AT).handled(),
        "": Story(resolve_by=None).handled(),
    }
    # The last of two closings counts; what was reopened since is in no rate, and its last closing stays told.
    again = Story(resolve_by=OPENED_AT).handled()
    again.reopened(OPENED_AT + 2 * DAY, resolve_by=OPENED_AT + 9 * DAY).resolved(OPENED_AT + 3 * DAY)
    again.verified(OPENED_AT + 4 * DAY).closed(OPENED_AT + 5 * DAY).planned(
        OPENED_AT + 5 * DAY, deadline=OPENED_AT + 8 * DAY
    )
    await town.tell(*stories.values(), Story(), again)
    file = tmp_path / "april.csv"

    await yima(town, "export", "2026-04", "--out", str(file))

    with file.open(encoding="utf-8-sig", newline="") as opened:
        told = {line["ticket"]: line["closed_in_time"] for line in csv.DictReader(opened)}
    rate = (await town.figures())["total"]["on_time_closing_rate"]
    assert {in_time: told[str(story.ticket)] for in_time, story in stories.items()} == {each: each for each in stories}
    assert told[str(again.ticket)] == "true"
    assert list(told.values()).count("true") == rate["numerator"] == 2


async def test_months_are_told_together_and_machines_are_told_what_was_written(town: Town, tmp_path: Path) -> None:
    await town.tell(Story(), Story(opened_at=OPENED_AT.replace(month=5)), Story(opened_at=OPENED_AT.replace(month=6)))
    file = tmp_path / "spring.csv"

    told = await yima(town, "export", "2026-04", "--to", "2026-05", "--out", str(file), "--json")
    reversed_ = await yima(town, "export", "2026-05", "--to", "2026-04", "--out", str(file))
    nowhere = await yima(town, "export", "2026-04", "--out", str(tmp_path / "none" / "april.csv"))

    assert json.loads(told.stdout) == {
        "file": str(file),
        "format": "csv",
        "tickets": 2,
        "bytes": file.stat().st_size,
        "first_day": "2026-04-01",
        "last_day": "2026-05-31",
        "personal": False,
    }
    assert (reversed_.exit_code, nowhere.exit_code, names_in(tmp_path)) == (1, 1, ["spring.csv"])


async def test_the_month_that_runs_is_exported(town: Town, tmp_path: Path) -> None:
    runs = f"{SystemClock().now().astimezone(SHANGHAI):%Y-%m}"

    told = await yima(town, "export", runs, "--out", str(tmp_path / "runs.csv"))

    assert (told.exit_code, names_in(tmp_path)) == (0, ["runs.csv"])


@pytest.mark.parametrize("error", [TimeoutError, ConnectionResetError])
async def test_a_database_that_is_lost_meanwhile_is_told_as_the_database(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    async def lost(*_: object) -> int:
        raise error

    monkeypatch.setattr(sys.modules["services.cli.export"], "count_tickets", lost)

    told = await yima(town, "export", "2026-04", "--out", str(tmp_path / "april.csv"))

    assert (told.exit_code, names_in(tmp_path)) == (1, [])
    assert "the database does not answer" in told.output


@pytest.mark.long
@pytest.mark.parametrize(("kind", "how"), [("csv", signal.SIGINT), ("xlsx", signal.SIGTERM)])
async def test_what_is_broken_off_leaves_nothing(town: Town, tmp_path: Path, kind: str, how: signal.Signals) -> None:
    await town.tell(Story())
    # Nor does anything but the command wait for them then.
    await until_timed(town)
    file, dsn = tmp_path / f"april.{kind}", town.reporting.runtime.ground.database_url
    holder = await asyncpg.connect(dsn)
    # Nobody reads the stages until this is over.
    await holder.execute("BEGIN; LOCK TABLE reporting_figures.phases IN ACCESS EXCLUSIVE MODE")
    command = [sys.executable, "-m", "services.cli", "export", "2026-04", "--format", kind, "--out", str(file)]
    process = await asyncio.create_subprocess_exec(*command, env={**os.environ, "YIMA_DATABASE_URL": dsn})

    async def is_waiting() -> bool:
        # The server has other tests' databases, too.
        return bool(await holder.fetchval(WAITING))

    await eventually(is_waiting)
    half = names_in(tmp_path)
    process.send_signal(how)
    status = await process.wait()
    await holder.close()

    assert len(half) == 1
    assert half[0].startswith(".yima-")
    assert status != 0
    assert names_in(tmp_path) == []
