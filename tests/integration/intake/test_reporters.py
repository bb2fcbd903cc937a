"""Whose key seals a report: one person a phone, until they are forgotten."""

import asyncio
import json

from tests.integration.intake.conftest import PHONE, Door


async def person_of(door: Door, ticket_id: str) -> str:
    """The person whose key seals what the ticket says."""
    data = await door.intake.runtime.pool.fetchval("SELECT data FROM events WHERE stream = $1", f"ticket-{ticket_id}")
    return str(json.loads(data)["text"]["person"])


async def erased_elsewhere(door: Door, person: str) -> None:
    """Another process forgets a person; this one remembers their key."""
    async with door.intake.runtime.pool.acquire() as connection:
        await door.intake.keyring.erase(connection, person)


async def test_reports_from_one_phone_are_one_persons(door: Door) -> None:
    first, second = await door.report(phone=PHONE), await door.report(phone=PHONE)

    assert await person_of(door, first["id"]) == await person_of(door, second["id"])


async def test_who_was_forgotten_elsewhere_is_a_new_person_with_the_very_next_report(door: Door) -> None:
    before = await person_of(door, (await door.report(phone=PHONE))["id"])
    await erased_elsewhere(door, before)

    after = [await person_of(door, (await door.report(phone=PHONE))["id"]) for _ in range(2)]

    assert after[0] == after[1] != before
    states = await door.intake.runtime.pool.fetch("SELECT person, state FROM keys")
    assert {row["person"]: row["state"] for row in states} == {before: "erased", after[0]: "wrapped"}


async def test_reports_that_come_with_a_forgotten_persons_are_written_all_the_same(door: Door) -> None:
    before = await person_of(door, (await door.report(phone=PHONE))["id"])
    await erased_elsewhere(door, before)

    await asyncio.gather(*(door.report(phone=PHONE if number == 3 else None) for number in range(8)))

    assert await door.tickets() == 9
