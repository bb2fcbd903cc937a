"""Each panel over a year of a large district answers before Grafana's role is cut off, and counts what is there."""

from pathlib import Path

import asyncpg
import pytest

from services.reporting.app import COMPONENTS, NAME
from services.reporting.projections import SUM_ALL
from shared.testing.databases import NewDatabase
from tests.unit.deploy.grafana_json import expanded, panels

TICKETS = 100_000
DISTRICT = (Path(__file__).parent / "large_district.sql").read_text(encoding="utf-8").replace("$1", str(TICKETS))
STARTS, ENDS = "2025-12-31T16:00:00Z", "2026-12-31T16:00:00Z"
COUNTED = [each for each in panels() if each.sql is not None]

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]


async def test_year_of_a_large_district_is_told_in_time(new_database: NewDatabase) -> None:
    session = await asyncpg.connect(await new_database(**{NAME: COMPONENTS}))
    await session.execute(DISTRICT)
    for text in SUM_ALL:
        await session.execute(text)
    await session.execute("ANALYZE")
    await session.execute("SET statement_timeout = '30s'; SET SESSION AUTHORIZATION yima_grafana")

    told = {}
    for shown in COUNTED:
        assert shown.sql is not None
        # A year is looked at by months.
        told[shown.title] = await session.fetch(expanded(shown.sql, starts=STARTS, ends=ENDS, period="month"))

    [received] = told["受理 · received"]
    [handled] = told["处置率 · handling rate"]
    # One in fifty is never handled.
    assert (received["受理"], handled["分子"]) == (TICKETS, TICKETS * 49 // 50)
    assert sum(row["分子"] for row in told["处置率走势 · handling rate over time"]) == handled["分子"]
    assert sum(row["分子"] for row in told["各单位的处置率 · handling rate by unit"]) == handled["分子"]
    await session.close()
