"""After the fire lane is clear: the rule plans the sign, property puts it up next morning; what is missed is seen."""

from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest_asyncio

from services.routing.app import NAME
from services.routing.domain.case import Status
from services.routing.domain.case.commands import Accept, Actor, Command, Plan, PlanFollowUp
from services.routing.domain.case.follow_up import FollowUpState, Occasion
from services.routing.domain.district import District
from services.routing.handlers import CASE
from services.routing.handlers.cases import carry_out, stream_of
from services.routing.handlers.district import publish_district
from services.routing.handlers.reading import ALL_EVENTS
from services.routing.handlers.recounting import recompute_deadlines, recounted_cases
from services.routing.reactions import timers_of
from shared.contracts.directory import Role
from shared.contracts.intake import Link
from shared.contracts.routing import Clock, FollowUpRecurred
from shared.kernel.event_store import Cause
from shared.kernel.timers import Timers
from shared.kernel.work import Work, transact
from shared.testing.waiting import eventually
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import Browser, Staff, hidden_in, staff_of
from tests.integration.routing.test_desk import photo
from tests.unit.routing.routing_samples import sealed

FIRE_LANE = "东门外消防通道被几辆车堵住了"
SIGN = "立好禁停牌，看看消防通道有没有再停车"
DAY = timedelta(days=1)
OFFICER = Actor(person="committee-lead-1", unit="chunhe-committee", role=Role.LEAD)
LEFT = "SELECT count(*) FROM timers WHERE kind = 'follow_up' AND due_at <= $1"


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def closed(desk: Desk, lead: Browser, member: Browser) -> UUID:
    ticket = await desk.residents.report(FIRE_LANE, place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    await lead.act(ticket, "accept")
    await lead.act(ticket, "resolve", note="车已挪走")
    await member.act(ticket, "verify-pass", note="现场畅通")
    await member.act(ticket, "close")
    await desk.case_once(ticket, Status.CLOSED)
    return ticket


async def test_the_rule_plans_it_and_property_sees_it_and_says_that_it_is_done(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("committee-member-1") as member:
        ticket = await closed(desk, lead, member)
    async with staff.at_desk("property-duty-1") as repairman:
        inbox, page = (await repairman.get("/desk")).text, await repairman.page_of(ticket)
        [sign] = [each for each in (await desk.case(ticket)).follow_ups.values() if each.unit == "chunhe-property"]
        done = await repairman.act(ticket, "follow-up-done", follow_up=str(sign.id), note="禁停牌已立好，通道畅通")
        way = await repairman.page_of(ticket)

    assert (await desk.types(ticket))[-4:-2] == ["FollowUpPlanned", "FollowUpPlanned"]
    assert FIRE_LANE in inbox
    assert "回头看" in inbox
    for said in (SIGN, 'id="action-follow-up-done"'):
        assert said in page
    assert 'id="action-close"' not in page
    assert done.status_code == 303
    for said in ("完成回头看", "禁停牌已立好，通道畅通", "第 2 次，共 3 次"):
        assert said in way


async def forgotten(desk: Desk, ticket: UUID) -> None:
    await desk.residents.be_forgotten(ticket, at=NOW)

    async def is_forgotten() -> bool:
        return bool(await desk.routing.runtime.pool.fetchval("SELECT count(*) FROM keys WHERE state = 'erased'"))

    await eventually(is_forgotten)


async def test_what_is_found_back_is_said_with_a_photo_that_goes_along_with_the_new_case(
    staff: Staff, desk: Desk
) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("committee-member-1") as member:
        ticket = await closed(desk, lead, member)
        [sign] = [each for each in (await desk.case(ticket)).follow_ups.values() if each.unit == "chunhe-property"]
        async with staff.at_desk("property-duty-1") as repairman:
            page = await repairman.page_of(ticket)
            form = {"version": hidden_in(page, "version"), "form_token": "b", "follow_up": str(sign.id)}
            files = {"photos": ("back.jpg", photo("red"), "image/jpeg")}
            said = await repairman.client.post(
                f"/desk/cases/{ticket}/follow-up-recurred", data=form | {"note": "又有车停进来"}, files=files
            )
        told = await desk.routing.runtime.store.load(stream_of(ticket), ALL_EVENTS)
        [recurred] = [each for each in told.state if isinstance(each, FollowUpRecurred)]
        opened = await desk.residents.report_split(
            ticket,
            recurred.other,
            "又有车停进来",
            place=EAST_GATE,
            at=NOW,
            link=Link.CAME_BACK,
            photos=recurred.evidence,
        )
        await desk.case_once(opened, Status.ASSIGNED)
        old_page, new_page = await lead.page_of(ticket), await lead.page_of(opened)
        shown = await lead.get(new_page.split('<img src="')[1].split('"')[0])
    async with staff.programme("committee-lead-1") as client:
        read = (await client.get(f"/cases/{opened}")).json()
    await forgotten(desk, ticket)
    async with staff.programme("property-duty-1") as client:
        key, found = {"idempotency-key": "back", "if-match": "*"}, {"follow_up": str(sign.id), "words": "又有车停进来"}
        in_nobodys_name = await client.post(f"/cases/{ticket}/follow-up-recurred", headers=key, json=found)

    assert said.status_code == 303
    assert (await desk.types(ticket))[-2:] == ["FollowUpRecurred", "FollowUpPlanned"]
    for words in ("回头看，发现问题又出现，已重新立件", "同一问题的另一件", f"/desk/cases/{opened}"):
        assert words in old_page
    for words in ("回头看发现问题又出现，重新立件", "同一问题的另一件", f"/desk/cases/{ticket}"):
        assert words in new_page
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert (read["split_from"], read["link"]) == (str(ticket), "came_back")
    assert in_nobodys_name.status_code == 409
    assert in_nobodys_name.json()["type"].endswith("/reporter-forgotten")


async def test_a_program_plans_one_and_cancels_it_and_the_inbox_counts_with_it(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("committee-member-1") as member:
        ticket = await closed(desk, lead, member)
    key = {"idempotency-key": "plan-one", "if-match": "*"}
    wanted = {"words": "看看车位线", "unit": "xinhe-police", "after_days": 7, "every_days": 7, "times": 4}
    async with staff.programme("committee-lead-1") as client:
        planned = [await client.post(f"/cases/{ticket}/follow-up", headers=key, json=wanted) for _ in range(2)]
        shown = (await client.get(f"/cases/{ticket}")).json()["follow_ups"]
        half = {key: value for key, value in wanted.items() if key != "times"}
        misread = await client.post(
            f"/cases/{ticket}/follow-up", headers={"idempotency-key": "half", "if-match": "*"}, json=half
        )
    [own] = [each for each in shown if each["unit"] == "xinhe-police"]
    async with staff.programme("police-duty-1") as client:
        listed = (await client.get("/cases")).json()
    async with staff.programme("committee-lead-1") as client:
        cancel = {"follow_up": own["id"], "words": "不需要了"}
        cancelled = await client.post(
            f"/cases/{ticket}/follow-up-cancel", headers={"idempotency-key": str(uuid4()), "if-match": "*"}, json=cancel
        )
    async with staff.programme("police-duty-1") as client:
        gone = await client.get(f"/cases/{ticket}")
        after = (await client.get("/cases")).json()

    assert [each.status_code for each in planned] == [204, 204]
    assert (own["task"], own["state"], own["occurrence"], own["times"]) == ("看看车位线", "planned", 1, 4)
    assert misread.status_code == 422
    assert [(each["clock"], each["due_at"]) for each in listed["cases"]] == [("follow_up", own["deadline"])]
    assert listed["total"] == 1
    assert cancelled.status_code == 204
    assert (gone.status_code, after["total"], after["cases"]) == (404, 0, [])


async def test_two_hundred_due_in_one_minute_are_all_told_once_and_missed_once_by_two_that_fire_at_once(
    desk: Desk,
) -> None:
    ticket = await desk.residents.report(FIRE_LANE, place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    runtime = desk.routing.runtime
    day = Occasion(due=NOW + DAY, deadline=NOW + DAY + timedelta(hours=8))
    commands: list[Command] = [
        Accept(by=OFFICER, now=NOW),
        *(
            PlanFollowUp(
                by=OFFICER, plan=Plan(id=UUID(int=each), unit="chunhe-property", occasion=day), task=sealed(), now=NOW
            )
            for each in range(200)
        ),
    ]

    async def plan(work: Work) -> None:
        for command in commands:
            loaded = await work.load(stream_of(ticket), CASE)
            await carry_out(work, loaded, command, Cause(uuid4(), "test", str(ticket)))

    await transact(runtime.store, desk.clock.now, plan)
    another = Timers(NAME, runtime.store, desk.clock, timers_of(desk.routing))
    for moment in (day.due, day.deadline):
        desk.clock.advance(moment - desk.clock.now())
        while await another.fire_due() or await runtime.pool.fetchval(LEFT, moment):
            pass

    types = Counter(await desk.types(ticket))
    case = await desk.case(ticket)
    # Also the clocks of the case itself ran out meanwhile.
    assert (types["FollowUpReminded"], types["FollowUpMissed"]) == (200, 200)
    assert {each.state for each in case.follow_ups.values()} == {FollowUpState.MISSED}
    assert await runtime.pool.fetchval("SELECT count(*) FROM follow_ups WHERE state = 'missed'") == 200


async def test_one_of_a_closed_case_is_counted_by_a_changed_calendar_when_asked(
    staff: Staff, desk: Desk, district: District
) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("committee-member-1") as member:
        ticket = await closed(desk, lead, member)
    [sign] = [each for each in (await desk.case(ticket)).follow_ups.values() if each.unit == "chunhe-property"]
    day_off = sign.due.date()
    calendars = tuple(
        each.model_copy(update={"days_off": (*each.days_off, day_off)}) if each.id == "property-hours" else each
        for each in district.calendars
    )
    same = [page async for page in recounted_cases(desk.routing)]

    await publish_district(desk.routing, district.model_copy(update={"calendars": calendars}), file_sha256="0" * 64)
    desk.routing.directory.look_again()
    [(_, [other])] = [page async for page in recounted_cases(desk.routing)]
    moved = [await recompute_deadlines(desk.routing, ticket) for _ in range(2)]
    counted = (await desk.case(ticket)).follow_ups[sign.id]

    assert same == [(1, [])]
    assert [(each.clock, each.follow_up, each.after - each.before) for each in other.clocks] == [
        (Clock.FOLLOW_UP, sign.id, DAY)
    ]
    assert (moved, counted.due - sign.due, counted.deadline - sign.deadline) == ([1, 0], DAY, DAY)
    pool = desk.routing.runtime.pool
    assert await pool.fetchval("SELECT deadline FROM follow_ups WHERE id = $1", sign.id) == counted.deadline
    timers = "SELECT max(due_at) FROM timers WHERE kind = 'follow_up' AND subject = $1"
    assert await pool.fetchval(timers, f"{ticket}/{sign.id}") == counted.due


async def test_what_is_missed_is_before_the_eyes_of_its_unit_and_of_the_one_above(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("committee-member-1") as member:
        ticket = await closed(desk, lead, member)
    timers = desk.routing.runtime.timers
    assert timers is not None
    # Nine in the morning, and nine the morning after.
    for hours in (12, 24):
        desk.clock.advance(timedelta(hours=hours))
        timers.bell.ring()

        async def has_fired(wanted: int = hours) -> bool:
            types = Counter(await desk.types(ticket))
            return types["FollowUpReminded"] == 2 and (wanted == 12 or types["FollowUpMissed"] > 0)

        await eventually(has_fired)
    async with staff.at_desk("property-manager") as manager:
        page, inbox = await manager.page_of(ticket), (await manager.get("/desk")).text

    assert FIRE_LANE in inbox
    for said in ("没有按时回头看", "之前漏做 1 次", "第 2 次，共 3 次"):
        assert said in page
