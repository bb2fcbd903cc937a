"""Reporters leave the platform only for who may see them, and it stands on record before the first row does."""

import asyncio
import csv
from pathlib import Path

from typer.testing import CliRunner, Result

from services.cli import app
from shared.testing.waiting import eventually
from tests.scenarios.town import Town

PHONE = "10000001077"
WORDS = "=消防通道又被堵住了"


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


async def exported(town: Town, account: str, file: Path, *more: str, password: str | None = None) -> Result:
    arguments = ["export", f"{town.clock.now():%Y-%m}", "--out", str(file), "--personal", "--account", account, *more]
    environment = {
        "YIMA_DATABASE_URL": town.platform.database_url,
        "YIMA_KAFKA_BOOTSTRAP": town.platform.kafka_bootstrap,
        "YIMA_DATA_DIR": str(town.platform.data_dir),
    }
    typed = f"{password or town.passwords[account]}\n"
    return await asyncio.to_thread(CliRunner().invoke, app, arguments, env=environment, input=typed)


async def test_reporters_are_exported_for_who_may_see_them_and_on_record(town: Town, tmp_path: Path) -> None:
    async with town.resident() as resident:
        status = await resident.report(WORDS, phone=PHONE, name="周一", category="public-order")
    ticket = await town.ticket_id(status)
    await town.case_stands(ticket, "assigned")
    query = "SELECT count(*) FROM reporting_figures.cases WHERE ticket = $1 AND area IS NOT NULL"

    async def is_counted() -> bool:
        return await town.values("reporting", query, ticket) == [1]

    await eventually(is_counted)
    for person in ("grid-dispatcher-2", "district-supervisor-1"):
        async with town.at_desk(person):
            pass
    file = tmp_path / "month.csv"

    why = ("--reason", "回访")
    refused = [
        await exported(town, "grid-dispatcher-2", file),
        await exported(town, "grid-dispatcher-2", file, *why, password="a guess"),
        await exported(town, "district-supervisor-1", file, *why),
        await exported(town, "district-auditor-1", file, *why),
    ]
    nothing = await town.values("routing", "SELECT person FROM contact_exports"), names_in(tmp_path)
    done = await exported(town, "grid-dispatcher-2", file, *why)

    assert [each.exit_code for each in refused] == [1, 1, 1, 1]
    assert nothing == ([], [])
    assert done.exit_code == 0, done.output
    with file.open(encoding="utf-8-sig", newline="") as opened:
        [line] = [each for each in csv.DictReader(opened) if each["ticket"] == str(ticket)]
    assert (line["reporter_name"], line["reporter_phone"], line["text"]) == ("周一", f"'+86{PHONE}", f"'{WORDS}")
    assert file.stat().st_mode & 0o077 == 0
    assert await town.values("routing", "SELECT person FROM contact_exports") == ["grid-dispatcher-2"]
    looked = "SELECT data ->> 'by' FROM events WHERE stream = $1 AND type = 'yima.routing.ContactRevealed'"
    assert await town.values("routing", looked, f"case-{ticket}") == ["grid-dispatcher-2"]
