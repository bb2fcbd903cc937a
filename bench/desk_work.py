"""Whole lives of cases, in a process of its own: each client reports, waits for its case, and brings it to its end.

One member of staff accepts and resolves, another verifies, closes, and then searches for the case by its number. That
the case is there the first of them is told as a page of the desk is, by the stream of changes: cases come to routing by
Kafka, and whoever asked again and again would measure the asking.
"""

import asyncio
import gc
import json
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any, cast

import uvloop

from bench.load import Plan as LoadPlan
from bench.load import Requests
from bench.programs import run_program
from bench.results import Latencies
from bench.wire import HEAD_ENDS, Wire, post

CASES = "/api/v1/cases"
ASSIGNED_WITHIN_S = 60.0
WORDS: Mapping[str, str] = {"words": "已到现场处理，车位已划线，路边加了立牌。"}


class LifeFailedError(Exception):
    """An act was refused, or changes are told no more: the measurement is void."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many lives, by how many clients at once, with whose tokens; the desk may be a process of its own."""

    port: int
    desk_port: int | None = None
    place: str
    run: str
    lives: int
    clients: int
    api_key: str = field(repr=False)
    doer: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """What came of it: how long all took, and a single life with the wait for its case."""

    lives: int
    seconds: float
    latencies: Latencies
    parts_ms: Mapping[str, float]

    @property
    def per_second(self) -> float:
        """Lives a second."""
        return self.lives / self.seconds


async def live(plan: Plan) -> Lived:
    """Have them lived, from another process."""
    told = await run_program("bench.desk_work", asdict(plan))
    return Lived(**{**told, "latencies": Latencies(**told["latencies"])})


class _Lives:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._reports = Requests(
            LoadPlan(port=plan.port, path="/api/v1/tickets", place=plan.place, api_key=plan.api_key, run=plan.run)
        )
        self._seconds: list[float] = []
        self._parts: dict[str, float] = {}
        self._there: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def run(self) -> dict[str, Any]:
        plan = self._plan
        pairs = [(await Wire.connect(plan.port), await Wire.connect(self._desk_port)) for _ in range(plan.clients)]
        async with self._listening():
            began, numbers = time.perf_counter(), iter(range(plan.lives))
            await asyncio.gather(*(self._client(*pair, numbers) for pair in pairs))
            seconds = time.perf_counter() - began
        for wire in (wire for pair in pairs for wire in pair):
            wire.close()
        return {
            "lives": len(self._seconds),
            "seconds": seconds,
            "latencies": asdict(Latencies.of(self._seconds)),
            "parts_ms": {name: round(spent / plan.lives * 1000, 2) for name, spent in self._parts.items()},
        }

    @property
    def _desk_port(self) -> int:
        return self._plan.desk_port or self._plan.port

    async def _client(self, door: Wire, desk: Wire, numbers: Iterator[int]) -> None:
        for number in numbers:
            began = time.perf_counter()
            await self._life(door, desk, number)
            self._seconds.append(time.perf_counter() - began)

    async def _life(self, door: Wire, wire: Wire, number: int) -> None:
        plan = self._plan
        ticket = await self._step("open", door, self._reports.of(number), 201)
        case = str(ticket["id"])
        await self._assigned(case)
        await self._act(wire, case, "accept", plan.doer)
        await self._act(wire, case, "resolve", plan.doer, WORDS)
        await self._act(wire, case, "verify-pass", plan.verifier, WORDS)
        await self._act(wire, case, "close", plan.verifier)
        found = await self._step(
            "search", wire, _get(f"{CASES}?show=closed&number={ticket['number']}", plan.verifier), 200
        )
        if [each["id"] for each in found["cases"]] != [case]:
            raise LifeFailedError(f"search found {len(found['cases'])} cases")

    async def _assigned(self, case: str) -> None:
        began = time.perf_counter()
        async with asyncio.timeout(ASSIGNED_WITHIN_S):
            await self._there[case].wait()
        self._spent("assigned", began)

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[None]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._desk_port)
        cookie = f"cookie: yima_desk={self._plan.doer}"
        writer.write(f"GET /desk/live HTTP/1.1\r\nhost: 127.0.0.1\r\n{cookie}".encode() + HEAD_ENDS)
        await reader.readuntil(b"retry")
        listener = asyncio.create_task(self._listen(reader))
        yield
        listener.cancel()
        with suppress(asyncio.CancelledError):
            await listener
        writer.close()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            if line.startswith(b"data: "):
                self._there[json.loads(line[6:])["case"]].set()
        raise LifeFailedError

    async def _act(self, wire: Wire, case: str, name: str, token: str, body: Mapping[str, str] | None = None) -> None:
        headers = {"authorization": f"Bearer {token}", "idempotency-key": f"{case}-{name}", "if-match": "*"}
        await self._step(name, wire, post(f"{CASES}/{case}/{name}", json.dumps(body or {}).encode(), headers), 204)

    async def _step(self, name: str, wire: Wire, request: bytes, wanted: int) -> dict[str, Any]:
        began = time.perf_counter()
        answer = await wire.ask(request)
        if answer.status != wanted:
            raise LifeFailedError(f"{name}: {answer.status} {answer.body[:300]!r}")
        self._spent(name, began)
        return cast("dict[str, Any]", json.loads(answer.body)) if answer.body else {}

    def _spent(self, name: str, began: float) -> None:
        self._parts[name] = self._parts.get(name, 0.0) + time.perf_counter() - began


def _get(path: str, token: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "host: 127.0.0.1", f"authorization: Bearer {token}"]
    return "\r\n".join(lines).encode() + HEAD_ENDS


def main() -> None:
    """Read a plan, do as it says, tell what came of it."""
    plan = Plan(**json.load(sys.stdin))
    gc.disable()
    json.dump(uvloop.run(_Lives(plan).run()), sys.stdout)


if __name__ == "__main__":
    main()
