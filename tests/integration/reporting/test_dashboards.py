"""Every panel of the dashboards runs as Grafana's role, and its number is the one that the interface answers."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import asyncpg
import pytest

from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.definition import Definition, DurationDefinition, RateDefinition
from services.reporting.domain.duration import Duration
from services.reporting.domain.figures import Figures
from services.reporting.domain.grouping import By
from services.reporting.domain.rate import Rate
from services.reporting.queries import Question, answer
from shared.kernel.database import Connection
from tests.integration.reporting.conftest import NOW, Town
from tests.integration.reporting.random_stories import eventful_stories
from tests.integration.reporting.test_figures import APRIL
from tests.unit.deploy.grafana_json import Shown, expanded, panels

COUNTED = [each for each in panels() if each.sql is not None]
STARTS, ENDS = APRIL.starts.isoformat(), APRIL.ends.isoformat()
GROUPS = {"unit": By.UNIT, "category": By.CATEGORY, "level_area": By.AREA}
IN_BACKLOG = ("open", "overdue", "escalations")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Grafana's session, and what the interface says of the same."""

    town: Town
    session: Connection

    async def rows(self, shown: Shown, **chosen: str) -> list[asyncpg.Record]:
        """What a panel shows of April."""
        assert shown.sql is not None
        return list(await self.session.fetch(expanded(shown.sql, starts=STARTS, ends=ENDS, **chosen)))

    async def told(self, **asked: Any) -> Any:
        """What the interface answers of April."""
        directory = await self.town.reporting.directory.current()
        async with self.town.reporting.runtime.pool.acquire() as connection:
            return await answer(connection, directory, Question(period=APRIL, **asked), NOW)

    async def behind(self, figure: str, side: str, asked: str) -> int:
        """How many there are where a panel's link leads."""
        response = await self.town.ask_behind(figure, of=side, **dict(parse_qsl(asked)))
        assert response.status_code == 200, response.text
        return int(response.json()["total"])


@asynccontextmanager
async def viewer_of(town: Town) -> AsyncIterator[Viewer]:
    session = await asyncpg.connect(town.reporting.runtime.ground.database_url)
    await session.execute("SET SESSION AUTHORIZATION yima_grafana")
    yield Viewer(town, session)
    await session.close()


def figure_of(shown: Shown) -> Definition | None:
    """The figure that a panel shows as it is defined, neither of some urgency nor of another time."""
    links = str(shown.panel["fieldConfig"]["defaults"].get("links"))
    shows = [figure for figure in FIGURES.values() if f"/figures/{figure.id}/tickets" in links]
    odd = shown.title.startswith(("其中紧急", "吹了哨", "哪些", "这段时间"))
    return None if odd or not shows else shows[0]


def told_of(figures: Figures, figure: Definition) -> Rate | Duration | int:
    told: Rate | Duration | int = getattr(figures.backlog if figure.id in IN_BACKLOG else figures, figure.id)
    return told


def as_shown(told: Rate | Duration | int, figure: Definition) -> Mapping[str, object]:
    """The interface's answer by the names of a panel's columns."""
    match told:
        case Rate():
            per_cent = None if told.per_cent is None else float(told.per_cent)
            return {figure.name.zh: per_cent, "分子": told.numerator, "分母": told.denominator}
        case Duration():
            two = pytest.approx
            median, p90 = told.median_minutes, told.p90_minutes
            return {
                "中位": None if median is None else two(median, abs=0.006),
                "p90": None if p90 is None else two(p90, abs=0.006),
                "件数": told.count,
            }
        case _:
            return {figure.name.zh: told}


def has_rows(told: Rate | Duration | int) -> bool:
    match told:
        case Rate():
            return told.denominator > 0
        case Duration():
            return told.count > 0
        case _:
            return told > 0


async def numbers_are_told(viewer: Viewer, shown: Shown, figure: Definition, **chosen: str) -> None:
    expected = as_shown(told_of((await viewer.told(**chosen)).total, figure), figure)

    [row] = await viewer.rows(shown, **chosen)

    assert {name: row[name] for name in expected} == expected, (shown.id, chosen)
    counted = row["分子"] if isinstance(figure, RateDefinition) else row["件数" if "件数" in row else figure.name.zh]
    if figure.id != "first_response" and not isinstance(figure, DurationDefinition):
        assert await viewer.behind(figure.id, "numerator", row["asked"]) == counted, (shown.id, chosen)


async def days_are_told(viewer: Viewer, shown: Shown, figure: Definition) -> None:
    groups = (await viewer.told(by=By.DAY)).groups
    expected = [as_shown(told_of(group.figures, figure), figure) for group in groups]

    rows = await viewer.rows(shown, period="day")

    assert [{name: row[name] for name in expected[0]} for row in rows] == expected, shown.id
    assert [row["time"] for row in rows] == [day.starts for day in APRIL.days(NOW)]


async def groups_are_told(viewer: Viewer, shown: Shown, figure: Definition) -> int:
    assert shown.sql is not None
    [column] = [name for name in GROUPS if f"GROUP BY behind.{name}" in shown.sql]
    groups = (await viewer.told(by=GROUPS[column])).groups
    expected = {}
    for group in groups:
        told = told_of(group.figures, figure)
        if has_rows(told):
            interval = told.interval if isinstance(told, Rate) else None
            bounds = {"区间下限": interval.low, "区间上限": interval.high} if interval else {}
            expected[group.name.zh if group.name else group.key or "未定"] = {**as_shown(told, figure), **bounds}

    rows = await viewer.rows(shown)

    found = {row["名称"]: {name: row[name] for name in expected[row["名称"]]} for row in rows}
    assert found == expected, shown.id
    for row in rows:
        if "分子" in row and row["名称"] != "未定":
            assert await viewer.behind(figure.id, "numerator", row["asked"]) == row["分子"], shown.id
    return len(rows)


async def test_every_panels_number_is_the_interfaces_own(town: Town) -> None:
    await town.tell(*eventful_stories(5, 40))

    groups = 0
    async with viewer_of(town) as viewer:
        for shown in COUNTED:
            figure = figure_of(shown)
            if figure is None:
                await viewer.rows(shown)
            elif shown.panel["type"] == "stat":
                await numbers_are_told(viewer, shown, figure)
                await numbers_are_told(viewer, shown, figure, area="grid")
                await numbers_are_told(viewer, shown, figure, category="order", unit="committee")
            elif shown.panel["type"] == "timeseries":
                await days_are_told(viewer, shown, figure)
            else:
                groups += await groups_are_told(viewer, shown, figure)
    assert groups > 2 * len(GROUPS)
