"""What tickets bring about: a case at the unit that the rules choose, once, with its clocks set."""

from datetime import UTC, datetime, timedelta

from services.routing.domain.case import Status
from shared.contracts.intake import Milestones, Rating, StatedUrgency
from shared.contracts.routing import CaseOpened
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
        ("accept", 1, NOW + timedelta(minutes=12)),
        ("resolve", 1, NOW + timedelta(minutes=1152)),
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


async def test_a_ticket_whose_key_has_not_come_waits_and_holds_up_no_other(desk: Desk) -> None:
    waiting = await desk.residents.report("楼道灯不亮", place=EAST_GATE, at=NOW, key_sent=False)
    other = await desk.residents.report("楼道灯不亮", place=EAST_GATE, at=NOW)
    await desk.case_once(other, Status.ASSIGNED)
    assert await desk.types(waiting) == []

    await desk.residents.send_key(waiting)

    assert (await desk.case_once(waiting, Status.ASSIGNED)).unit == "chunhe-committee"


async def test_a_ticket_of_somebody_forgotten_is_still_a_case(desk: Desk) -> None:
    ticket = await desk.residents.report("消防通道被堵", place=EAST_GATE, at=NOW, key_sent=False)
    await desk.residents.be_forgotten(ticket, at=NOW)

    case = await desk.case_once(ticket, Status.ASSIGNED)

    assert case.rule == "anything-else"


async def test_imported_history_is_dated_as_it_was_and_starts_no_clock(desk: Desk) -> None:
    at = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    milestones = Milestones(
        accepted_at=at + timedelta(minutes=10),
        resolved_at=at + timedelta(hours=3),
        verified_at=at + timedelta(hours=4),
        closed_at=at + timedelta(hours=5),
    )

    ticket = await desk.residents.reported_before(
        "花坛里的树枝断了",
        place=EAST_GATE,
        at=at,
        milestones=milestones,
        unit="chunhe-property",
        stated_urgency=StatedUrgency.URGENT,
    )

    case = await desk.case_once(ticket, Status.CLOSED)
    assert (case.unit, case.rule, case.history) == ("chunhe-property", "history", True)
    assert await desk.types(ticket) == [
        "CaseOpened",
        "CaseAssigned",
        "CaseAccepted",
        "CaseResolved",
        "VerificationPassed",
        "CaseClosed",
    ]
    [opened] = [event for event in await desk.events(ticket) if isinstance(event, CaseOpened)]
    assert opened.stated_urgency is StatedUrgency.URGENT
    assert await desk.routing.runtime.pool.fetchval("SELECT count(*) FROM timers") == 0
    row = await desk.routing.runtime.pool.fetchrow("SELECT status, due_at, closed_at FROM cases WHERE id = $1", ticket)
    assert tuple(row or ()) == ("closed", None, at + timedelta(hours=5))


async def test_a_disputed_fix_reopens_the_case_with_the_words_and_fresh_clocks(desk: Desk) -> None:
    at = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    milestones = Milestones(resolved_at=at + timedelta(hours=3), closed_at=at + timedelta(hours=5))
    ticket = await desk.residents.reported_before(
        "消防通道被堵", place=EAST_GATE, at=at, milestones=milestones, unit="chunhe-committee"
    )
    await desk.case_once(ticket, Status.CLOSED)

    await desk.residents.dispute(ticket, "又堵上了", at=NOW)

    case = await desk.case_once(ticket, Status.ASSIGNED)
    assert case.history is False
    assert case.accept.deadline is not None
    assert case.accept.deadline > NOW
    assert await desk.routing.runtime.pool.fetchval("SELECT again FROM cases WHERE id = $1", ticket)
    assert await desk.routing.runtime.pool.fetchval("SELECT count(*) FROM timers") == 2


async def test_a_dispute_that_meets_an_open_case_keeps_its_words_there_and_changes_no_clock(desk: Desk) -> None:
    ticket = await desk.residents.report("楼道灯不亮", place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)

    before = await desk.case(ticket)
    await desk.residents.dispute(ticket, "还没来", at=NOW)
    await desk.residents.rate(ticket, Rating.SO_SO, at=NOW)

    async def rated() -> bool:
        return bool(await desk.routing.runtime.pool.fetchval("SELECT rating FROM ratings WHERE case_id = $1", ticket))

    await eventually(rated)
    assert await desk.types(ticket) == ["CaseOpened", "CaseAssigned", "CaseNoted"]
    assert await desk.case(ticket) == before
    assert await desk.routing.runtime.pool.fetchval("SELECT count(*) FROM parked") == 0


async def test_a_ticket_from_a_place_that_nobody_knows_is_set_aside_where_operators_see_it(desk: Desk) -> None:
    lost = await desk.residents.report("楼道灯不亮", place="NOWHERE1", at=NOW)
    other = await desk.residents.report("楼道灯不亮", place=EAST_GATE, at=NOW)
    await desk.case_once(other, Status.ASSIGNED)

    async def parked() -> bool:
        return bool(await desk.routing.runtime.pool.fetchval("SELECT count(*) FROM parked WHERE reason = 'poison'"))

    await eventually(parked)
    assert await desk.types(lost) == []
