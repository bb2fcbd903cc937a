"""What is listed behind a figure is what its reader's role sees at the desk."""

from datetime import UTC, datetime

from services.reporting.domain.sight import EVERYTHING, Sight, sight_of
from shared.contracts.directory import AreaDefined, AreaLevel, Name, Reach, UnitDefined

AT = datetime(2026, 4, 14, tzinfo=UTC)
NAME = Name(zh="某", en="some")
AREAS = {
    area: AreaDefined(at=AT, id=area, edition=1, name=NAME, level=AreaLevel.GRID, parent=None, path=path)
    for area, path in {"town": ("town",), "grid": ("town", "grid"), "other": ("town", "other")}.items()
}


def unit(name: str, area: str, escalates_to: str | None) -> UnitDefined:
    return UnitDefined(at=AT, id=name, edition=1, name=NAME, area=area, calendar="always", escalates_to=escalates_to)


UNITS = {
    each.id: each
    for each in (
        unit("property", "grid", "committee"),
        unit("committee", "grid", "centre"),
        unit("police", "other", None),
        unit("centre", "town", "property"),
    )
}


def seen(of: str, reach: Reach) -> Sight:
    return sight_of(of, reach, units=UNITS, areas=AREAS)


def test_a_handler_reads_what_counts_for_the_unit() -> None:
    assert seen("property", Reach.UNIT) == Sight(units=frozenset({"property"}), areas=frozenset())


def test_a_lead_reads_the_units_below_too_and_a_ring_in_the_ladder_ends() -> None:
    below = frozenset({"committee", "property", "centre"})

    assert seen("committee", Reach.LADDER) == Sight(units=below, areas=frozenset())


def test_a_dispatcher_reads_what_lies_in_the_units_area() -> None:
    assert seen("police", Reach.AREA) == Sight(units=frozenset({"police"}), areas=frozenset({"other"}))
    assert seen("centre", Reach.AREA).areas == frozenset({"town", "grid", "other"})


def test_the_district_reads_everything() -> None:
    assert seen("centre", Reach.DISTRICT) is EVERYTHING


def test_a_unit_that_nobody_has_told_us_of_has_no_area() -> None:
    assert seen("new", Reach.AREA) == Sight(units=frozenset({"new"}), areas=frozenset())
