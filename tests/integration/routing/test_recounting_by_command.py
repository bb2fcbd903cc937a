"""`yima clocks recompute --apply`: what it lists is changed only where its question was answered with yes."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

from typer.testing import CliRunner, Result

from services.cli import app
from services.routing.domain.case import Status
from services.routing.domain.district import District
from services.routing.handlers.district import publish_district
from shared.contracts.routing import DeadlineRecomputed
from shared.kernel.clock import SystemClock
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk


async def recompute(desk: Desk, home: Path, *options: str, answer: str = "") -> Result:
    """The command, in a thread of its own since it runs a loop of its own."""
    ground = desk.routing.runtime.ground
    servers = {"YIMA_DATABASE_URL": ground.database_url, "YIMA_KAFKA_BOOTSTRAP": ground.broker.bootstrap}
    command = ["clocks", "recompute", *options]
    return await asyncio.to_thread(
        CliRunner().invoke, app, command, input=answer, env={**servers, "YIMA_DATA_DIR": str(home)}
    )


async def recounted(desk: Desk) -> list[int]:
    """By what edition the case's deadlines were counted anew, in the order in which that was written."""
    stored = await desk.routing.runtime.pool.fetch("SELECT id FROM cases")
    events = [event for row in stored for event in await desk.events(row["id"])]
    return [event.edition for event in events if isinstance(event, DeadlineRecomputed)]


async def test_deadlines_move_only_after_the_question_was_answered_with_yes(
    desk: Desk, district: District, tmp_path: Path
) -> None:
    # The command goes by the machine's clock.
    now = SystemClock().now()
    desk.clock.advance(now - NOW)
    ticket = await desk.residents.report("想咨询老年助餐点的开放时间", place=EAST_GATE, at=now)
    await desk.case_once(ticket, Status.ASSIGNED)
    days_off = tuple(now.date() + timedelta(days=days) for days in range(1, 8))
    calendars = tuple(each.model_copy(update={"days_off": (*each.days_off, *days_off)}) for each in district.calendars)
    await publish_district(desk.routing, district.model_copy(update={"calendars": calendars}), file_sha256="0" * 64)

    shown = await recompute(desk, tmp_path)
    refused = await recompute(desk, tmp_path, "--apply", answer="n\n")
    silent = await recompute(desk, tmp_path, "--apply", "--json")
    before = await recounted(desk)
    agreed = await recompute(desk, tmp_path, "--apply", answer="y\n")
    after = await recounted(desk)
    again = await recompute(desk, tmp_path, "--apply", "--yes", "--json")

    assert (shown.exit_code, "什么都没有改" in shown.stdout) == (0, True)
    assert [each.exit_code for each in (refused, silent)] == [1, 1]
    assert before == []
    assert (agreed.exit_code, "[y/N]" in agreed.stderr) == (0, True)
    assert after == [2] * len(after)
    assert after
    assert (json.loads(again.stdout)["changed"], await recounted(desk)) == (0, after)
