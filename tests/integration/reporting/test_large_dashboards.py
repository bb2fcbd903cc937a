"""Each panel over a year of a large district answers before Grafana's role is cut off, and as the interface does."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import asyncpg
import pytest

from services.reporting.app import COMPONENTS, NAME
from services.reporting.domain.grouping import By
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from services.reporting.projections import SUM_ALL, TIME_ALL
from services.reporting.queries import SQL
from services.reporting.queries.answers import Answer, answer
from shared.directory import Directory
from shared.kernel.database import Connection
from shared.testing.databases import NewDatabase
from tests.integration.reporting.test_dashboards import GROUPS, as_shown, column_of, expected_groups, figure_of, told_of
from tests.unit.deploy.grafana_json import Shown, expanded, panels

TICKETS = 100_000
DISTRICT = (Path(__file__).parent / "large_district.sql").read_text(encoding="utf-8").replace("$1", str(TICKETS))
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
STARTS, ENDS = YEAR.starts.isoformat(), YEAR.ends.isoformat()
COUNTED = [each for each in panels() if each.sql is not None]

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]


async def test_year_of_a_large_district_is_told_in_time_and_as_the_interface_tells_it(
    new_database: NewDatabase,
) -> None:
    dsn = await new_database(**{NAME: COMPONENTS})
    session = await asyncpg.connect(dsn, server_settings={"search_path": NAME})
    await session.execute(DISTRICT)
    for text in (*SUM_ALL, *TIME_ALL):
        await session.execute(text)
    await session.execute(SQL["calendars_seen"], await session.fetchval(SQL["changes_to_see"]))
    await session.execute("ANALYZE")
    answers = await told_by_the_interface(session)
    await session.execute("SET statement_timeout = '30s'; SET SESSION AUTHORIZATION yima_grafana")

    compared = 0
    for shown in COUNTED:
        assert shown.sql is not None
        # A year is looked at by months.
        rows = await session.fetch(expanded(shown.sql, starts=STARTS, ends=ENDS, period="month"))
        compared += is_told(shown, rows, answers)

    # What stands on no board of this year is no comparison; most is, and nothing is told of an empty district.
    assert compared > len(COUNTED) // 2
    assert answers[None].total.received == TICKETS
    # One in fifty is never handled.
    assert answers[None].total.handling_rate.numerator == TICKETS * 49 // 50
    assert answers[None].total.stage_resolve.within_percent > 0
    await session.close()


async def told_by_the_interface(connection: Connection) -> Mapping[By | None, Answer]:
    """Its answers of the year: of the whole, by each kind of group, and by month."""
    questions = [Question(period=YEAR, by=by) for by in (None, *GROUPS.values(), By.MONTH)]
    return {each.by: await answer(connection, Directory(), each, YEAR.ends) for each in questions}


def is_told(shown: Shown, rows: list[asyncpg.Record], answers: Mapping[By | None, Answer]) -> bool:
    """Whether a panel shows a figure as it is defined; each of its numbers is then the interface's."""
    figure, column = figure_of(shown), column_of(shown)
    if figure is None:
        return False
    if column is not None:
        expected = expected_groups(answers[GROUPS[column]].groups, figure)
        assert {row["名称"]: {name: row[name] for name in expected[row["名称"]]} for row in rows} == expected, shown.id
        return bool(expected)
    of_each = [group.figures for group in answers[By.MONTH].groups]
    told = of_each if shown.panel["type"] == "timeseries" else [answers[None].total]
    numbers = [as_shown(told_of(each, figure), figure) for each in told]
    assert [{name: row[name] for name in numbers[0]} for row in rows] == numbers, shown.id
    return True
