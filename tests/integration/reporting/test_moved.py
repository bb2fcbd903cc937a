"""Units renamed, merged or split, an estate moved to another grid: by the tree of that day, or by today's."""

from datetime import datetime, timedelta

from services.reporting.queries import SQL
from shared.contracts.directory import AreaDefined, AreaLevel, DirectoryRecord, PlaceDefined, UnitDefined
from tests.integration.reporting.conftest import Town
from tests.integration.reporting.stories import AREA, OPENED_AT, PLACE, UNIT, Story, name

APRIL = {"from": "2026-04-01", "to": "2026-05-01"}
MAY = {"from": "2026-05-01", "to": "2026-06-01"}
MOVED_AT = datetime.fromisoformat("2026-05-04T00:00:00+08:00")


async def publish(town: Town, *records: DirectoryRecord) -> None:
    """The district is published anew."""
    for record in records:
        await town.routing.publish(record.stream, record)

    async def known() -> bool:
        known = await town.reporting.runtime.pool.fetchval(
            "SELECT count(*) FROM directory_history WHERE since >= $1", min(record.at for record in records)
        )
        return bool(known == len(records))

    await town.until(known)
    town.reporting.directory.look_again()


def moved() -> list[DirectoryRecord]:
    """The estate lies in another grid, and its community too."""
    path = ("district", "town", "grid-2", "community", AREA)
    return [
        AreaDefined(
            at=MOVED_AT,
            id=area,
            edition=2,
            name=name(area),
            level=level,
            parent=path[number - 1],
            path=path[: number + 1],
        )
        for number, (area, level) in enumerate(
            zip(
                path,
                (AreaLevel.DISTRICT, AreaLevel.TOWN, AreaLevel.GRID, AreaLevel.COMMUNITY, AreaLevel.ESTATE),
                strict=True,
            )
        )
        if number >= 2
    ] + [PlaceDefined(at=MOVED_AT, id=PLACE, edition=2, name=name("东门"), area=AREA, path=path)]


async def grids(town: Town, **question: str) -> dict[str, int]:
    told = await town.figures(by="area", level="grid", **question)
    return {each["key"]: each["figures"]["received"] for each in told["groups"]}


async def test_an_estate_that_was_moved_takes_its_past_along_or_leaves_it(town: Town) -> None:
    april, may = Story(), Story(opened_at=MOVED_AT + timedelta(days=3))
    await town.tell(april, may)
    await publish(town, *moved())

    today = [await grids(town, **APRIL), await grids(town, **MAY)]
    then = [await grids(town, **APRIL, tree="then"), await grids(town, **MAY, tree="then")]
    behind = [
        (await town.ask_behind("received", **APRIL, area=grid, tree=tree)).json()
        for grid, tree in (("grid", "then"), ("grid", "today"), ("grid-2", "today"))
    ]

    assert today == [{"grid-2": 1}, {"grid-2": 1}]
    assert then == [{"grid": 1}, {"grid-2": 1}]
    assert [each["total"] for each in behind] == [1, 0, 1]


async def test_an_area_that_there_was_not_yet_is_none_by_the_tree_of_that_day(town: Town) -> None:
    await town.tell(Story())
    await publish(town, *moved())

    figures = await town.ask(**{"from": "2026-04-01", "to": "2026-05-01"}, area="community", tree="then")

    assert figures.status_code == 200
    assert figures.json()["tree"] == "then"
    assert figures.json()["total"]["received"] == 1


async def test_a_unit_that_was_renamed_is_one_unit_and_one_that_went_into_another_keeps_what_it_did(town: Town) -> None:
    await town.tell(Story().handled())
    renamed = UnitDefined(
        at=MOVED_AT, id=UNIT, edition=2, name=name("新物业"), area=AREA, calendar="always", retired=True
    )
    heir = UnitDefined(at=MOVED_AT, id="heir", edition=2, name=name("接手单位"), area=AREA, calendar="always")
    await publish(town, renamed, heir)

    today = (await town.figures(by="unit"))["groups"]
    then = (await town.figures(by="unit", tree="then"))["groups"]

    assert [(each["key"], each["name"]["zh"]) for each in today] == [(UNIT, "新物业")]
    assert [(each["key"], each["name"]["zh"]) for each in then] == [(UNIT, "物业")]
    assert today[0]["figures"] == then[0]["figures"]


async def test_what_was_said_of_an_area_before_anybody_listened_is_the_first_that_is_known(town: Town) -> None:
    await town.tell(Story())

    rows = await town.reporting.runtime.pool.fetch(SQL["directory_then"], OPENED_AT - timedelta(days=900))

    assert {row["type"] for row in rows} >= {"yima.routing.AreaDefined", "yima.routing.PlaceDefined"}
