"""Groups: every number in exactly one."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.grouping import AreaTree, By, Counted, Spot, group_key, grouped, in_area
from services.reporting.domain.tally import Tally, total
from shared.contracts.directory import AreaDefined, AreaLevel, Name, PlaceDefined

AT = datetime(2026, 4, 1, tzinfo=UTC)
DAY = date(2026, 4, 1)


def area(*path: str, level: AreaLevel) -> AreaDefined:
    parent = path[-2] if len(path) > 1 else None
    name = Name(zh=path[-1], en=path[-1])
    return AreaDefined(at=AT, id=path[-1], edition=1, name=name, level=level, parent=parent, path=path)


def place(code: str, *path: str) -> PlaceDefined:
    return PlaceDefined(at=AT, id=code, edition=1, name=Name(zh=code, en=code), area=path[-1], path=path)


TREE = AreaTree(
    {
        each.id: each
        for each in (
            area("town", level=AreaLevel.TOWN),
            area("town", "grid-1", level=AreaLevel.GRID),
            area("town", "grid-1", "north", level=AreaLevel.COMMUNITY),
            area("town", "grid-1", "south", level=AreaLevel.COMMUNITY),
        )
    },
    {"N1": place("N1", "town", "grid-1", "north"), "S1": place("S1", "town", "grid-1", "south")},
)


def spot(code: str | None = "N1", area: str | None = None, category: str | None = "order", day: date = DAY) -> Spot:
    return Spot(day=day, place=code, area=area, category=category)


def key(spot: Spot, by: By = By.AREA, level: AreaLevel = AreaLevel.COMMUNITY) -> str | None:
    return group_key(spot, by, tree=TREE, level=level)


def test_a_place_lies_in_its_community_grid_and_town() -> None:
    keys = [key(spot("N1"), level=level) for level in (AreaLevel.COMMUNITY, AreaLevel.GRID, AreaLevel.TOWN)]

    assert keys == ["north", "grid-1", "town"]


def test_a_place_nobody_told_us_of_lies_where_its_case_says() -> None:
    assert key(spot("unknown", area="south")) == "south"


def test_what_lies_nowhere_is_in_no_group() -> None:
    assert key(spot(None)) is None


def test_days_and_categories_are_groups_too() -> None:
    assert (key(spot(), By.DAY), key(spot(), By.CATEGORY)) == ("2026-04-01", "order")


def test_an_area_holds_what_lies_in_it_at_any_depth() -> None:
    counted = [Counted(spot("N1")), Counted(spot("S1")), Counted(spot(None))]

    assert in_area(counted, "grid-1", TREE) == counted[:2]
    assert in_area(counted, "south", TREE) == counted[1:2]


spots = st.builds(
    Spot,
    day=st.dates(date(2026, 4, 1), date(2026, 4, 3)),
    place=st.sampled_from(["N1", "S1", "unknown", None]),
    area=st.sampled_from(["north", "grid-1", "unknown", None]),
    category=st.sampled_from(["order", "greening", None]),
)
counts = st.builds(Counted, spots, st.builds(Tally, received=st.integers(0, 9), closed=st.integers(0, 9)))


@given(st.lists(counts), st.sampled_from(By), st.sampled_from(AreaLevel))
def test_the_groups_add_up_to_the_whole(counted: list[Counted], by: By, level: AreaLevel) -> None:
    groups = grouped(counted, by, tree=TREE, level=level)

    parts = [total(each.tally for each in group) for group in groups.values()]
    assert total(parts) == total(each.tally for each in counted)
    assert sum(len(group) for group in groups.values()) == len(counted)
