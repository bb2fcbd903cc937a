"""Contacts leave for who may see them, each on record before: as a whole, and on its case."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from services.routing.domain.case import Status
from services.routing.domain.errors.access import NotForThisRoleError, ReadsOnlyError
from services.routing.handlers.accounts import Member, member_of_district
from services.routing.handlers.admin import read_contact_exports
from services.routing.handlers.exporting import ContactsAsked, Reporter, record_export, reporters_of
from shared.testing.residents import SAMPLE_PHONE
from shared.testing.waiting import eventually
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk

ASKED = ContactsAsked(first_day=date(2026, 4, 1), last_day=date(2026, 4, 30), tickets=1, reason="回访")


@pytest_asyncio.fixture(loop_scope="session")
async def ticket(desk: Desk) -> UUID:
    reported = await desk.residents.report("消防通道被堵住了", place=EAST_GATE, at=NOW)
    await desk.case_once(reported, Status.ASSIGNED)
    return reported


async def member(desk: Desk, person: str) -> Member:
    found = await member_of_district(desk.routing, person)
    assert found is not None
    return found


async def given(desk: Desk, person: str, *tickets: UUID) -> Mapping[UUID, Reporter]:
    asking = await member(desk, person)
    return await reporters_of(desk.routing, asking, await record_export(desk.routing, asking, ASKED), tickets)


async def test_who_handles_is_given_contacts_and_each_case_says_so(desk: Desk, ticket: UUID) -> None:
    told = await given(desk, "committee-lead-2", ticket, uuid4())

    assert told == {ticket: Reporter(name=None, phone=SAMPLE_PHONE, text="消防通道被堵住了")}
    assert (await desk.types(ticket)).count("ContactRevealed") == 1
    [row] = await desk.routing.runtime.pool.fetch("SELECT person, role, tickets, reason FROM contact_exports")
    assert tuple(row) == ("committee-lead-2", "lead", 1, "回访")


async def test_unit_that_has_not_the_case_is_given_nothing_and_leaves_no_mark(desk: Desk, ticket: UUID) -> None:
    assert await given(desk, "police-duty-2", ticket) == {}
    assert "ContactRevealed" not in await desk.types(ticket)


async def test_role_that_sees_no_contact_is_refused_and_nothing_is_recorded(desk: Desk) -> None:
    with pytest.raises(ReadsOnlyError):
        await record_export(desk.routing, await member(desk, "district-auditor-1"), ASKED)

    assert await desk.routing.runtime.pool.fetchval("SELECT count(*) FROM contact_exports") == 0


async def test_it_is_shown_to_the_district_s_auditor_and_to_nobody_who_exports(desk: Desk, ticket: UUID) -> None:
    await given(desk, "committee-lead-2", ticket)

    [shown] = await read_contact_exports(desk.routing, await member(desk, "district-auditor-1"), days=1)
    assert (shown.person, shown.tickets, shown.reason, shown.first_day) == (
        "committee-lead-2",
        1,
        "回访",
        date(2026, 4, 1),
    )
    with pytest.raises(NotForThisRoleError):
        await read_contact_exports(desk.routing, await member(desk, "committee-lead-2"), days=1)


async def test_who_was_forgotten_is_not_in_it(desk: Desk, ticket: UUID) -> None:
    await desk.residents.be_forgotten(ticket, at=NOW)

    async def is_forgotten() -> bool:
        return await given(desk, "committee-lead-2", ticket) == {ticket: Reporter(name=None, phone=None, text=None)}

    await eventually(is_forgotten)
