"""What a unit of work tells those who wait for it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from shared.kernel.event_store import Fold, NewEvents, Request, Written
from shared.kernel.work import RACE_TRIES_MAX, Timer, Work, decide_once, transact
from shared.testing.ledger import Said, cause
from tests.integration.kernel.conftest import Pair

SILENT: Fold[None] = Fold(None, lambda state, _event: state)
NOON = datetime(2026, 4, 28, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def append(work: Work) -> None:
    work.append(await work.load("said-1", SILENT), [Said(1)], fold=SILENT, cause=cause())


async def publish_a_state(work: Work) -> None:
    work.publish_states(["gate"])


async def leave_an_effect(work: Work) -> None:
    work.touch()


async def set_timers(work: Work) -> None:
    work.schedule([Timer("wake", "gate", 1, NOON + HOUR), Timer("wake", "wall", 1, NOON)])


async def look(work: Work) -> None:
    await work.load("said-1", SILENT)


async def do_all(work: Work) -> None:
    for act in (append, leave_an_effect, set_timers):
        await act(work)


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (append, [Written(sends=True)]),
        (publish_a_state, [Written(sends=True)]),
        (leave_an_effect, [Written(touches=True)]),
        (set_timers, [Written(first_due_at=NOON)]),
        (look, []),
        (do_all, [Written(sends=True, touches=True, first_due_at=NOON)]),
    ],
)
async def test_commit_wakes_only_whom_it_concerns(
    stopped_pair: Pair, act: Callable[[Work], Awaitable[None]], told: list[Written]
) -> None:
    heard: list[Written] = []
    store = stopped_pair.publisher.store
    store.on_commit.append(heard.append)

    await transact(store, lambda: NOON, act)

    assert heard == told


async def test_work_that_fails_wakes_nobody(stopped_pair: Pair) -> None:
    heard: list[Written] = []
    store = stopped_pair.publisher.store
    store.on_commit.append(heard.append)

    async def fail(work: Work) -> None:
        await do_all(work)
        await work.flush()
        raise LookupError

    with pytest.raises(LookupError):
        await transact(store, lambda: NOON, fail)

    assert heard == []


async def test_an_act_that_lost_a_race_is_decided_again_and_its_repetition_is_not(stopped_pair: Pair) -> None:
    store, request = stopped_pair.publisher.store, Request("staff:1", "say", "k-1", b"body")
    seen: list[int] = []

    async def act(work: Work) -> str:
        loaded = await work.load("said-1", SILENT)
        if not seen:
            await store.append(NewEvents("said-1", 0, [Said(9)], cause()))
        seen.append(loaded.version)
        work.append(loaded, [Said(1)], fold=SILENT, cause=cause())
        work.schedule([Timer("wake", "gate", loaded.version, NOON)])
        return str(loaded.version)

    answers = [await decide_once(store, lambda: NOON, request, ("said-1", SILENT), act) for _ in range(2)]

    assert (answers, seen) == (["1", "1"], [0, 1])
    generations = await stopped_pair.publisher.pool.fetch("SELECT generation FROM timers")
    assert [row["generation"] for row in generations] == [1]


async def test_who_loses_races_waits_longer_each_time_and_outlasts_those_who_were_faster(stopped_pair: Pair) -> None:
    store, loop = stopped_pair.publisher.store, asyncio.get_running_loop()
    began, lost = loop.time(), 0

    async def say_after_others(work: Work) -> str:
        nonlocal lost
        loaded = await work.load("said-1", SILENT)
        if loop.time() < began + 0.15:
            # As thirty acts of another process do, each of which takes no longer than five milliseconds.
            await store.append(NewEvents("said-1", loaded.version, [Said(0)], cause()))
            lost += 1
        work.append(loaded, [Said(1)], fold=SILENT, cause=cause())
        return "{}"

    await decide_once(store, lambda: NOON, Request("me", "say", "1", b"same"), ("said-1", SILENT), say_after_others)

    assert (await store.load("said-1", SILENT)).version == lost + 1
    assert 0 < lost < RACE_TRIES_MAX
