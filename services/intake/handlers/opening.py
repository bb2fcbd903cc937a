"""A ticket is opened: what was given is checked, sealed, and appended in one round trip."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid4

import asyncpg
import structlog

from services.intake.config import Config
from services.intake.domain.errors import Fault, Refusal, RefusedFieldsError, TooManyRequestsError
from services.intake.domain.text import NAME_CHARACTERS_MAX, REFERENCE_CHARACTERS_MAX, clean_line, clean_text, is_absent
from services.intake.domain.ticket import OpenTicket, decide
from services.intake.handlers.access import Partner
from services.intake.handlers.ground import Intake, token_hash
from services.intake.handlers.reporters import Reporter
from services.intake.queries import SQL, ticket_stream
from shared.contracts.envelope import Attachment
from shared.contracts.intake import Channel, Contact, StatedUrgency
from shared.directory import Directory
from shared.kernel.event_store import Cause, NewEvents, Once, Request, answered
from shared.kernel.together import Append, RowBeside
from shared.privacy import PhoneNotValidError, normalised_phone

log = structlog.get_logger()

T = TypeVar("T")

ROW_BESIDE = SQL["row_beside_opening"]
PHOTO_BESIDE = SQL["photo_beside_opening"]
# Once as remembered, once somebody new, then somebody known, unless they are forgotten in between.
REPORTER_TRIES_MAX = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A report as it came in; what shows nothing counts as not given."""

    place: str
    text: str
    category: str | None = None
    phone: str | None = None
    name: str | None = None
    reference: str | None = None
    stated_urgency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report that can be taken: everything in it is as it will be kept."""

    place: str
    text: str
    channel: Channel
    category: str | None = None
    phone: str | None = None
    name: str | None = None
    photos: tuple[Attachment, ...] = ()
    locale: str = "zh"
    partner: str | None = None
    reference: str | None = None
    stated_urgency: StatedUrgency | None = None
    taken_by: str | None = None

    @property
    def actor(self) -> str:
        """Who acts, as a role."""
        if self.taken_by:
            return "staff"
        return f"partner:{self.partner}" if self.partner else "resident"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The answer to a report. The tracking link is for the reporter only."""

    id: UUID
    number: str
    place: str
    at: datetime
    token: str
    repeated: bool = False


def checked_report(given: Given, directory: Directory, config: Config, channel: Channel) -> Report:
    """What was given, cleaned.

    Raises:
        RefusedFieldsError: with every field that can not be taken.
    """
    refusals: list[Refusal] = []
    _check_place(given.place, directory, refusals)
    report = Report(
        place=given.place,
        text=_attempt(refusals, lambda: clean_text("text", given.text)) or "",
        channel=channel,
        category=_attempt(refusals, lambda: _category(given.category, directory)),
        phone=_attempt(refusals, lambda: _phone(given.phone, config)),
        name=_attempt(refusals, lambda: _line("name", given.name, NAME_CHARACTERS_MAX)),
        reference=_attempt(refusals, lambda: _line("reference", given.reference, REFERENCE_CHARACTERS_MAX)),
        stated_urgency=_attempt(refusals, lambda: _stated_urgency(given.stated_urgency)),
    )
    if refusals:
        raise RefusedFieldsError(refusals)
    return report


async def count_report(intake: Intake, report: Report, *, address: str, request: Request | None) -> None:
    """Count the report of somebody without a key; one that was answered before is answered again, however many came.

    Raises:
        TooManyRequestsError: too many came within this window.
    """
    counted = intake.access.count_resident(intake.config, address=address, place=report.place, phone=report.phone)
    await _unless_answered(intake, counted, request)


async def count_taken_down(intake: Intake, report: Report, *, person: str, request: Request) -> None:
    """The same for a member of staff who takes reports down by telephone.

    Raises:
        TooManyRequestsError: too many came within this window.
    """
    counted = intake.access.count_taken_down(intake.config, person=person, place=report.place, phone=report.phone)
    await _unless_answered(intake, counted, request)


async def count_partner_report(intake: Intake, partner: Partner, *, request: Request | None) -> None:
    """The same for a partner system.

    Raises:
        TooManyRequestsError: its quota is used up.
    """
    await _unless_answered(intake, intake.access.count_partner(partner), request)


async def _unless_answered(intake: Intake, counted: Awaitable[None], request: Request | None) -> None:
    try:
        await counted
    except TooManyRequestsError:
        if request is None or not await _is_answered(intake, request):
            raise


async def _is_answered(intake: Intake, request: Request) -> bool:
    async with intake.runtime.pool.acquire() as connection:
        return await answered(connection, request) is not None


async def open_ticket(intake: Intake, report: Report, *, request: Request | None = None) -> Opened:
    """Open a ticket; a repeated request gets the first one's answer.

    Raises:
        IdempotencyConflictError: the request's key was used with another body.
    """
    ticket_id = uuid4()
    opened = Opened(
        id=ticket_id,
        number=await intake.numbers.next(),
        place=report.place,
        at=intake.now(),
        token=intake.tracking_token(ticket_id),
    )
    once = await _append(intake, report, opened, request)
    if once.repeated:
        return _first(intake, str(once.answer))
    log.info("ticket_opened", ticket_id=str(ticket_id), place=report.place, channel=report.channel.value)
    return opened


async def _append(intake: Intake, report: Report, opened: Opened, request: Request | None) -> Once[str | None]:
    index = intake.reporters.index_of(report.phone) if report.phone else None
    for _ in range(REPORTER_TRIES_MAX):
        reporter = await intake.reporters.reporter(index)
        try:
            once = await intake.appends.append(_wanted(report, opened, reporter, index, request))
        except asyncpg.UniqueViolationError as error:
            if error.table_name != "reporters":
                raise
            # The phone's first report of all came to another process at this very moment, or they were forgotten since.
            if index:
                intake.reporters.forget(index)
            continue
        if index and reporter.new and not once.repeated:
            intake.reporters.remember(index, reporter.key)
        return once
    raise asyncpg.SerializationError


def _wanted(
    report: Report, opened: Opened, reporter: Reporter, phone_index: str | None, request: Request | None
) -> Append:
    stream = ticket_stream(opened.id)
    cause = Cause(opened.id, report.actor, str(opened.id))
    return Append(
        NewEvents(stream, 0, decide(None, _command(report, opened, reporter)), cause),
        request,
        _answer(opened),
        (_row(stream, report, opened), *_photo_rows(stream, report), *reporter.beside(stream, phone_index)),
    )


def _command(report: Report, opened: Opened, reporter: Reporter) -> OpenTicket:
    return OpenTicket(
        at=opened.at,
        id=opened.id,
        number=opened.number,
        place=report.place,
        channel=report.channel,
        category=report.category,
        text=reporter.seal(report.text),
        reporter=reporter.person,
        contact=Contact(name=reporter.seal_given(report.name), phone=reporter.seal_given(report.phone)),
        tracking_token=reporter.seal(opened.token),
        attachments=report.photos,
        locale=report.locale,
        partner=report.partner,
        partner_reference=report.reference,
        stated_urgency=report.stated_urgency,
        taken_by=report.taken_by,
    )


def _row(stream: str, report: Report, opened: Opened) -> RowBeside:
    values = {
        "stream": stream,
        "id": str(opened.id),
        "number": opened.number,
        "token": token_hash(opened.token).hex(),
        "place": report.place,
        "at": opened.at.isoformat(),
        "partner": report.partner,
        "reference": report.reference,
    }
    return RowBeside(ROW_BESIDE, values)


def _photo_rows(stream: str, report: Report) -> list[RowBeside]:
    return [RowBeside(PHOTO_BESIDE, {"stream": stream, "photo": photo.id}) for photo in report.photos]


def _answer(opened: Opened) -> str:
    values = {"id": str(opened.id), "number": opened.number, "place": opened.place, "at": opened.at.isoformat()}
    return json.dumps(values)


def _first(intake: Intake, answer: str) -> Opened:
    values = json.loads(answer)
    ticket_id = UUID(values["id"])
    return Opened(
        id=ticket_id,
        number=values["number"],
        place=values["place"],
        at=datetime.fromisoformat(values["at"]),
        token=intake.tracking_token(ticket_id),
        repeated=True,
    )


def _attempt(refusals: list[Refusal], read: Callable[[], T]) -> T | None:
    try:
        return read()
    except RefusedFieldsError as error:
        refusals.extend(error.refusals)
        return None


def _check_place(code: str, directory: Directory, refusals: list[Refusal]) -> None:
    place = directory.places.get(code)
    if place is None:
        refusals.append(Refusal("place", Fault.UNKNOWN_PLACE))
    elif place.retired:
        refusals.append(Refusal("place", Fault.RETIRED_PLACE))


def _category(given: str | None, directory: Directory) -> str | None:
    if not given:
        return None
    category = directory.categories.get(given)
    if category is None or category.retired:
        raise RefusedFieldsError([Refusal("category", Fault.NOT_A_CHOICE)])
    return category.id


def _stated_urgency(given: str | None) -> StatedUrgency | None:
    if not given:
        return None
    if given not in [*StatedUrgency]:
        raise RefusedFieldsError([Refusal("stated_urgency", Fault.NOT_AN_URGENCY)])
    return StatedUrgency(given)


def _phone(given: str | None, config: Config) -> str | None:
    if given is None or is_absent(given):
        return None
    try:
        return normalised_phone(
            given, allow_unassigned=config.allow_unassigned_phones, countries=config.phone_countries
        )
    except PhoneNotValidError:
        raise RefusedFieldsError([Refusal("phone", Fault.NOT_A_PHONE)]) from None


def _line(field: str, given: str | None, characters_max: int) -> str | None:
    return None if given is None or is_absent(given) else clean_line(field, given, characters_max=characters_max)
