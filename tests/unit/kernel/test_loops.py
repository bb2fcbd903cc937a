"""A loop that fails is seen; one that stops for somebody to act says what to do; none is silently gone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from shared.kernel.loops import Loops, Role, StopLoopError, Wake, beat
from shared.testing.waiting import eventually


class AnOperatorIsNeededError(StopLoopError):
    """Do this, then start again."""


@pytest_asyncio.fixture
async def loops() -> AsyncIterator[Loops]:
    given = Loops()
    yield given
    await given.stop()


async def shows(loops: Loops, troubles: dict[str, str]) -> None:
    async def shown() -> bool:
        return loops.troubles() == troubles

    await eventually(shown)


async def forever() -> None:
    await asyncio.Event().wait()


async def test_loop_that_works_has_no_trouble(loops: Loops) -> None:
    loops.add("timers", forever)

    loops.start()

    assert loops.troubles() == {}


async def test_loop_that_has_not_got_to_its_work_is_starting(loops: Loops) -> None:
    joined = asyncio.Event()
    loops.add("consumer", forever, works=joined.is_set)

    loops.start()
    assert loops.troubles() == {"consumer": "starting"}
    joined.set()

    assert loops.troubles() == {}


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (ConnectionRefusedError(), "ConnectionRefusedError"),
        (ExceptionGroup("", [ExceptionGroup("", [OSError("disk")])]), "OSError"),
        (asyncio.CancelledError(), "CancelledError"),
    ],
)
async def test_loop_that_fails_says_so_and_is_tried_again(loops: Loops, error: BaseException, named: str) -> None:
    tries: list[int] = []

    async def fail() -> None:
        tries.append(1)
        raise error

    loops.add("relay", fail)
    loops.start()

    await shows(loops, {"relay": named})

    async def tried_again() -> bool:
        return len(tries) > 2

    await eventually(tried_again)


async def test_a_failure_is_logged_with_the_service_whose_loop_it_is(loops: Loops) -> None:
    async def fail() -> None:
        raise ValueError

    loops.service = "notify"
    loops.add("relay", fail)
    with capture_logs(processors=[merge_contextvars]) as lines:
        loops.start()
        await shows(loops, {"relay": "ValueError"})

    assert [(line["event"], line["service"], line["loop"]) for line in lines][:1] == [
        ("loop_failed", "notify", "relay")
    ]


@pytest.mark.parametrize("grouped", [False, True])
async def test_loop_that_needs_an_operator_stops_with_what_to_do_until_it_is_started_again(
    loops: Loops, *, grouped: bool
) -> None:
    tries: list[int] = []
    error = AnOperatorIsNeededError("Do this, then start again.")

    async def stop() -> None:
        tries.append(1)
        raise ExceptionGroup("", [OSError(), error]) if grouped else error

    loops.add("consumer", stop)
    loops.start()

    await shows(loops, {"consumer": "Do this, then start again."})
    await loops.stop()
    assert tries == [1]
    loops.start()

    async def tried_again() -> bool:
        return tries == [1, 1]

    await eventually(tried_again)


async def test_loop_whose_failure_meets_the_stop_does_not_begin_anew(loops: Loops) -> None:
    tries: list[int] = []
    runs = asyncio.Event()

    async def fail_when_stopped() -> None:
        tries.append(1)
        runs.set()
        try:
            await forever()
        except asyncio.CancelledError:
            raise ConnectionRefusedError from None

    loops.add("meets the stop", fail_when_stopped)
    loops.start()
    await runs.wait()
    (task,) = (each for each in asyncio.all_tasks() if each.get_name() == "meets the stop")

    await loops.stop()

    assert task.done()
    assert tries == [1]


async def test_trouble_stays_until_the_loop_has_worked_again(loops: Loops) -> None:
    works = asyncio.Event()
    failed = asyncio.Event()

    async def fail_once() -> None:
        if not failed.is_set():
            failed.set()
            raise ConnectionRefusedError
        await forever()

    loops.add("relay", fail_once, works=works.is_set)
    loops.start()

    await shows(loops, {"relay": "ConnectionRefusedError"})
    works.set()
    await shows(loops, {})


async def test_bell_that_rang_before_anybody_waited_is_heard() -> None:
    bell = Wake()

    bell.ring()

    async with asyncio.timeout(1):
        await bell.wait(60)


async def test_bell_is_heard_once() -> None:
    bell = Wake()
    bell.ring()
    await bell.wait(60)
    began = asyncio.get_running_loop().time()

    await bell.wait(0.05)

    assert asyncio.get_running_loop().time() - began >= 0.04


async def test_process_runs_the_loops_of_its_roles_and_answers_for_no_other(loops: Loops) -> None:
    ran: list[str] = []

    def running(name: str) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            ran.append(name)
            await forever()

        return run

    for name, role in (("live", Role.WEB), ("consumer", Role.CONSUMERS), ("relay", Role.RELAY)):
        loops.add(name, running(name), works=lambda: False, role=role)
    loops.roles = {Role.WEB, Role.RELAY}

    loops.start()
    await asyncio.sleep(0)

    assert ran == ["live", "relay"]
    assert loops.troubles() == {"live": "starting", "relay": "starting"}


async def test_loop_that_hangs_is_stalled_and_one_that_fails_or_tells_of_no_round_is_not(
    loops: Loops,
) -> None:
    async def hang() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(one_round())

    async def one_round() -> None:
        beat()
        await forever()

    async def fail() -> None:
        beat()
        raise ConnectionRefusedError

    loops.add("consumer", hang)
    loops.add("relay", fail)
    loops.add("tidy", forever)

    loops.start()

    async def hung() -> bool:
        return list(loops.stalled(within_s=0)) == ["consumer"] and loops.troubles() == {
            "relay": "ConnectionRefusedError"
        }

    await eventually(hung)
    assert loops.stalled() == []
