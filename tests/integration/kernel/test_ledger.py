"""A short random play: whatever happens between a client and an effect, nothing is lost, doubled or out of order."""

import os
import sys

import pytest

from shared.kernel.kafka import Broker
from shared.testing.ledger_play import opened_play

SEEDS = [int(seed) for seed in os.environ.get("YIMA_LEDGER_SEEDS", "47").split(",")]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", SEEDS)
async def test_random_play_loses_nothing_and_doubles_nothing(
    fresh_postgres_dsn: str, kafka_bootstrap: str, topic_prefix: str, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    async with opened_play(seed, fresh_postgres_dsn, Broker(kafka_bootstrap, topic_prefix)) as play:
        await play.play([*play.usual_acts, play.restore_publisher], operations=120)

        account = await play.settle()

    with capsys.disabled():
        sys.stdout.write(f"\n{account}\n")
    assert (account.lost, account.doubled, account.out_of_order) == (0, 0, 0)
