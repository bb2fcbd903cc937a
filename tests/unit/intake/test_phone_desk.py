"""Who answers the telephone finds the caller's place by what is said of it, and only who may takes anything down."""

from datetime import UTC, datetime

import pytest

from services.intake.handlers.phone_desk import ASKED_CHARACTERS_MAX, FOUND_MAX, places_found
from services.routing.domain.permissions import TAKES_CALLS, reads_only
from shared.contracts.directory import AreaDefined, AreaLevel, Name, PlaceDefined, Role
from shared.directory import Directory

AT = datetime(2026, 4, 28, tzinfo=UTC)


def area(area_id: str, name: Name, *above: str) -> AreaDefined:
    return AreaDefined(
        at=AT, id=area_id, edition=1, name=name, level=AreaLevel.ESTATE, parent=None, path=(*above, area_id)
    )


def place(code: str, name: Name, estate: str, *, retired: bool = False) -> PlaceDefined:
    return PlaceDefined(at=AT, id=code, edition=1, name=name, area=estate, path=("district", estate), retired=retired)


AREAS = {
    "district": area("district", Name(zh="某区", en="A district")),
    "court": area("court", Name(zh="春和苑", en="Chunhe Court"), "district"),
    "garden": area("garden", Name(zh="秋实园", en="Qiushi Garden"), "district"),
}
PLACES = [
    place("XSVH65NM", Name(zh="东门", en="East gate"), "court"),
    place("XSVH65NN", Name(zh="东门", en="East gate"), "garden"),
    place("K7MQ2XRT", Name(zh="3 号楼 2 单元", en="Building 3, stairwell 2"), "court"),
    place("OLDOLDOL", Name(zh="旧东门", en="Old east gate"), "court", retired=True),
]
DIRECTORY = Directory(areas=AREAS, places={each.id: each for each in PLACES})


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("东门", ["XSVH65NM", "XSVH65NN"]),
        ("春和苑 东门", ["XSVH65NM"]),
        ("GATE qiushi", ["XSVH65NN"]),
        ("xsvh65nn", ["XSVH65NN"]),
        ("XSVH", ["XSVH65NM", "XSVH65NN"]),
        ("西门", []),
        ("门春", []),
        ("OLDOLDOL", []),
        ("  ", []),
    ],
)
def test_a_place_is_found_by_every_word_of_its_code_its_name_and_its_areas(asked: str, found: list[str]) -> None:
    assert [each.id for each in places_found(DIRECTORY, asked).places] == found


def test_who_asks_for_too_much_is_shown_some_and_told_that_there_is_more() -> None:
    stairwells = [place(f"S{number:03}", Name(zh="楼道", en="stairwell"), "court") for number in range(FOUND_MAX + 1)]
    directory = Directory(areas=AREAS, places={each.id: each for each in stairwells})

    found = places_found(directory, "楼道")
    all_but_one = places_found(Directory(areas=AREAS, places={each.id: each for each in stairwells[1:]}), "楼道")

    assert (len(found.places), found.more) == (FOUND_MAX, True)
    assert (len(all_but_one.places), all_but_one.more) == (FOUND_MAX, False)
    assert places_found(directory, "楼道" + " " * ASKED_CHARACTERS_MAX + "西门") == found


def test_calls_are_taken_by_who_handles_cases_and_by_nobody_who_only_reads() -> None:
    assert sorted(TAKES_CALLS) == sorted((Role.LEAD, Role.HANDLER, Role.DISPATCHER))
    assert not any(reads_only(role) for role in TAKES_CALLS)
