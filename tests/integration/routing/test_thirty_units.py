"""A flood: thirty units are whistled at once, each is called, has its task and its clock, and all come at once too.

That each is told by SMS is `tests/integration/notify/test_thirty_units.py`.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from services.routing.domain.case import Status
from services.routing.domain.case.joint import PartState
from services.routing.domain.district import District, DutyEntry, PersonEntry, UnitEntry
from services.routing.handlers.accounts import member_of_district
from services.routing.handlers.joint_work import decline_task, report_in
from services.routing.handlers.performing import Asked
from shared.contracts.routing import Clock, WhistleBlown
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import Staff, hidden_in, staff_of

TASK = "小区进水，请派人带抽水泵到东门集合"
TEAMS = [f"team-{number}" for number in range(1, 31)]
TIMERS = "SELECT subject, due_at FROM timers WHERE kind = 'report_in'"


@pytest.fixture
def district(district: District) -> District:
    """The pilot with thirty teams more, each with somebody on duty."""
    units, people, duties = [*district.units], [*district.people], [*district.duties]
    for number, team in enumerate(TEAMS, 1):
        unit = {"id": team, "area": "xinhe-town", "calendar": "round-the-clock", "escalates_to": "xinhe-operations"}
        units.append(UnitEntry.model_validate({**unit, "name": {"zh": f"第{number}抢险队", "en": f"Team {number}"}}))
        person = {"id": f"{team}-duty", "unit": team, "role": "handler", "name": f"第{number}队值班员"}
        people.append(PersonEntry.model_validate({**person, "phone": f"1000000{5000 + number}"}))
        duties.append(DutyEntry.model_validate({"unit": team, "shifts": [{"person": f"{team}-duty"}]}))
    return district.model_copy(update={"units": tuple(units), "people": tuple(people), "duties": tuple(duties)})


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def test_each_of_thirty_units_is_called_and_has_its_task_and_its_clock(staff: Staff, desk: Desk) -> None:
    ticket = await desk.residents.report("消防通道被水淹了", place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("team-30-duty") as last:
        await lead.act(ticket, "accept")
        page = await lead.page_of(ticket)
        form = {name: hidden_in(page, name) for name in ("version", "form_token")} | {"task": TASK, "units": TEAMS}
        blown = await lead.client.post(f"/desk/cases/{ticket}/whistle", data=form)
        by_lead, by_last = await lead.page_of(ticket), await last.page_of(ticket)
        listed = (await last.get("/desk?show=unit")).text

    assert blown.status_code == 303, blown.text
    calls = [each for each in await desk.events(ticket) if isinstance(each, WhistleBlown)]
    assert [call.unit for call in calls] == TEAMS
    case, by = await desk.case(ticket), desk.clock.now() + timedelta(minutes=15)
    assert {part.unit: part.state for part in case.joint.values()} == dict.fromkeys(TEAMS, PartState.CALLED)
    timers = await desk.routing.runtime.pool.fetch(TIMERS)
    assert {row["subject"] for row in timers} == {f"{ticket}/{team}" for team in TEAMS}
    assert {case.countdown(Clock.REPORT_IN, team).deadline for team in TEAMS} == {by}
    # Each by its name with its task in the joint work of who called them; and their own task for who was called.
    joint = by_lead[by_lead.index('<ul class="parts">') :]
    items = joint[: joint.index("</ul>")].split("<li>")[1:]
    assert [f"第{number}抢险队" in item and TASK in item for number, item in enumerate(items, 1)] == [True] * len(TEAMS)
    assert TASK in by_last
    assert str(ticket) in listed
    await all_come_and_decline_at_once(desk, ticket)


async def all_come_and_decline_at_once(desk: Desk, ticket: UUID) -> None:
    """Neither act of any of the thirty is refused since the others were faster."""
    members = [await member_of_district(desk.routing, f"{team}-duty") for team in TEAMS]
    asked = [Asked(member=member, case_id=ticket, key="come") for member in members if member is not None]
    await asyncio.gather(*(report_in(desk.routing, each) for each in asked))
    there = {part.state for part in (await desk.case(ticket)).joint.values()}
    await asyncio.gather(*(decline_task(desk.routing, each, reason="水泵都在别处") for each in asked))

    assert there == {PartState.REPORTED_IN}
    assert {part.state for part in (await desk.case(ticket)).joint.values()} == {PartState.DECLINED}
