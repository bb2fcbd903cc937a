"""Append: all of it or nothing of it."""

import asyncio
from uuid import uuid4

import pytest

from shared.kernel.event_store import (
    Cause,
    ConcurrentAppendError,
    Fold,
    IdempotencyConflictError,
    NewEvents,
    Request,
    Rows,
)
from shared.kernel.runtime import Runtime
from shared.testing.ledger import Said, cause
from tests.integration.kernel.conftest import Pair

SUM: Fold[int] = Fold(0, lambda total, event: total + event.said)


def request(key: str, body: bytes = b"body") -> Request:
    return Request("partner:7", "open_ticket", key, body)


def two_events(stream: str, expected_version: int = 0) -> NewEvents:
    return NewEvents(stream, expected_version, [Said(1), Said(2)], cause())


async def counts(runtime: Runtime) -> tuple[int, int, int]:
    """Events, outbox rows, answers."""
    row = await runtime.pool.fetchrow(
        "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM outbox), (SELECT count(*) FROM commands)"
    )
    assert row is not None
    return row[0], row[1], row[2]


async def test_a_stream_folds_what_was_appended(stopped_pair: Pair) -> None:
    store = stopped_pair.publisher.store

    await store.append(two_events("said-1"))

    loaded = await store.load("said-1", SUM)
    assert (loaded.state, loaded.version) == (3, 2)


@pytest.mark.parametrize("expected_version", [0, 1, 3, 7])
async def test_a_stale_expected_version_fails_and_writes_nothing(stopped_pair: Pair, expected_version: int) -> None:
    store = stopped_pair.publisher.store
    await store.append(two_events("said-1"))

    with pytest.raises(ConcurrentAppendError):
        await store.append(two_events("said-1", expected_version), request=request("k-1"), answer="{}")

    assert await counts(stopped_pair.publisher) == (2, 2, 0)


async def test_a_repeated_command_gets_the_first_answer_and_writes_nothing(stopped_pair: Pair) -> None:
    store = stopped_pair.publisher.store
    first = await store.append(two_events("said-1"), request=request("k-1"), answer='{"number": 1}')

    again = await store.append(two_events("said-2"), request=request("k-1"), answer='{"number": 2}')

    assert (first.answer, first.repeated) == ('{"number": 1}', False)
    assert (again.answer, again.repeated) == ('{"number": 1}', True)
    assert await counts(stopped_pair.publisher) == (2, 2, 1)


async def test_a_key_used_with_another_body_is_refused(stopped_pair: Pair) -> None:
    store = stopped_pair.publisher.store
    await store.append(two_events("said-1"), request=request("k-1"), answer="{}")

    with pytest.raises(IdempotencyConflictError):
        await store.append(two_events("said-2"), request=request("k-1", b"another"), answer="{}")

    assert await counts(stopped_pair.publisher) == (2, 2, 1)


async def test_of_many_who_give_the_same_command_at_once_one_writes(stopped_pair: Pair) -> None:
    store = stopped_pair.publisher.store

    answers = await asyncio.gather(
        *(store.append(two_events(f"said-{n}"), request=request("k-1"), answer=f'{{"n": {n}}}') for n in range(16))
    )

    assert len({answer.answer for answer in answers}) == 1
    assert [answer.repeated for answer in answers].count(False) == 1
    assert await counts(stopped_pair.publisher) == (2, 2, 1)


async def test_of_many_who_append_at_the_same_version_one_wins(stopped_pair: Pair) -> None:
    store = stopped_pair.publisher.store

    results = await asyncio.gather(*(store.append(two_events("said-1")) for _ in range(16)), return_exceptions=True)

    assert sum(not isinstance(result, ConcurrentAppendError) for result in results) == 1
    assert await counts(stopped_pair.publisher) == (2, 2, 0)


async def test_a_row_beside_a_failed_append_is_not_written(stopped_pair: Pair) -> None:
    store = stopped_pair.publisher.store
    await store.append(two_events("said-1"))
    beside = Rows("INSERT INTO outbox_states (key) SELECT $1::text || $2::text", ("a", "b"))

    with pytest.raises(ConcurrentAppendError):
        await store.append(two_events("said-1"), beside=[beside])
    await store.append(two_events("said-2"), beside=[beside])

    rows = await stopped_pair.publisher.pool.fetch("SELECT key FROM outbox_states")
    assert [row["key"] for row in rows] == ["ab"]


async def test_the_log_can_not_be_changed_by_the_service(stopped_pair: Pair) -> None:
    await stopped_pair.publisher.store.append(two_events("said-1"))

    for statement in ("UPDATE events SET version = 9", "DELETE FROM events", "TRUNCATE events"):
        with pytest.raises(Exception, match="permission denied"):
            await stopped_pair.publisher.pool.execute(statement)


async def test_the_same_command_names_the_same_events(stopped_pair: Pair) -> None:
    same = Cause(uuid4(), "test", "c")

    await stopped_pair.publisher.store.append(NewEvents("said-1", 0, [Said(1)], same))

    pool = stopped_pair.publisher.pool
    first = await pool.fetchval("SELECT event_id FROM events")
    with pytest.raises(ConcurrentAppendError):
        await stopped_pair.publisher.store.append(NewEvents("said-1", 0, [Said(1)], same))
    assert await pool.fetchval("SELECT event_id FROM events") == first
