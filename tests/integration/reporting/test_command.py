"""`yima kpi` and `yima rebuild figures`, on the tables of a service that runs."""

import asyncio
import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli import app
from tests.integration.reporting.conftest import Town
from tests.integration.reporting.stories import OPENED_AT, Story


async def yima(town: Town, *arguments: str) -> Result:
    """The command, in a thread of its own since it runs a loop of its own."""
    environment = {"YIMA_DATABASE_URL": town.reporting.runtime.ground.database_url, "COLUMNS": "120"}
    return await asyncio.to_thread(CliRunner().invoke, app, list(arguments), env=environment)


async def test_a_month_of_47_imported_tickets_is_handled_whole(town: Town) -> None:
    await town.tell(*(Story(history=True).handled() for _ in range(47)))

    result = await yima(town, "kpi", "--month", "2026-04", "--json")

    told = json.loads(result.stdout)
    assert told["total"]["received"] == 47
    handling = told["total"]["handling_rate"]
    assert (handling["numerator"], handling["denominator"], handling["per_cent"]) == (47, 47, 100.0)


async def test_the_table_shows_every_denominator(town: Town) -> None:
    await town.tell(Story().handled(), Story(resolve_by=OPENED_AT).accepted(OPENED_AT))

    result = await yima(town, "kpi", "--month", "2026-04", "--by", "area")

    assert result.exit_code == 0
    assert "处置率 · handling rate" in result.stdout
    assert "1/2 50.00%" in result.stdout
    assert "不足 10 件，不排名" in result.stdout


async def test_a_month_that_is_none_is_refused_in_one_line(town: Town) -> None:
    result = await yima(town, "kpi", "--month", "April")

    assert result.exit_code == 1
    assert result.stderr == "✗ 月份格式不对（April）：请写成 2026-04 · a month is written like 2026-04\n"


async def test_a_month_that_has_not_begun_is_refused(town: Town) -> None:
    result = await yima(town, "kpi", "--month", "9998-01")

    assert result.exit_code == 1
    assert result.stderr == "✗ 9998-01 还没有开始：请查已开始的月份 · that month has not begun yet\n"


async def test_a_month_before_all_figures_is_refused(town: Town) -> None:
    result = await yima(town, "kpi", "--month", "0001-01")

    assert result.exit_code == 1
    assert "2000 年以后" in result.stderr


async def test_an_area_that_is_none_is_refused(town: Town) -> None:
    result = await yima(town, "kpi", "--month", "2026-04", "--area", "atlantis")

    assert result.exit_code == 1
    assert "没有区域 atlantis" in result.stderr


async def test_a_database_that_is_away_is_said_without_its_password() -> None:
    environment = {"YIMA_DATABASE_URL": "postgresql://someone:secret@127.0.0.1:1/none"}

    result = await asyncio.to_thread(CliRunner().invoke, app, ["kpi", "--month", "2026-04"], env=environment)

    assert result.exit_code == 1
    assert "数据库没有应答" in result.stderr
    assert "secret" not in result.output


async def test_the_figures_are_rebuilt_with_progress(town: Town) -> None:
    await town.tell(Story().handled())

    result = await yima(town, "rebuild", "figures", "--json")

    assert result.exit_code == 0
    assert "… 重算指标 8/8，约剩 0 秒 · rebuilding, about 0 s left" in result.stderr
    assert json.loads(result.stdout)["positions"] == 8


async def test_differences_are_listed_and_swapped_only_when_accepted(town: Town) -> None:
    await town.tell(Story().handled())
    await town.reporting.runtime.pool.execute("DELETE FROM reporting_figures.cases")

    refused = await yima(town, "rebuild", "figures")
    accepted = await yima(town, "rebuild", "figures", "--accept-differences")

    assert refused.exit_code == 1
    assert "表 cases：仅现有 0 行，仅重算 1 行" in refused.stderr
    assert accepted.exit_code == 0
    assert (await town.figures())["total"]["received"] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("kpi", "--month", "9999-12"),
        ("report", "month", "9999-12"),
        ("export", "9999-12"),
        ("export", "2026-04", "--to", "9999-12"),
        ("export", "2026-04", "--to", "9998-12"),
        ("export", "0001-01"),
        ("export", "9998-01"),
        ("report", "month", "2026-04", "--out", ""),
        ("report", "month", "2026-04", "--out", "a" * 300),
        ("export", "2026-04", "--out", "a" * 300),
    ],
)
async def test_a_refusal_is_one_line(town: Town, arguments: tuple[str, ...]) -> None:
    refused = await yima(town, *arguments)

    assert refused.exit_code == 1
    assert refused.stderr.startswith("✗"), refused.exception
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [("export", "2026-04"), ("report", "month", "2026-04", "--format", "csv")])
async def test_a_link_stays_and_what_is_no_file_is_not_replaced(
    town: Town, tmp_path: Path, command: tuple[str, ...]
) -> None:
    target, link, pipe = tmp_path / "target.csv", tmp_path / "link.csv", tmp_path / "pipe"
    target.write_text("old")
    link.symlink_to(target)
    os.mkfifo(pipe)

    by_link = await yima(town, *command, "--out", str(link))
    to_pipe = await yima(town, *command, "--out", str(pipe))

    assert (by_link.exit_code, to_pipe.exit_code) == (0, 1)
    assert link.is_symlink()
    assert target.read_text() != "old"
    assert pipe.is_fifo()
