"""One case from scan to closing through the desk, and what the ladder does when nobody acts."""

from datetime import timedelta
from uuid import UUID

from services.routing.domain.case import Status
from shared.testing.waiting import eventually
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import staff_of

FIRE_LANE = "东门外消防通道被几辆车堵住了"


async def test_a_case_is_accepted_resolved_verified_by_another_and_closed(desk: Desk) -> None:
    staff = await staff_of(desk.routing)
    ticket = await desk.residents.report(FIRE_LANE, place=EAST_GATE, at=NOW, category="public-order")
    await desk.case_once(ticket, Status.ASSIGNED)

    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("committee-member-1") as member:
        inbox = (await lead.get("/desk")).text
        accepted = await lead.act(ticket, "accept")
        resolved = await lead.act(ticket, "resolve", note="已请车主挪车，并立了禁停牌")
        by_doer = await lead.act(ticket, "verify-pass", note="")
        verified = await member.act(ticket, "verify-pass", note="现场畅通")
        closed = await member.act(ticket, "close")
        page = await member.page_of(ticket)

    assert FIRE_LANE in inbox
    assert [each.status_code for each in (accepted, resolved, by_doer, verified, closed)] == [303, 303, 409, 303, 303]
    assert (await desk.case(ticket)).status is Status.CLOSED
    assert await desk.types(ticket) == [
        "CaseOpened",
        "CaseAssigned",
        "CaseAccepted",
        "CaseResolved",
        "VerificationPassed",
        "CaseClosed",
        # Its rule wants the sign looked after by property, and the residents' group told by the committee.
        "FollowUpPlanned",
        "FollowUpPlanned",
    ]
    assert "已请车主挪车，并立了禁停牌" in page
    assert "现场畅通" in page
    assert "居委会负责人甲" in page
    assert "占用消防通道" in page


async def test_what_was_done_shows_at_once_and_a_form_sent_twice_acts_once(desk: Desk) -> None:
    staff = await staff_of(desk.routing)
    ticket = await desk.residents.report(FIRE_LANE, place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)

    async with staff.at_desk("committee-lead-1") as lead:
        form = {"version": "2", "form_token": "one-and-the-same"}
        first = await lead.client.post(f"/desk/cases/{ticket}/accept", data=form)
        again = await lead.client.post(f"/desk/cases/{ticket}/accept", data=form)
        page = await lead.page_of(ticket)

    assert (first.status_code, again.status_code) == (303, 303)
    assert await desk.types(ticket) == ["CaseOpened", "CaseAssigned", "CaseAccepted"]
    assert "处置中" in page


async def test_a_missed_clock_tells_the_next_level_and_then_the_one_above(desk: Desk) -> None:
    ticket = await desk.residents.report(FIRE_LANE, place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    timers = desk.routing.runtime.timers
    assert timers is not None

    desk.clock.advance(timedelta(minutes=16))
    timers.bell.ring()
    await eventually(lambda: told(desk, ticket, ("xinhe-grid",)))
    desk.clock.advance(timedelta(minutes=16))
    timers.bell.ring()
    await eventually(lambda: told(desk, ticket, ("xinhe-grid", "xinhe-operations")))

    assert await desk.types(ticket) == [
        "CaseOpened",
        "CaseAssigned",
        "DeadlineMissed",
        "CaseEscalated",
        "CaseEscalated",
    ]


async def told(desk: Desk, ticket: UUID, units: tuple[str, ...]) -> bool:
    return (await desk.case(ticket)).told == units


async def test_a_clock_whose_reason_has_gone_does_nothing(desk: Desk) -> None:
    staff = await staff_of(desk.routing)
    ticket = await desk.residents.report(FIRE_LANE, place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    async with staff.at_desk("committee-lead-1") as lead:
        await lead.act(ticket, "accept")
    timers = desk.routing.runtime.timers
    assert timers is not None

    desk.clock.advance(timedelta(minutes=16))
    timers.bell.ring()

    async def accept_timer_is_gone() -> bool:
        return not await desk.routing.runtime.pool.fetchval("SELECT count(*) FROM timers WHERE kind = 'accept'")

    await eventually(accept_timer_is_gone)
    assert await desk.types(ticket) == ["CaseOpened", "CaseAssigned", "CaseAccepted"]
