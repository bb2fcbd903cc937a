"""Limits: residents by address and place, partners by quota, and keys that stop working when they are revoked."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from services.intake.domain.errors import TooManyRequestsError
from services.intake.handlers import Scope
from services.intake.handlers.access import Access, Partner, revoke_partner
from tests.integration.intake.conftest import Door

GOOD = {"place": "GATE", "text": "消防通道被堵"}


async def test_residents_of_one_address_are_limited_within_the_window(door: Door) -> None:
    for _ in range(30):
        await door.report()

    refused = await door.http.post("/api/v1/tickets", json=GOOD)
    door.clock.advance(timedelta(minutes=10))
    later = await door.http.post("/api/v1/tickets", json=GOOD)

    assert (refused.status_code, later.status_code) == (429, 201)
    assert refused.headers["retry-after"] == "300"
    assert await door.tickets() == 31


async def test_what_one_address_is_refused_uses_up_nothing_of_its_places(door: Door) -> None:
    for _ in range(150):
        await door.http.post("/api/v1/tickets", json=GOOD)

    assert await door.post_from("198.51.100.7", GOOD) == 201


async def test_a_place_is_limited_whatever_the_addresses(door: Door) -> None:
    statuses = [await door.post_from(f"198.51.100.{number}", GOOD) for number in range(121)]

    assert statuses == [201] * 120 + [429]


async def test_one_phone_is_sent_only_so_many_messages_a_day(door: Door) -> None:
    mine, others = GOOD | {"phone": "10000000041"}, GOOD | {"phone": "10000000042"}
    statuses = [await door.post_from(f"198.51.100.{number}", mine) for number in range(13)]

    another = await door.http.post("/api/v1/tickets", json=others)
    without = await door.http.post("/api/v1/tickets", json=GOOD)
    door.clock.advance(timedelta(days=1))
    tomorrow = await door.http.post("/api/v1/tickets", json=mine)

    assert statuses == [201] * 12 + [429]
    assert [each.status_code for each in (another, without, tomorrow)] == [201, 201, 201]


async def test_a_report_that_was_answered_is_answered_again_beyond_the_limit(door: Door) -> None:
    headers = {"idempotency-key": str(uuid4())}
    first = await door.http.post("/api/v1/tickets", json=GOOD, headers=headers)
    for _ in range(40):
        await door.http.post("/api/v1/tickets", json=GOOD)

    again = await door.http.post("/api/v1/tickets", json=GOOD, headers=headers)
    new = await door.http.post("/api/v1/tickets", json=GOOD, headers={"idempotency-key": str(uuid4())})

    assert (again.status_code, new.status_code) == (201, 429)
    assert again.json()["number"] == first.json()["number"]


async def test_a_partners_quota_holds_for_a_minute(door: Door) -> None:
    headers = {"authorization": f"Bearer {await door.partner_key(quota_per_minute=40)}"}

    statuses = [(await door.http.post("/api/v1/tickets", json=GOOD, headers=headers)).status_code for _ in range(42)]
    door.clock.advance(timedelta(minutes=1))
    later = await door.http.post("/api/v1/tickets", json=GOOD, headers=headers)

    assert statuses == [201] * 40 + [429] * 2
    assert later.status_code == 201


async def test_reports_that_come_at_once_take_no_more_of_a_quota_than_they_need(door: Door) -> None:
    partner = await partner_of(door, quota_per_minute=400)

    await asyncio.gather(*(door.intake.access.count_partner(partner) for _ in range(30)))

    # A process takes a twentieth at a time.
    assert await door.intake.runtime.pool.fetchval("SELECT used FROM rate_limits") == 40


async def test_a_quota_that_was_overdrawn_beyond_all_numbers_is_still_only_used_up(door: Door) -> None:
    partner = await partner_of(door, quota_per_minute=2_000_000_000)
    await door.intake.access.count_partner(partner)
    await door.intake.runtime.pool.execute("UPDATE rate_limits SET used = 2147483000")
    other_process = Access(door.intake.runtime.pool, door.clock, b"h" * 32)

    for _ in range(2):
        with pytest.raises(TooManyRequestsError):
            await other_process.count_partner(partner)


async def partner_of(door: Door, *, quota_per_minute: int) -> Partner:
    return await door.intake.access.partner(await door.partner_key(quota_per_minute=quota_per_minute), Scope.WRITE)


async def test_a_partners_report_that_was_answered_is_answered_again_beyond_its_quota(door: Door) -> None:
    headers = {"authorization": f"Bearer {await door.partner_key(quota_per_minute=1)}"}
    keyed = headers | {"idempotency-key": "order-1"}

    first = await door.http.post("/api/v1/tickets", json=GOOD, headers=keyed)
    refused = await door.http.post("/api/v1/tickets", json=GOOD, headers=headers)
    again = await door.http.post("/api/v1/tickets", json=GOOD, headers=keyed)

    assert (first.status_code, refused.status_code, again.status_code) == (201, 429, 201)
    assert again.json()["number"] == first.json()["number"]


async def test_a_revoked_key_stops_working_within_ten_seconds(door: Door) -> None:
    key = await door.partner_key(Scope.WRITE)
    headers = {"authorization": f"Bearer {key}"}
    before = await door.http.post("/api/v1/tickets", json=GOOD, headers=headers)

    revoked = await revoke_partner(door.intake.runtime.pool, key.split("_")[1], at=door.clock.now())
    door.clock.advance(timedelta(seconds=11))
    after = await door.http.post("/api/v1/tickets", json=GOOD, headers=headers)

    assert revoked
    assert (before.status_code, after.status_code) == (201, 401)


async def test_counters_that_nobody_asks_for_any_more_are_dropped(door: Door) -> None:
    await door.report()
    door.clock.advance(timedelta(days=3))

    await door.intake.access.forget_old_windows()

    assert await door.intake.runtime.pool.fetchval("SELECT count(*) FROM rate_limits") == 0
