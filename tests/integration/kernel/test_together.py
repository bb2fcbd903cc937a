"""Appends of many callers in one statement: each stands or falls by itself, as if it were alone."""

import asyncio

import asyncpg

from shared.kernel.event_store import (
    ConcurrentAppendError,
    IdempotencyConflictError,
    NewEvents,
    Once,
    Request,
)
from shared.kernel.together import Append, AppendTogether, RowBeside, Together
from shared.testing.ledger import Said, cause
from tests.integration.kernel.conftest import Pair

BESIDE = """INSERT INTO outbox_states (key)
SELECT name FROM jsonb_to_recordset($beside) AS row (stream text, name text)
WHERE stream IN (SELECT stream FROM appended)"""
UNIQUE_BESIDE = BESIDE.replace("outbox_states (key)", "seen_names (name)")


def wanted(
    stream: str, *, key: str = "", body: bytes = b"body", expected_version: int = 0, answer: str = "1"
) -> Append:
    request = Request("partner:7", "open_ticket", key, body) if key else None
    return Append(NewEvents(stream, expected_version, [Said(1), Said(2)], cause()), request, answer)


def named(stream: str, name: str, statement: str = BESIDE) -> Append:
    return Append(wanted(stream).new, beside=[RowBeside(statement, {"stream": stream, "name": name})])


async def ask_all(pair: Pair, *appends: Append) -> list[Once[str | None] | BaseException]:
    """What each of them is answered when all come at once."""
    together = AppendTogether(pair.publisher.store)
    return await asyncio.gather(*(together.append(each) for each in appends), return_exceptions=True)


async def versions(pair: Pair) -> dict[str, int]:
    rows = await pair.publisher.pool.fetch("SELECT stream, max(version) AS version FROM events GROUP BY stream")
    return {row["stream"]: row["version"] for row in rows}


async def test_all_that_come_at_once_are_written(stopped_pair: Pair) -> None:
    answers = await ask_all(stopped_pair, *(wanted(f"said-{number}", key=f"k-{number}") for number in range(200)))

    assert answers == [Once("1", repeated=False)] * 200
    assert await versions(stopped_pair) == {f"said-{number}": 2 for number in range(200)}
    assert await stopped_pair.publisher.pool.fetchval("SELECT count(*) FROM outbox") == 400


async def test_a_stale_one_fails_alone(stopped_pair: Pair) -> None:
    good, stale, last = await ask_all(
        stopped_pair, wanted("said-1"), wanted("said-2", expected_version=1, key="k-2"), wanted("said-3")
    )

    assert (good, last) == (Once("1", repeated=False), Once("1", repeated=False))
    assert isinstance(stale, ConcurrentAppendError)
    assert await versions(stopped_pair) == {"said-1": 2, "said-3": 2}
    assert await stopped_pair.publisher.pool.fetchval("SELECT count(*) FROM commands") == 0


async def test_a_key_that_comes_twice_at_once_is_answered_once(stopped_pair: Pair) -> None:
    first, second, other = await ask_all(
        stopped_pair,
        wanted("said-1", key="k", answer="1"),
        wanted("said-2", key="k", answer="2"),
        wanted("said-3", key="k", body=b"another", answer="3"),
    )

    assert (first, second) == (Once("1", repeated=False), Once("1", repeated=True))
    assert isinstance(other, IdempotencyConflictError)
    assert await versions(stopped_pair) == {"said-1": 2}


async def test_a_key_answered_before_gets_that_answer_among_new_ones(stopped_pair: Pair) -> None:
    await ask_all(stopped_pair, wanted("said-1", key="k", answer="1"))

    repeated, fresh = await ask_all(stopped_pair, wanted("said-2", key="k", answer="2"), wanted("said-3", key="l"))

    assert (repeated, fresh) == (Once("1", repeated=True), Once("1", repeated=False))
    assert await versions(stopped_pair) == {"said-1": 2, "said-3": 2}


async def test_two_that_write_one_stream_at_once_do_not_both_succeed(stopped_pair: Pair) -> None:
    first, second = await ask_all(stopped_pair, wanted("said-1"), wanted("said-1"))

    assert first == Once("1", repeated=False)
    assert isinstance(second, ConcurrentAppendError)


async def test_a_value_that_postgresql_can_not_take_fails_alone(stopped_pair: Pair) -> None:
    first, wrong, last = await ask_all(stopped_pair, wanted("said-1"), wanted("said-2\0"), wanted("said-3"))

    assert [each.repeated for each in (first, last) if isinstance(each, Once)] == [False, False]
    assert isinstance(wrong, asyncpg.DataError)
    assert await versions(stopped_pair) == {"said-1": 2, "said-3": 2}


async def test_rows_beside_stand_and_fall_with_their_append(stopped_pair: Pair) -> None:
    await ask_all(stopped_pair, wanted("said-2"))

    await ask_all(stopped_pair, named("said-1", "one"), named("said-2", "two"), named("said-3", "three"))

    rows = await stopped_pair.publisher.pool.fetch("SELECT key FROM outbox_states ORDER BY key")
    assert [row["key"] for row in rows] == ["one", "three"]


async def test_a_row_that_is_there_already_fails_its_append_alone(stopped_pair: Pair) -> None:
    admin = await asyncpg.connect(stopped_pair.publisher.ground.database_url)
    schema, role = stopped_pair.publisher.ground.name, stopped_pair.publisher.ground.role
    await admin.execute(f'CREATE TABLE "{schema}".seen_names (name text PRIMARY KEY)')
    await admin.execute(f'GRANT ALL ON "{schema}".seen_names TO "{role}"')
    await admin.close()
    await ask_all(stopped_pair, named("said-0", "taken", UNIQUE_BESIDE))

    first, taken, last = await ask_all(
        stopped_pair,
        named("said-1", "one", UNIQUE_BESIDE),
        named("said-2", "taken", UNIQUE_BESIDE),
        named("said-3", "three", UNIQUE_BESIDE),
    )

    assert [each.repeated for each in (first, last) if isinstance(each, Once)] == [False, False]
    assert isinstance(taken, asyncpg.UniqueViolationError)
    assert (await versions(stopped_pair)).keys() == {"said-0", "said-1", "said-3"}


async def test_who_goes_away_meanwhile_holds_nobody_up(stopped_pair: Pair) -> None:
    together = AppendTogether(stopped_pair.publisher.store)
    gone = asyncio.create_task(together.append(wanted("said-1")))
    stays = asyncio.create_task(together.append(wanted("said-2")))
    await asyncio.sleep(0)  # Both or all have asked by then: each runs to its first wait.

    gone.cancel()

    assert await stays == Once("1", repeated=False)


async def test_who_comes_meanwhile_is_answered_in_the_next_batch() -> None:
    sizes: list[int] = []
    begun, let_go = asyncio.Event(), asyncio.Event()

    async def answer(batch: object) -> list[str | Exception]:
        assert isinstance(batch, list)
        sizes.append(len(batch))
        begun.set()
        await let_go.wait()
        return [str(each) for each in batch]

    together: Together[int, str] = Together(answer)
    asked = [asyncio.create_task(together.ask(0))]
    await begun.wait()
    asked += [asyncio.create_task(together.ask(number)) for number in range(1, 101)]
    await asyncio.sleep(0)  # Both or all have asked by then: each runs to its first wait.
    let_go.set()

    assert await asyncio.gather(*asked) == [str(number) for number in range(101)]
    assert sizes == [1, 64, 36]


async def test_what_fails_for_all_is_everybodys_failure() -> None:
    async def answer(_batch: object) -> list[str | Exception]:
        raise ConnectionResetError

    together: Together[int, str] = Together(answer)

    answers = await asyncio.gather(together.ask(1), together.ask(2), return_exceptions=True)

    assert [type(each) for each in answers] == [ConnectionResetError, ConnectionResetError]
