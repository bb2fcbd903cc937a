"""A long random play with servers that fail: whatever happens, nothing is lost, doubled or out of order.

`YIMA_LEDGER_SEEDS=1,2,3` plays other seeds; the last line of each tells seed, operations, faults, lost and doubled.
"""

import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.kernel.kafka import Broker
from shared.testing.ledger_play import Play, opened_play
from shared.testing.servers import OwnServers, OwnServersFactory

SEEDS = [int(seed) for seed in os.environ.get("YIMA_LEDGER_SEEDS", "311,2026,47").split(",")]

pytestmark = [pytest.mark.faults, pytest.mark.long, pytest.mark.timeout(1500)]


@dataclass(frozen=True, slots=True)
class Storm:
    """What befalls the servers of a play, while clients and services go on."""

    play: Play
    servers: OwnServers
    copies: Path

    @property
    def acts(self) -> list[Callable[[], Awaitable[None]]]:
        return [
            self.kafka_restarts,
            self.kafka_is_killed,
            self.kafka_hangs,
            self.kafka_loses_its_tail,
            self.postgres_restarts,
            self.postgres_is_killed,
        ]

    async def goes_on(self, operations: int) -> None:
        """Meanwhile, what needs no server that is away to come first."""
        await self.play.play([self.play.say, self.play.resend, self.play.end_slowly], operations=operations)

    async def kafka_restarts(self) -> None:
        self.play.faults += 1
        await self.servers.kafka.stop()
        await self.goes_on(5)
        await self.servers.kafka.start()

    async def kafka_is_killed(self) -> None:
        self.play.faults += 1
        await self.servers.kafka.kill()
        await self.goes_on(5)
        await self.servers.kafka.start()

    async def kafka_hangs(self) -> None:
        self.play.faults += 1
        self.servers.kafka.pause()
        await self.goes_on(5)
        self.servers.kafka.resume()

    async def kafka_loses_its_tail(self) -> None:
        self.play.faults += 2
        copy = self.copies / str(self.play.operations)
        await self.servers.kafka.stop()
        await self.servers.kafka.save_copy(copy)
        await self.servers.kafka.start()
        await self.play.play(self.play.usual_acts, operations=15)
        await self.servers.kafka.kill()
        await self.servers.kafka.return_to(copy)
        await self.goes_on(3)
        await self.servers.kafka.start()

    async def postgres_restarts(self) -> None:
        self.play.faults += 1
        await self.servers.postgres.stop()
        await self.servers.postgres.start()

    async def postgres_is_killed(self) -> None:
        self.play.faults += 1
        await self.servers.postgres.kill()
        await self.servers.postgres.start()


@pytest.mark.parametrize("seed", SEEDS)
async def test_long_play_with_failing_servers_loses_nothing_and_doubles_nothing(
    own_servers: OwnServersFactory, tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    servers = await own_servers()
    async with opened_play(seed, servers.postgres.dsn, Broker(servers.kafka.bootstrap)) as play:
        storm = Storm(play, servers, tmp_path)
        for act in play.random.sample(storm.acts * 2, len(storm.acts) * 2):
            await play.play([*play.usual_acts, play.restore_publisher], operations=20)
            await act()

        account = await play.settle()

    with capsys.disabled():
        sys.stdout.write(f"\n{account}\n")
    assert (account.lost, account.doubled, account.out_of_order) == (0, 0, 0)
