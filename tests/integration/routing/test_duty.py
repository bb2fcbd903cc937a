"""The duty page at the real desk: whom it shows to whom, and what it never shows."""

import re

import pytest_asyncio

from tests.integration.routing.conftest import Desk
from tests.integration.routing.staff import Staff, staff_of


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def duty_page(staff: Staff, account: str) -> str:
    async with staff.at_desk(account) as browser:
        response = await browser.get("/desk/duty")
        assert response.status_code == 200, response.text
        return response.text


async def test_the_duty_page_shows_each_unit_in_sight_and_no_phone(staff: Staff) -> None:
    lead = await duty_page(staff, "committee-lead-1")
    auditor = await duty_page(staff, "district-auditor-1")

    # A Tuesday: the other lead's day.
    assert "居委会负责人乙" in lead
    assert "值班到" in lead
    assert re.findall(r"<h[23][^>]*>([^<]*(?:物业服务处|居委会))</h[23]>", lead) == ["春和居委会", "春和苑物业服务处"]
    assert "网格调度员" not in lead
    assert "网格调度员乙" in auditor
    assert "1000000" not in lead + auditor
