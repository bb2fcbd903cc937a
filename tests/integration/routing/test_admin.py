"""The admin's pages at the real desk: for the district's admin and auditor, and nobody else."""

import re
from datetime import timedelta

import pytest_asyncio

from services.routing.domain.case import Status
from services.routing.domain.district import District
from services.routing.handlers.district import publish_district
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import Staff, staff_of

PAGES = ("/desk/admin", "/desk/admin/differences", "/desk/admin/rules", "/desk/admin/users")


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def test_admin_and_auditor_read_and_only_the_admin_ends_sessions(
    staff: Staff, desk: Desk, district: District
) -> None:
    places = tuple(each for each in district.places if each.code != district.places[-1].code)
    smaller = district.model_copy(update={"places": places})
    ticket = await desk.residents.report("消防通道被堵住了", place=EAST_GATE, at=NOW - timedelta(minutes=5))
    await desk.case_once(ticket, Status.ASSIGNED)
    await publish_district(desk.routing, smaller, file_sha256="0" * 64, by="district-admin-1")

    async with (
        staff.at_desk("committee-lead-1") as lead,
        staff.at_desk("district-auditor-1") as auditor,
        staff.at_desk("district-admin-1") as admin,
    ):
        refused = [(await lead.get(page)).status_code for page in PAGES]
        read = [(await auditor.get(page)).text for page in PAGES]
        sign_out = {"person": "committee-lead-1"}
        by_auditor = await auditor.client.post("/desk/admin/users/end-sessions", data=sign_out)
        still = await lead.get("/desk")
        by_admin = await admin.client.post("/desk/admin/users/end-sessions", data=sign_out)
        gone = await lead.get("/desk")
        stranger = await admin.client.post("/desk/admin/users/end-sessions", data={"person": "nobody"})

    editions, differences, rules, users = read
    assert refused == [403] * len(PAGES)
    assert re.findall(r"第 (\d) 版</h2>", editions) == ["2", "1"]
    assert "由 district-admin-1 发布" in editions
    assert district.places[-1].name.zh in differences
    assert differences.count('class="badge') == 1
    assert "<h2>1. 占用消防通道" in rules
    assert re.findall(r"近 30 天 (\d) 件", rules) == ["1"]
    assert "最近登录" in users
    assert "居委会负责人甲" in users
    assert "1000000" not in "".join(read)
    assert "end-sessions" not in users
    assert (by_auditor.status_code, still.status_code) == (403, 200)
    assert (by_admin.status_code, gone.status_code) == (303, 303)
    assert stranger.status_code == 404
