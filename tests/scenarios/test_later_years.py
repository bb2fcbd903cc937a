"""The pilot is of 2026, and whoever finds it later can still play with it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from services import composed
from shared.embedded.platform import Platform
from shared.embedded.progress import silent
from shared.kernel.clock import SetClock


async def test_the_pilot_starts_in_a_year_whose_holidays_it_does_not_know(
    fresh_postgres_dsn: str, kafka_bootstrap: str, topic_prefix: str, tmp_path: Path
) -> None:
    platform = Platform(
        database_url=fresh_postgres_dsn,
        kafka_bootstrap=kafka_bootstrap,
        port=0,
        data_dir=tmp_path,
        kafka_partitions=1,
        topic_prefix=topic_prefix,
        clock=SetClock(datetime(2028, 1, 3, 4, tzinfo=UTC)),
    )

    prepared = await composed.prepare(platform, silent)

    assert prepared.place_code
    assert len(prepared.accounts) == 21
    assert (await composed.prepare(replace(platform), silent)).accounts == []
