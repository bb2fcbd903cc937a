"""The inbox as one member reads it: a page of a list, the exact totals of all, and what they can be narrowed by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from services.routing.domain.inbox import Narrowing, Show, Wanted, shows_of
from services.routing.domain.permissions import coordinates
from services.routing.handlers.accounts import Member
from services.routing.handlers.reading import opened
from services.routing.handlers.service import Routing
from services.routing.queries import Page, closed_page, inbox_connection, open_page
from shared.contracts.directory import CategoryDefined, UnitDefined
from shared.directory import Directory

# Open ones by deadline, closed ones the newest first: more of them nobody looks through by one word.
WORDS_CASES_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRead:
    """A page of the list that was wanted, and how many each list has that this member is offered."""

    wanted: Wanted
    total: int
    totals: Mapping[Show, int]
    page: Page


async def read_inbox(service: Routing, member: Member, wanted: Wanted) -> InboxRead:
    """The page; where the list has shrunk from under its cursor, the first."""
    pool, now, limit = service.runtime.pool, service.runtime.ground.clock.now(), _page_rows(service, member)
    in_directory = _in_directory(wanted.narrowing, await service.directory.current())
    narrowed = replace(wanted, narrowing=await _with_words(service, member, in_directory))
    async with inbox_connection(pool, narrowed.narrowing) as connection:
        opened = await open_page(connection, member.sight, narrowed, now=now, limit=limit)
        closed = await closed_page(connection, member.sight, narrowed, now=now, limit=limit)
    totals = {**opened.totals, **closed.totals}
    page = closed if wanted.show is Show.CLOSED else opened
    if wanted.cursor and not page.rows and totals[wanted.show]:
        return await read_inbox(service, member, wanted.at(None))
    offered = {show: totals[show] for show in shows_of(member.sight)}
    return InboxRead(wanted=wanted, total=totals[wanted.show], totals=offered, page=page)


def _page_rows(service: Routing, member: Member) -> int:
    config = service.config
    return config.inbox_page_rows_wide if coordinates(member.actor.role) else config.inbox_page_rows


async def _with_words(service: Routing, member: Member, held: Narrowing) -> Narrowing:
    """With the cases in which the words stand: of those that the rest leaves, so many as can be opened in a moment."""
    if held.words is None:
        return held
    pool, now = service.runtime.pool, service.runtime.ground.clock.now()
    open_ones, closed_ones = Wanted(show=Show.AREA, narrowing=held), Wanted(show=Show.CLOSED, narrowing=held)
    async with inbox_connection(pool, held) as connection:
        rows = [
            *(await open_page(connection, member.sight, open_ones, now=now, limit=WORDS_CASES_MAX)).rows,
            *(await closed_page(connection, member.sight, closed_ones, now=now, limit=WORDS_CASES_MAX)).rows,
        ]
    texts, sought = await opened(service, (row.text for row in rows)), held.words.strip().casefold()
    return replace(held, ids=tuple(row.id for row in rows if sought in (texts[row.text.box] or "").casefold()))


def _in_directory(held: Narrowing, directory: Directory) -> Narrowing:
    """With the categories below the one that is named, and the codes of the places that are."""
    categories = tuple(_below(held.categories, directory.categories))
    places = _places(held.place, directory) if held.place else None
    return replace(held, categories=categories, places=places)


def _places(written: str, directory: Directory) -> tuple[str, ...]:
    sought = written.strip().casefold()
    named = ((place.id, place.name) for place in directory.places.values())
    return tuple(code for code, name in named if any(sought in each.casefold() for each in (code, name.zh, name.en)))


def _below(chosen: Iterable[str], known: Mapping[str, CategoryDefined]) -> list[str]:
    """These and all that stand below them; the directory's tree is shallow, and has no cycles."""
    found = list(chosen)
    for category in found:
        found += [each.id for each in known.values() if each.parent == category and each.id not in found]
    return found


def units_offered(member: Member, directory: Directory) -> list[UnitDefined]:
    """The units whose cases a member sees as such: those overseen, and those of the areas overseen."""
    sight = member.sight
    in_sight = (each for each in directory.units.values() if each.id in sight.units or each.area in sight.areas)
    return [unit for unit in in_sight if not unit.retired]
