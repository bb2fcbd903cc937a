"""Every panel of the dashboards runs as Grafana's role, and its number is the one that the interface answers."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import asyncpg
import pytest
from ruamel.yaml import YAML

from deploy.grafana.figure_sql import POINTS_MAX
from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.classes import SORTED_MAX
from services.reporting.domain.definition import Definition, DurationDefinition, RateDefinition
from services.reporting.domain.duration import Duration
from services.reporting.domain.figures import Figures
from services.reporting.domain.first_response import FirstResponse
from services.reporting.domain.grouping import By
from services.reporting.domain.period import Period
from services.reporting.domain.publication import Group
from services.reporting.domain.question import Question
from services.reporting.domain.rate import Rate
from services.reporting.projections import FIGURES as TABLES
from services.reporting.queries import message_counts
from services.reporting.queries.answers import Answer, answer
from shared.contracts.directory import AreaDefined, AreaLevel, PlaceDefined
from shared.contracts.routing import Urgency
from shared.kernel.clock import SystemClock
from shared.kernel.database import Connection
from shared.kernel.rebuild import rebuild
from tests.integration.reporting.conftest import NOW, Town
from tests.integration.reporting.random_stories import eventful_stories
from tests.integration.reporting.stories import DAY, PLACE, Story, name
from tests.integration.reporting.test_figures import APRIL
from tests.integration.reporting.test_moved import MOVED_AT, publish
from tests.integration.reporting.test_projection import ignore
from tests.integration.reporting.test_times import until_timed
from tests.unit.deploy.grafana_json import Shown, expanded, panels

COUNTED = [each for each in panels() if each.sql is not None]
STARTS, ENDS = APRIL.starts.isoformat(), APRIL.ends.isoformat()
GROUPS = {"unit": By.UNIT, "category": By.CATEGORY, "level_area": By.AREA}
LISTED_MAX = 20
MONTH_AFTER = Period(APRIL.day_after, APRIL.day_after + 30 * DAY)
ALL_TIME = Period(date(2026, 1, 1), APRIL.day_after)
PROVISIONED = Path(__file__).parents[3] / "deploy" / "grafana" / "provisioning"
ALERTS = [
    rule for group in YAML(typ="safe").load(PROVISIONED / "alerting" / "yima.yaml")["groups"] for rule in group["rules"]
]
IN_BACKLOG = ("open", "overdue", "escalations")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Grafana's session, and what the interface says of the same."""

    town: Town
    session: Connection
    # More lengths than these are told by classes, by the interface and by panels.
    sorted_max: int = SORTED_MAX

    async def rows(self, shown: Shown, **chosen: str) -> list[asyncpg.Record]:
        """What a panel shows, of April where no other time is chosen."""
        assert shown.sql is not None
        sql = shown.sql.replace(f"> {SORTED_MAX}", f"> {self.sorted_max}")
        return list(await self.session.fetch(expanded(sql, **({"starts": STARTS, "ends": ENDS} | chosen))))

    async def told(self, *, now: datetime = NOW, period: Period = APRIL, **asked: Any) -> Answer:
        """What the interface answers, of April where no other period is meant."""
        directory = await self.town.reporting.directory.current()
        async with self.town.reporting.runtime.pool.acquire() as connection:
            return await answer(
                connection, directory, Question(period=period, sorted_max=self.sorted_max, **asked), now
            )

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
    links = str(shown.links)
    shows = [figure for figure in FIGURES.values() if f"/figures/{figure.id}/tickets" in links]
    return None if shown.title.startswith("其中紧急") or not shows else shows[0]


def told_of(figures: Figures, figure: Definition) -> Rate | Duration | FirstResponse | int:
    told: Rate | Duration | FirstResponse | int = getattr(
        figures.backlog if figure.id in IN_BACKLOG else figures, figure.id
    )
    return told


def as_shown(told: Rate | Duration | FirstResponse | int, figure: Definition) -> Mapping[str, object]:
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
        case FirstResponse():
            return {"中位": told.median_minutes, "p90": told.p90_minutes, "件数": told.count}
        case _:
            return {figure.name.zh: told}


def has_rows(told: Rate | Duration | FirstResponse | int) -> bool:
    match told:
        case Rate():
            return told.denominator > 0
        case Duration() | FirstResponse():
            return told.count > 0
        case _:
            return told > 0


def named(words: str) -> Shown:
    """The panel whose title begins so."""
    [found] = [each for each in COUNTED if each.title.startswith(words)]
    return found


async def numbers_are_told(viewer: Viewer, shown: Shown, figure: Definition, **chosen: Any) -> None:
    expected = as_shown(told_of((await viewer.told(**chosen)).total, figure), figure)

    [row] = await viewer.rows(shown, **chosen)

    assert {name: row[name] for name in expected} == expected, (shown.id, chosen)
    assert chosen or figure.id != "first_response" or row["件数"] > 0
    await tickets_are_as_many(viewer, shown, figure, row)


async def days_are_told(viewer: Viewer, shown: Shown, figure: Definition) -> None:
    groups = (await viewer.told(by=By.DAY)).groups
    expected = [as_shown(told_of(group.figures, figure), figure) for group in groups]

    rows = await viewer.rows(shown, period="day")

    assert [{name: row[name] for name in expected[0]} for row in rows] == expected, shown.id
    assert [row["time"] for row in rows] == [day.starts for day in APRIL.days(NOW)]


def column_of(shown: Shown) -> str | None:
    """What the rows of a panel are told apart by."""
    return next((name for name in GROUPS if f"GROUP BY behind.{name}" in (shown.sql or "")), None)


def expected_groups(groups: Sequence[Group], figure: Definition) -> Mapping[str, Mapping[str, object]]:
    """The interface's groups of which something counts, by what a panel calls them."""
    expected: dict[str, Mapping[str, object]] = {}
    for group in groups:
        told = told_of(group.figures, figure)
        if has_rows(told):
            interval = told.interval if isinstance(told, Rate) else None
            bounds = {"区间下限": interval.low, "区间上限": interval.high} if interval else {}
            expected[group.name.zh if group.name else group.key or "未定"] = {**as_shown(told, figure), **bounds}
    return expected


async def groups_are_told(viewer: Viewer, shown: Shown, figure: Definition) -> int:
    column = column_of(shown)
    assert column is not None
    expected = expected_groups((await viewer.told(by=GROUPS[column])).groups, figure)

    rows = await viewer.rows(shown)

    found = {row["名称"]: {name: row[name] for name in expected[row["名称"]]} for row in rows}
    assert found == expected, shown.id
    for row in rows:
        assert (row["asked"] is not None) is bool(row["工单"]) is (row["名称"] != "未定"), shown.id
        if row["asked"] is not None:
            await tickets_are_as_many(viewer, shown, figure, row)
    return len(rows)


async def tickets_are_as_many(viewer: Viewer, shown: Shown, figure: Definition, row: asyncpg.Record) -> None:
    """Each link of a row leads to as many tickets as the row says."""
    counted = {"numerator": row["件数" if "件数" in row else figure.name.zh]}
    if isinstance(figure, RateDefinition):
        counted = {"numerator": row["分子"], "denominator": row["分母"]}
    for side, count in counted.items():
        assert await viewer.behind(figure.id, side, row["asked"]) == count, (shown.id, side)


async def odd_ones_are_told(viewer: Viewer) -> None:
    """What is no figure as it is defined: of an urgency, of the days to come, or a list."""
    [urgent] = await viewer.rows(named("其中紧急"))
    assert urgent["期末未结"] == (await viewer.told(urgency=Urgency.URGENT)).total.backlog.open
    for board in {each.board for each in COUNTED}:
        [fresh] = [each for each in COUNTED if each.board == board and each.title.startswith("数据截至")]
        newest = (await viewer.told()).newest_event_at
        assert newest is not None
        assert [float(row["数据截至"]) for row in await viewer.rows(fresh)] == [newest.timestamp() * 1000]
    overdue = {row["ticket"] for row in await viewer.rows(named("哪些件超期"))}
    assert len(overdue) == min(LISTED_MAX, (await viewer.told()).total.backlog.overdue)
    repeats = await viewer.rows(named("哪些地点反复"))
    assert sum(row["重复件数"] for row in repeats) == (await viewer.told()).total.repeat_reports.numerator
    ends = await viewer.rows(named("这段时间的短信"))
    async with viewer.town.reporting.runtime.pool.acquire() as connection:
        assert sum(row["条数"] for row in ends) == sum((await message_counts(connection, APRIL)).values())


async def whistles_are_listed_as_many_as_are_told(viewer: Viewer) -> None:
    [out] = await viewer.rows(named("吹了哨还没到的有几个"))
    rows = await viewer.rows(named("吹了哨还没到的是哪些"))
    due = {
        (str(row["ticket"]), row["at"])
        for row in await viewer.session.fetch(
            "SELECT * FROM reporting_figures.behind($1, $2) WHERE parts = '{called_in}'",
            MONTH_AFTER.starts,
            MONTH_AFTER.ends,
        )
    }

    assert {(row["ticket"], row["应到"]) for row in rows} == due
    assert out["还没到"] == len(rows) > 0
    assert [row["应到"] for row in rows] == sorted(row["应到"] for row in rows)


async def nobody_has_accepted_what_is_listed(viewer: Viewer) -> None:
    opened, accepted = ALL_TIME.starts, APRIL.ends
    rows = await viewer.rows(named("哪些件最久没人接"))
    behind = {
        part: {
            str(row["ticket"])
            for row in await viewer.session.fetch(
                "SELECT ticket FROM reporting_figures.behind($1, $2) WHERE $3 = ANY (parts)", opened, accepted, part
            )
        }
        for part in ("open", "stage_accept")
    }

    waiting = behind["open"] - behind["stage_accept"]

    assert {row["ticket"] for row in rows} <= waiting
    assert len(rows) == min(LISTED_MAX, len(waiting)) > 0
    assert [row["上报时间"] for row in rows] == sorted(row["上报时间"] for row in rows)


async def places_without_a_report_are_listed(viewer: Viewer) -> None:
    reported = {
        row["place"] for row in await viewer.session.fetch("SELECT DISTINCT place FROM reporting_figures.cases")
    }
    directory = await viewer.town.reporting.directory.current()

    silent = {row["code"] for row in await viewer.rows(named("哪些码从没"))}

    assert silent == directory.places.keys() - reported


async def test_every_panels_number_is_the_interfaces_own_also_after_a_rebuild(town: Town) -> None:
    await town.tell(*eventful_stories(5, 40))
    await until_timed(town)

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
        await odd_ones_are_told(viewer)
        assert "未定" in {row["名称"] for row in await viewer.rows(named("各类别的处置率"))}
        await nobody_has_accepted_what_is_listed(viewer)
        await whistles_are_listed_as_many_as_are_told(viewer)
        await places_without_a_report_are_listed(viewer)
        for rule in ALERTS:
            assert await viewer.session.fetch(expanded(rule["data"][0]["model"]["rawSql"], starts=STARTS, ends=ENDS))
        before = [await viewer.rows(shown) for shown in COUNTED]
        async with town.reporting.runtime.pool.acquire() as connection:
            await rebuild(connection, TABLES, clock=SystemClock(), report=ignore)
        assert [await viewer.rows(shown) for shown in COUNTED] == before
        async with town.reporting.runtime.pool.acquire() as connection:
            # As right after an upgrade: what was told from sums is counted from the facts.
            await connection.execute("DELETE FROM reporting_figures.summed")
        assert [await viewer.rows(shown) for shown in COUNTED] == before
    assert groups > 2 * len(GROUPS)


async def test_lines_of_too_many_steps_keep_the_newest_and_the_dashboard_says_how_many_they_are(town: Town) -> None:
    await town.tell(Story().handled())
    two_years = Period(APRIL.day_after.replace(year=2024), APRIL.day_after)
    said = next(each for each in COUNTED if each.title.startswith("走势画了几段"))

    async with viewer_of(town) as viewer:
        by_day = await viewer.rows(named("处置率走势"), starts=two_years.starts.isoformat(), period="day")
        [days] = await viewer.rows(said, starts=two_years.starts.isoformat(), period="day")
        by_week = await viewer.rows(named("处置率走势"), starts=two_years.starts.isoformat(), period="week")
        [weeks] = await viewer.rows(said, starts=two_years.starts.isoformat(), period="week")

    assert [row["time"] for row in by_day] == [day.starts for day in two_years.days(NOW)][-POINTS_MAX:]
    assert sum(row["分子"] for row in by_day) == sum(row["分子"] for row in by_week) == 1
    assert (days["画出"], days["共有"]) == (POINTS_MAX, 730)
    assert weeks["画出"] == weeks["共有"] == len(by_week)


async def test_panels_of_times_tell_by_classes_what_the_interface_tells_by_them(town: Town) -> None:
    await town.tell(*eventful_stories(7, 40))
    await until_timed(town)

    shown_as: set[str] = set()
    async with viewer_of(town) as viewer:
        viewer = replace(viewer, sorted_max=0)
        assert (await viewer.told()).total.stage_resolve.within_percent > 0
        for shown in COUNTED:
            figure = figure_of(shown)
            if not isinstance(figure, DurationDefinition) and (figure is None or figure.id != "first_response"):
                continue
            shown_as.add(shown.panel["type"])
            if shown.panel["type"] == "stat":
                await numbers_are_told(viewer, shown, figure)
                await numbers_are_told(viewer, shown, figure, category="order")
            elif shown.panel["type"] == "timeseries":
                await days_are_told(viewer, shown, figure)
            else:
                await groups_are_told(viewer, shown, figure)
    assert "stat" in shown_as


async def test_panels_by_area_count_a_place_where_the_directory_has_put_it(town: Town) -> None:
    await town.tell(Story().handled(), Story())
    path = ("district", "town", "grid", "community-2")
    community = AreaDefined(
        at=MOVED_AT, id=path[-1], edition=2, name=name("二居"), level=AreaLevel.COMMUNITY, parent=path[-2], path=path
    )
    await publish(
        town, community, PlaceDefined(at=MOVED_AT, id=PLACE, edition=2, name=name("东门"), area=path[-1], path=path)
    )

    async with viewer_of(town) as viewer:
        [handling, *_] = [each for each in COUNTED if each.title.startswith("各区域的处置率")]
        figure = figure_of(handling)
        assert figure is not None
        assert await groups_are_told(viewer, handling, figure) == 1
        assert [row["名称"] for row in await viewer.rows(handling)] == ["二居"]
        [total, *_] = [each for each in COUNTED if each.title.startswith("处置率 ·")]
        await numbers_are_told(viewer, total, figure, area="community")
        await numbers_are_told(viewer, total, figure, area=path[-1])
