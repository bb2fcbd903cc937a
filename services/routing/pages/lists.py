"""A list of the inbox in an address: read from its query, and written into links."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from services.routing.domain.access import Sight
from services.routing.domain.case.state import Status
from services.routing.domain.inbox import (
    CURSOR_LENGTH_MAX,
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
from services.routing.pages.doors import HOME
from services.routing.pages.views import Chip

ID_LENGTH_MAX = 64


def wanted_in(query: Mapping[str, str], sight: Sight) -> Wanted:
    """What an address asks for; what it says amiss is passed over, since people keep and shorten addresses."""
    show = next((each for each in shows_of(sight) if each == query.get("show")), Show.UNIT)
    narrowing = Narrowing(
        status=next((each for each in Status if each == query.get("status")), None),
        unit=_id(query, "unit"),
        categories=(category,) if (category := _id(query, "category")) else (),
        urgent=query.get("urgent") == "yes",
        due=next((each for each in Due if each == query.get("due")), None),
        place=_id(query, "place"),
        words=_id(query, "words"),
        number=number if (number := digits_of(query.get("number", ""))) else None,
        days=next((each for each in Days if each == query.get("days")), Days.MONTH),
    )
    return Wanted(show=show, narrowing=narrowing, cursor=_cursor(query.get("at", "")))


def digits_of(written: str) -> str:
    """A case's number, or a part of it, however people group it; nothing where it is none."""
    digits = "".join(written.split()).replace("-", "")
    return digits if digits.isascii() and digits.isdecimal() and len(digits) <= ID_LENGTH_MAX else ""


def _id(query: Mapping[str, str], name: str) -> str | None:
    written = query.get(name, "")
    return written if 0 < len(written) <= ID_LENGTH_MAX and "\0" not in written else None


def _cursor(written: str) -> Cursor | None:
    """A page that is kept or cut short leads to the first."""
    if not written or len(written) > CURSOR_LENGTH_MAX:
        return None
    try:
        return cursor_in(written)
    except CursorNotValidError:
        return None


def query_of(wanted: Wanted) -> str:
    """The list as an address has it, without what is as always."""
    narrowing = wanted.narrowing
    named = {
        "show": wanted.show.value,
        "status": narrowing.status and narrowing.status.value,
        "unit": narrowing.unit,
        "category": next(iter(narrowing.categories), None),
        "urgent": "yes" if narrowing.urgent else None,
        "due": narrowing.due and narrowing.due.value,
        "place": narrowing.place,
        "words": narrowing.words,
        "number": narrowing.number,
        "days": None if narrowing.days is Days.MONTH else narrowing.days.value,
        "at": wanted.cursor and wanted.cursor.written(),
    }
    return urlencode({name: value for name, value in named.items() if value})


def address_of(wanted: Wanted) -> str:
    """Where the list is found."""
    return f"{HOME}?{query_of(wanted)}"


def chips_of(wanted: Wanted) -> list[Chip]:
    """Each thing that the list is narrowed by, with the address of the list without it."""
    held, plain = wanted.narrowing, Narrowing()
    without = {
        "status": replace(held, status=None),
        "unit": replace(held, unit=None),
        "category": replace(held, categories=()),
        "urgent": replace(held, urgent=False),
        "due": replace(held, due=None),
        "place": replace(held, place=None),
        "words": replace(held, words=None),
        "number": replace(held, number=None),
        "days": replace(held, days=plain.days),
    }
    lists = {name: replace(wanted, narrowing=less, cursor=None) for name, less in without.items() if less != held}
    return [Chip(what=name, address=address_of(less)) for name, less in lists.items()]


def quick_of(wanted: Wanted) -> list[Chip]:
    """What is looked for every hour, one press away: overdue, due today, urgent; not what is held already."""
    held = wanted.narrowing
    if wanted.show is Show.CLOSED:
        return []
    narrower = {
        "over": replace(held, due=Due.OVER),
        "today": replace(held, due=Due.TODAY),
        "urgent": replace(held, urgent=True),
    }
    lists = {name: replace(wanted, narrowing=more, cursor=None) for name, more in narrower.items() if more != held}
    return [Chip(what=name, address=address_of(more)) for name, more in lists.items()]
