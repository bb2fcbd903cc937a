"""What an open page is told: by the sight of its member, and nothing that commits late is left out."""

from uuid import UUID

from services.routing.domain.access import Sight
from services.routing.domain.case.commands import Actor
from services.routing.handlers.live import BATCH, WAITING_MAX, Change, LogReader, OpenPage
from shared.contracts.directory import Role

CHANGE = Change(
    case_id=UUID(int=1),
    version=4,
    status="accepted",
    resume_after=7,
    area="chunhe",
    informed=frozenset({"town"}),
    at_work=frozenset({"property", "police"}),
)


def sight(unit: str, *, units: frozenset[str] = frozenset(), areas: frozenset[str] = frozenset()) -> Sight:
    return Sight(actor=Actor(person="p", unit=unit, role=Role.LEAD), units=units | {unit}, areas=areas)


def test_a_change_is_for_who_has_the_case_is_called_was_told_or_oversees_it() -> None:
    assert CHANGE.is_seen_by(sight("property"))
    assert CHANGE.is_seen_by(sight("police"))
    assert CHANGE.is_seen_by(sight("town"))
    assert CHANGE.is_seen_by(sight("committee", units=frozenset({"property"})))
    assert CHANGE.is_seen_by(sight("grid", areas=frozenset({"chunhe"})))


def test_a_change_is_not_for_another_area_nor_for_who_oversees_only_whom_it_was_told() -> None:
    assert not CHANGE.is_seen_by(sight("greening"))
    assert not CHANGE.is_seen_by(sight("grid", areas=frozenset({"dongshan"})))
    assert not CHANGE.is_seen_by(sight("district", units=frozenset({"town"})))


def test_a_position_that_commits_late_is_asked_for_until_it_comes() -> None:
    reader = LogReader(10)

    reader.take([11, 14], now=0)
    assert (sorted(reader.left_out), reader.resume_after) == ([12, 13], 11)

    reader.take([12], now=1)
    assert (sorted(reader.left_out), reader.position, reader.resume_after) == ([13], 14, 12)


def test_a_position_that_never_comes_is_given_up() -> None:
    reader = LogReader(10)

    reader.take([12], now=0)
    reader.take([], now=11)

    assert (dict(reader.left_out), reader.resume_after) == ({}, 12)


async def test_a_page_that_does_not_keep_up_is_left_behind() -> None:
    page = OpenPage()

    page.tell([CHANGE] * BATCH)

    assert page.left_behind
    assert len(await page.next(timeout_s=1)) == WAITING_MAX
