"""Limits: residents by address and place, partners by quota, and keys that stop working when they are revoked."""

from datetime import timedelta

from services.intake.handlers import Scope
from services.intake.handlers.access import revoke_partner
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


async def test_a_partners_quota_holds_for_a_minute(door: Door) -> None:
    headers = {"authorization": f"Bearer {await door.partner_key(quota_per_minute=40)}"}

    statuses = [(await door.http.post("/api/v1/tickets", json=GOOD, headers=headers)).status_code for _ in range(42)]
    door.clock.advance(timedelta(minutes=1))
    later = await door.http.post("/api/v1/tickets", json=GOOD, headers=headers)

    assert statuses == [201] * 40 + [429] * 2
    assert later.status_code == 201


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
    door.clock.advance(timedelta(hours=2))

    await door.intake.access.forget_old_windows()

    assert await door.intake.runtime.pool.fetchval("SELECT count(*) FROM rate_limits") == 0
