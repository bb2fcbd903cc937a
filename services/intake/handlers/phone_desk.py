"""The phone desk (代录): a place is found by what a caller says of it, and what they report is taken down."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from services.intake.domain.errors import UnknownTicketError
from services.intake.handlers.ground import Intake
from services.intake.handlers.opening import Given, Opened, checked_report, count_taken_down, open_ticket
from services.intake.handlers.places import place_of_code
from services.intake.handlers.splitting import BEGUN
from services.intake.queries import OpenTicketRow, open_at_place, ticket_stream
from shared.contracts.directory import PlaceDefined
from shared.contracts.intake import Channel, TicketOpened
from shared.directory import Directory
from shared.kernel.event_store import Request

OPERATION = "take_down"
ASKED_CHARACTERS_MAX = 60
# More than a telephone call has patience for: who gets so many says more of the place.
FOUND_MAX = 20
SAME_TROUBLE_WITHIN = timedelta(days=30)
SAME_TROUBLE_MAX = 5


@dataclass(frozen=True, slots=True)
class Found:
    """Places that fit, and whether there are more of them."""

    places: Sequence[PlaceDefined]
    more: bool = False


def places_found(directory: Directory, asked: str) -> Found:
    """Places in use in whose code, name or areas each of the words stands; the place of that very code alone."""
    words = asked[:ASKED_CHARACTERS_MAX].casefold().split()
    if not words:
        return Found(())
    in_use = [place for place in directory.places.values() if not place.retired]
    exact = [place for place in in_use if [place.id.casefold()] == words]
    fitting = exact or [place for place in in_use if _fits(directory, place, words)]
    ordered = sorted(fitting, key=lambda place: (place.path, place.name.zh, place.id))
    return Found(ordered[:FOUND_MAX], more=len(ordered) > FOUND_MAX)


def _fits(directory: Directory, place: PlaceDefined, words: Sequence[str]) -> bool:
    areas = [area.name for each in place.path if (area := directory.areas.get(each))]
    names = [text for name in (place.name, *areas) for text in (name.zh, name.en)]
    # Between each two a letter that nobody types, so that no word is found across them.
    said = "\0".join([place.id, *names]).casefold()
    return all(word in said for word in words)


async def open_tickets_at(intake: Intake, place: str) -> Sequence[OpenTicketRow]:
    """What may be the same trouble, told before it is taken down once more."""
    since = intake.now() - SAME_TROUBLE_WITHIN
    return await open_at_place(intake.runtime.pool, place, since=since, tickets_max=SAME_TROUBLE_MAX)


async def take_down(intake: Intake, given: Given, *, by: str, form_token: str) -> Opened:
    """Open the ticket of who is on the telephone; the same form sent again gets the first one's answer.

    Raises:
        UnknownPlaceError, RetiredPlaceError: nothing can be reported there.
        RefusedFieldsError: with every field that can not be taken.
        TooManyRequestsError: too many came within this window.
        IdempotencyConflictError: the form was sent before with other words.
    """
    directory = await intake.directory.current()
    place_of_code(directory, given.place)
    report = replace(checked_report(given, directory, intake.config, Channel.PHONE_DESK), taken_by=by)
    said = (given.place, given.text, given.phone, given.name, given.category, given.stated_urgency)
    body = intake.hmac_of([(each or "").encode() for each in said])
    request = Request(f"staff:{by}", OPERATION, form_token, body)
    await count_taken_down(intake, report, person=by, request=request)
    return await open_ticket(intake, report, request=request)


async def taken_down(intake: Intake, ticket_id: UUID, *, by: str) -> TicketOpened:
    """What this member of staff took down.

    Raises:
        UnknownTicketError: there is no such ticket, or somebody else took it down.
    """
    begun = (await intake.store.load(ticket_stream(ticket_id), BEGUN)).state
    if not isinstance(begun, TicketOpened) or begun.taken_by != by:
        raise UnknownTicketError
    return begun
