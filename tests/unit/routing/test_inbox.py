"""What an address asks of the inbox: cursors and filters are read as written, and nothing else is believed."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.routing.domain.access import Sight
from services.routing.domain.case.commands import Actor
from services.routing.domain.case.state import Status
from services.routing.domain.inbox import (
    Cursor,
    CursorNotValidError,
    Days,
    Due,
    Narrowing,
    Show,
    Wanted,
    cursor_in,
    shows_of,
)
from services.routing.pages.lists import address_of, chips_of, digits_of, quick_of, wanted_in
from shared.contracts.directory import Role

NOW = datetime(2026, 4, 28, 15, 5, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUERY = ["show", "status", "unit", "category", "urgent", "due", "place", "words", "number", "days", "at"]
moments = some.integers(0, 253_402_214_400_000_000).map(lambda micros: EPOCH + timedelta(microseconds=micros))
cursors = some.builds(Cursor, sort_at=moments, opened_at=moments, id=some.uuids(), backward=some.booleans())
codes = some.none() | some.text(some.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=64)
narrowings = some.builds(
    Narrowing,
    status=some.none() | some.sampled_from(Status),
    unit=codes,
    categories=some.just(()) | codes.filter(bool).map(lambda code: (code,)),
    urgent=some.booleans(),
    due=some.none() | some.sampled_from(Due),
    place=codes,
    words=codes,
    number=some.none() | some.from_regex(r"\A[0-9]{1,20}\Z"),
    days=some.sampled_from(Days),
)
lists = some.builds(Wanted, show=some.sampled_from(Show), narrowing=narrowings, cursor=some.none() | cursors)


WIDE = Sight(
    actor=Actor(person="dispatcher", unit="grid", role=Role.DISPATCHER),
    units=frozenset({"grid"}),
    areas=frozenset({"street"}),
)
NARROW = Sight(
    actor=Actor(person="handler", unit="property", role=Role.HANDLER),
    units=frozenset({"property"}),
    areas=frozenset(),
)


def query_in(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


@given(cursors)
def test_a_cursor_is_read_as_it_was_written(cursor: Cursor) -> None:
    assert cursor_in(cursor.written()) == cursor


@given(some.text(max_size=200))
def test_what_is_no_cursor_of_ours_is_told_apart_from_one(written: str) -> None:
    try:
        cursor = cursor_in(written)
    except CursorNotValidError:
        return
    assert cursor.written() == written


def test_a_cursor_that_was_altered_or_cut_short_is_none() -> None:
    written = Cursor(sort_at=NOW, opened_at=NOW, id=UUID(int=7)).written()

    for altered in (written[:-4], written + "AAAA", written[1:], written.swapcase()):
        with pytest.raises(CursorNotValidError):
            cursor_in(altered)


@given(lists)
def test_a_list_is_read_from_an_address_as_it_was_written(wanted: Wanted) -> None:
    assert wanted_in(query_in(address_of(wanted)), WIDE) == wanted


@given(some.dictionaries(some.sampled_from(QUERY), some.text()))
def test_an_address_that_is_amiss_still_leads_to_a_list(query: dict[str, str]) -> None:
    assert wanted_in(query, WIDE).show in shows_of(WIDE)


@given(lists)
def test_each_chip_takes_away_what_it_names_and_nothing_else(wanted: Wanted) -> None:
    whole = query_in(address_of(wanted.at(None)))

    for chip in chips_of(wanted):
        left = query_in(chip.address)
        assert {name: value for name, value in whole.items() if name != chip.what} == left
        assert chip.what in whole


@given(lists)
def test_each_quick_way_narrows_the_open_lists_by_what_it_names_and_keeps_the_rest(wanted: Wanted) -> None:
    whole = query_in(address_of(wanted.at(None)))
    names = {"over": ("due", "over"), "today": ("due", "today"), "urgent": ("urgent", "yes")}

    ways = quick_of(wanted)

    held = {what for what, (name, value) in names.items() if whole.get(name) == value}
    assert {way.what for way in ways} == (set() if wanted.show is Show.CLOSED else names.keys() - held)
    for way in ways:
        name, value = names[way.what]
        assert query_in(way.address) == {**whole, name: value}


def test_who_sees_only_their_own_unit_is_offered_no_list_by_area() -> None:
    assert shows_of(NARROW) == [Show.MINE, Show.UNIT, Show.WAITING, Show.CLOSED]
    assert wanted_in({"show": "area"}, NARROW).show is Show.UNIT


def test_today_is_over_when_it_is_over_in_the_district() -> None:
    # Five past eleven at night in Shanghai.
    assert Narrowing(due=Due.TODAY).due_before(NOW) == datetime(2026, 4, 28, 16, tzinfo=UTC)
    assert Narrowing(due=Due.TODAY).due_before(NOW + timedelta(hours=1)) == datetime(2026, 4, 29, 16, tzinfo=UTC)
    assert Narrowing(due=Due.OVER).due_before(NOW) == NOW


@pytest.mark.parametrize(
    ("written", "read"), [("204 815 736", "204815736"), ("204-815", "204815"), ("二〇四", ""), ("", ""), ("12a", "")]
)
def test_a_number_is_known_however_it_is_grouped(written: str, read: str) -> None:
    assert digits_of(written) == read
