"""Acts of many callers at once: each stands or falls by itself, as if it were alone."""

import asyncio
from datetime import UTC, datetime

import asyncpg

from shared.kernel.acts import Acts
from shared.kernel.event_store import Fold, IdempotencyConflictError, Request, RequestOn
from shared.kernel.work import Timer, Work
from shared.testing.ledger import Said, cause
from tests.integration.kernel.conftest import Pair

COUNTED: Fold[int] = Fold(0, lambda said, _event: said + 1)
NOON = datetime(2026, 4, 28, 4, tzinfo=UTC)


class RefusedError(Exception):
    """The act may not be done."""


async def say(
    acts: Acts, stream: str, *, key: str, body: bytes = b"body", timer: str = "", most: int | None = None
) -> str:
    """One more event of a stream, its answer how many there were, and a timer."""

    async def act(work: Work) -> str:
        loaded = await work.load(stream, COUNTED)
        if loaded.state == most:
            raise RefusedError
        work.append(loaded, [Said(1)], fold=COUNTED, cause=cause())
        work.schedule([Timer("wake", timer or stream, loaded.version, NOON)])
        return str(loaded.state)

    return await acts.once(RequestOn(Request("staff:1", "say", key, body), stream, COUNTED), act)


async def count(pair: Pair, table: str) -> int:
    found: int = await pair.publisher.pool.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name of ours.
    return found


async def test_acts_on_many_streams_at_once_all_happen(stopped_pair: Pair) -> None:
    acts = Acts(stopped_pair.publisher.store, lambda: NOON)

    answers = await asyncio.gather(*(say(acts, f"said-{number}", key=f"k-{number}") for number in range(100)))

    assert answers == ["0"] * 100
    assert [await count(stopped_pair, table) for table in ("events", "outbox", "commands", "timers")] == [100] * 4


async def test_acts_on_one_stream_at_once_follow_each_other_and_one_is_refused(stopped_pair: Pair) -> None:
    acts = Acts(stopped_pair.publisher.store, lambda: NOON)

    answers = await asyncio.gather(
        *(say(acts, "said-1", key=f"k-{number}", most=3) for number in range(4)), return_exceptions=True
    )

    assert sorted(each for each in answers if isinstance(each, str)) == ["0", "1", "2"]
    assert [type(each) for each in answers if not isinstance(each, str)] == [RefusedError]
    assert [await count(stopped_pair, table) for table in ("events", "outbox", "commands", "timers")] == [3] * 4


async def test_as_many_as_a_whistle_calls_report_in_at_once_and_none_loses_the_race(stopped_pair: Pair) -> None:
    acts = Acts(stopped_pair.publisher.store, lambda: NOON)

    answers = await asyncio.gather(
        *(say(acts, "said-1", key=f"k-{number}") for number in range(60)), return_exceptions=True
    )

    assert sorted(answers, key=str) == sorted(map(str, range(60)))


async def test_a_request_that_comes_twice_at_once_happens_once(stopped_pair: Pair) -> None:
    acts = Acts(stopped_pair.publisher.store, lambda: NOON)

    first, second = await asyncio.gather(say(acts, "said-1", key="k"), say(acts, "said-1", key="k"))
    [other] = await asyncio.gather(say(acts, "said-2", key="k", body=b"another"), return_exceptions=True)

    assert (first, second) == ("0", "0")
    assert isinstance(other, IdempotencyConflictError)
    assert [await count(stopped_pair, table) for table in ("events", "outbox", "commands", "timers")] == [1] * 4


async def test_an_act_that_can_not_be_written_fails_alone(stopped_pair: Pair) -> None:
    acts = Acts(stopped_pair.publisher.store, lambda: NOON)

    first, wrong, last = await asyncio.gather(
        say(acts, "said-1", key="k-1"),
        say(acts, "said-2", key="k-2", timer="no \0 character"),
        say(acts, "said-3", key="k-3"),
        return_exceptions=True,
    )

    assert (first, last) == ("0", "0")
    assert isinstance(wrong, asyncpg.DataError)
    assert [await count(stopped_pair, table) for table in ("events", "outbox", "commands", "timers")] == [2] * 4
