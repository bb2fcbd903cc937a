"""What tickets bring about: a case at the unit that the rules choose, once, with its clocks set."""

from datetime import UTC, datetime, timedelta

from services.routing.domain.case import Status
from shared.kernel.event_store import SQL
from shared.testing.waiting import eventually
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk


async def test_a_ticket_becomes_a_case_at_the_unit_that_the_rules_choose(desk: Desk) -> None:
    ticket = await desk.residents.report("东门外消防通道被堵住了", place=EAST_GATE, at=NOW, category="public-order")

    case = await desk.case_once(ticket, Status.ASSIGNED)

    assert (case.unit, case.rule, case.matter.area) == ("chunhe-committee", "fire-lane", "chunhe-estate")
    assert case.accept.deadline == datetime(2026, 4, 28, 13, 20, tzinfo=UTC)
    timers = await desk.routing.runtime.pool.fetch("SELECT kind, generation, due_at FROM timers ORDER BY kind")
    assert [tuple(row) for row in timers] == [
        ("accept", 1, NOW + timedelta(minutes=15)),
        ("resolve", 1, NOW + timedelta(days=1)),
    ]


async def test_a_ticket_that_comes_again_changes_nothing(desk: Desk) -> None:
    first = await desk.residents.report("楼道灯不亮", place=EAST_GATE, at=NOW, category="facilities")
    await desk.case_once(first, Status.ASSIGNED)

    await desk.residents.runtime.pool.fetchval(SQL["resend_stream"], f"ticket-{first}")
    second = await desk.residents.report("楼道灯又不亮", place=EAST_GATE, at=NOW, category="facilities")
    await desk.case_once(second, Status.ASSIGNED)

    async def resent() -> bool:
        return not await desk.residents.runtime.pool.fetchval("SELECT count(*) FROM outbox")

    await eventually(resent)
    assert await desk.types(first) == ["CaseOpened", "CaseAssigned"]
