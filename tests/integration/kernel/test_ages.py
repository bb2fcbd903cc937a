"""The ages and the lag that alarms look at rise while nothing is sent or read, and are nought when nothing waits."""

import pytest
from prometheus_client import REGISTRY

from shared.kernel import consumer
from shared.kernel.ages import Ages
from shared.kernel.runtime import Runtime
from shared.testing.waiting import eventually
from tests.integration.kernel.conftest import Pair


async def age(runtime: Runtime, metric: str, label: str) -> float:
    """As `/metrics` shows it after one more look."""
    await Ages(runtime.ground.name, runtime.pool).measure()
    return REGISTRY.get_sample_value(metric, {label: runtime.ground.name}) or 0.0


async def outbox_age(runtime: Runtime) -> float:
    return await age(runtime, "yima_outbox_oldest_age_seconds", "service")


async def parked_age(runtime: Runtime) -> float:
    return await age(runtime, "yima_parked_oldest_age_seconds", "consumer")


async def test_unsent_event_grows_older_while_nobody_sends_it(stopped_pair: Pair) -> None:
    await stopped_pair.ledger.say(stopped_pair.publisher, stopped_pair.ledger.new_stream())

    first = await outbox_age(stopped_pair.publisher)
    second = await outbox_age(stopped_pair.publisher)

    assert 0 < first < second


async def test_nothing_has_an_age_once_all_is_sent(pair: Pair) -> None:
    await pair.ledger.say(pair.publisher, pair.ledger.new_stream())

    await eventually(lambda: pair.ledger.agrees_with(pair.follower))

    async def is_nought() -> bool:
        return await outbox_age(pair.publisher) == 0.0

    await eventually(is_nought)


async def test_parked_event_grows_older_also_when_its_reader_has_stopped(pair: Pair) -> None:
    pair.listener.poison.add(0)
    await pair.ledger.say(pair.publisher, pair.ledger.new_stream())

    async def is_parked() -> bool:
        return await parked_age(pair.follower) > 0

    await eventually(is_parked)
    await pair.follower.loops.stop()

    first = await parked_age(pair.follower)
    second = await parked_age(pair.follower)

    assert 0 < first < second


async def test_lag_is_what_was_not_taken_and_nought_once_it_is(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    # The lag is told at the pace of its commits: waiting seconds for each would show no more.
    monkeypatch.setattr(consumer, "LAG_COMMIT_S", 0.05)

    async def lag() -> float | None:
        return REGISTRY.get_sample_value("yima_consumer_lag_records", {"consumer": pair.follower.ground.name})

    async def lags() -> bool:
        return (await lag() or 0) > 0

    async def lags_not() -> bool:
        return await lag() == 0

    # The follower waits for a lock that somebody else holds.
    async with pair.follower.pool.acquire() as other, other.transaction():
        await other.execute("LOCK TABLE seen IN SHARE MODE")
        await pair.ledger.say(pair.publisher, pair.ledger.new_stream())
        await eventually(lags)

    await eventually(lags_not)
