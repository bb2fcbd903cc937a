"""What the tables are told of places and areas: the same as the tree says of each spot."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.apart import Apart, apart, is_whole
from services.reporting.domain.grouping import AreaTree, By, Counted, Spot, group_key, in_area
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from shared.contracts.directory import AreaLevel
from tests.unit.reporting.test_grouping import DAY, TREE, area

APRIL = Period(date(2026, 4, 1), date(2026, 5, 1))
NOW = datetime(2026, 5, 20, tzinfo=UTC)
SPOTS = st.builds(
    Spot,
    day=st.just(DAY),
    place=st.sampled_from(["N1", "S1", "unknown", None]),
    area=st.sampled_from(["town", "grid-1", "north", "south", "elsewhere", None]),
    category=st.none(),
)


def counts(told: Apart, spot: Spot) -> bool:
    """As the queries narrow."""
    within = spot.place in (told.places or ()) or (spot.area in told.areas and spot.place not in told.known)
    return told.places is None or within


def group(told: Apart, spot: Spot) -> str | None:
    """As the queries group."""
    place = spot.place or ""
    return told.of_places[place] if place in told.of_places else told.of_areas.get(spot.area or "")


@given(SPOTS, st.sampled_from([*AreaLevel]), st.sampled_from([None, "town", "grid-1", "south"]))
def test_a_spot_counts_and_lies_where_the_tree_says(spot: Spot, level: AreaLevel, narrowed: str | None) -> None:
    told = apart(Question(period=APRIL, by=By.AREA, level=level, area=narrowed), TREE)

    assert counts(told, spot) == (narrowed is None or bool(in_area([Counted(spot)], narrowed, TREE)))
    assert group(told, spot) == group_key(spot, By.AREA, tree=TREE, level=level)


@pytest.mark.parametrize(
    ("question", "dimensions"),
    [
        (Question(period=APRIL, by=By.UNIT, category="order"), ["unit"]),
        (Question(period=APRIL, by=By.DAY, category="order", unit="property"), []),
    ],
)
def test_what_nobody_groups_by_is_not_told_apart(question: Question, dimensions: list[str]) -> None:
    told = apart(question, TREE)

    assert told.dimensions == dimensions
    assert (told.within, told.groups) == ((None, [], []), ("{}", "{}"))


def test_the_whole_is_the_area_in_which_all_others_lie() -> None:
    beside = AreaTree({**TREE.areas, "town-2": area("town-2", level=AreaLevel.TOWN)}, TREE.places)

    assert [is_whole(each, TREE) for each in ("town", "grid-1", "north")] == [True, False, False]
    assert not is_whole("town", beside)
