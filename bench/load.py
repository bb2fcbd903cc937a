"""Load in a process of its own: residents' reports over 32 kept connections, as fast as answered or on a schedule.

On a schedule a request's time counts from when it was due, not from when a connection was free for it: else a server
that stalls would slow its own measurement down.
"""

import asyncio
import gc
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import count, takewhile
from typing import Any

import uvloop

from bench.programs import run_program
from bench.results import Latencies
from bench.wire import Answer, Wire, post

CONNECTIONS = 32
# The sample phones that no operator can assign; a report's number in the run decides which.
SAMPLE_PHONES = 10_000
TEXT = "东门外的车位经常被路边停的车堵住，早上出不来，昨天又等了四十分钟，请帮忙看看能不能划线或者立个牌子。第"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is sent, where and how fast. Ends after so many seconds, or after so many reports, whichever is given."""

    port: int
    path: str
    place: str
    api_key: str = field(default="", repr=False)
    run: str = "run"
    seconds: float | None = None
    reports: int | None = None
    per_second: float | None = None
    connections: int = CONNECTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it. `due` is, by ticket, when its report was due, in seconds of the system's clock."""

    sent: int
    accepted: int
    by_status: Mapping[str, int]
    began_at: float
    seconds: float
    latencies: Latencies
    due: Mapping[str, float]

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.accepted / self.seconds


async def fire(plan: Plan) -> Outcome:
    """Put this load on a server, from another process."""
    told = await run_program("bench.load", asdict(plan))
    return Outcome(**{**told, "latencies": Latencies(**told["latencies"])})


@dataclass(slots=True)
class _Tally:
    by_status: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    due: dict[str, float] = field(default_factory=dict)


class _Load:
    """The load while it runs."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._requests = Requests(plan)
        self._tally = _Tally()
        self._began = 0.0
        self._began_at = 0.0

    async def run(self) -> dict[str, Any]:
        wires = [await Wire.connect(self._plan.port) for _ in range(self._plan.connections)]
        self._began, self._began_at = time.perf_counter(), time.time()
        numbers = self._numbers()
        await asyncio.gather(*(self._resident(wire, numbers) for wire in wires))
        seconds = time.perf_counter() - self._began
        for wire in wires:
            wire.close()
        return self._told(seconds)

    def _numbers(self) -> Iterator[int]:
        """Every report's number, once; all connections take from it."""
        plan = self._plan
        numbers: Iterator[int] = iter(range(plan.reports)) if plan.reports is not None else count()
        if plan.seconds is None:
            return numbers
        if plan.per_second is not None:
            return iter(range(round(plan.seconds * plan.per_second)))
        ends = self._began + plan.seconds
        return takewhile(lambda _: time.perf_counter() < ends, numbers)

    async def _resident(self, wire: Wire, numbers: Iterator[int]) -> None:
        for number in numbers:
            request = self._requests.of(number)
            due = await self._until_due(number)
            try:
                answer = await wire.ask(request)
            except OSError:
                self._tally.by_status["lost"] += 1
                return
            self._tally.seconds.append(time.perf_counter() - due)
            self._tally.by_status[str(answer.status)] += 1
            if self._plan.per_second is not None and answer.status == 201:
                self._remember(answer, due)

    def _remember(self, answer: Answer, due: float) -> None:
        """The server that does nothing names no ticket."""
        ticket = json.loads(answer.body).get("id")
        if ticket is not None:
            self._tally.due[ticket] = self._began_at + due - self._began

    async def _until_due(self, number: int) -> float:
        now = time.perf_counter()
        if self._plan.per_second is None:
            return now
        due = self._began + number / self._plan.per_second
        if due > now:
            await asyncio.sleep(due - now)
        return due

    def _told(self, seconds: float) -> dict[str, Any]:
        tally = self._tally
        return {
            "sent": sum(tally.by_status.values()),
            "accepted": tally.by_status["201"],
            "by_status": dict(tally.by_status),
            "began_at": self._began_at,
            "seconds": seconds,
            "latencies": asdict(Latencies.of(tally.seconds)),
            "due": tally.due,
        }


class Requests:
    """Reports that differ in number, phone and idempotency key, and are all of one length."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._authorization = {"authorization": f"Bearer {plan.api_key}"} if plan.api_key else {}

    def of(self, number: int) -> bytes:
        """The report of this number."""
        body = json.dumps(
            {
                "place": self._plan.place,
                "text": f"{TEXT}{number:07}次。",
                "category": "public-order",
                "phone": f"1000000{number % SAMPLE_PHONES:04}",
            },
            ensure_ascii=False,
        )
        key = f"{self._plan.run}-{number:07}"
        return post(self._plan.path, body.encode(), {"idempotency-key": key, **self._authorization})


def main() -> None:
    """Read a plan, do as it says, tell what came of it."""
    plan = Plan(**json.load(sys.stdin))
    gc.disable()
    json.dump(uvloop.run(_Load(plan).run()), sys.stdout)


if __name__ == "__main__":
    main()
