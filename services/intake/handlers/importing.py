"""Another system's history is taken over: hundreds of tickets in one transaction, each source id once."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, UUID, uuid5

from services.intake.adapters.import_files import ImportFile, Line
from services.intake.domain.errors import Fault, ImportColumnsAbsentError, Refusal, RefusedFieldsError
from services.intake.domain.history import SOURCE_NAME, HistoryMapping, Known, PastTicket, past_ticket
from services.intake.domain.ticket import GivenRating, ImportTicket, Ticket, decide
from services.intake.handlers.ground import FOLD, Intake, token_hash
from services.intake.handlers.reporters import Reporter
from services.intake.queries import SQL, ticket_stream
from shared.contracts.intake import Contact, Milestones, Note
from shared.directory import Directory
from shared.kernel.database import Connection
from shared.kernel.event_store import Cause, Loaded
from shared.kernel.work import Work, transact
from shared.privacy import NewKey, PersonKey, PhoneNotValidError, normalised_phone

BATCH = 500
ACTOR = "import"


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that can not be taken over, and why."""

    number: int
    refusals: tuple[Refusal, ...]


@dataclass(slots=True)
class ImportProgress:
    """How far an import is: every line read is in exactly one of the other counts. `bad` are those of this batch."""

    read: int = 0
    imported: int = 0
    already: int = 0
    refused: int = 0
    bad: list[BadLine] = field(default_factory=list)
    columns: dict[str, None] = field(default_factory=dict)
    ignored_columns: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What is to be imported, and how it is read; so many lines are taken over in one transaction."""

    file: ImportFile
    source: str
    mapping: HistoryMapping
    batch: int = BATCH

    def __post_init__(self) -> None:
        """A source of another form could give its tickets the ids of another source's."""
        if not SOURCE_NAME.fullmatch(self.source):
            message = f"a source matches {SOURCE_NAME.pattern}"
            raise ValueError(message)


Take = Callable[[Sequence[PastTicket]], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class _Row:
    """A ticket about to be imported."""

    past: PastTicket
    id: UUID
    token: str
    phone_index: str | None


def check_import(intake: Intake, order: ImportOrder) -> AsyncGenerator[ImportProgress, None]:
    """The import itself but for the append: what would be imported, and every line that would not."""

    async def take(tickets: Sequence[PastTicket]) -> int:
        async with intake.runtime.pool.acquire() as connection:
            rows = await _rows(intake, connection, order.source, tickets)
        for row in rows:
            decide(None, _command(order.source, row, Reporter(intake.reporters.new_key().key), number=""))
        return len(rows)

    return _taken(intake, order, take)


def import_tickets(intake: Intake, order: ImportOrder) -> AsyncGenerator[ImportProgress, None]:
    """Import, a batch at a time; what was interrupted goes on where it stood.

    Each line is read anew, also after an interruption: what is in is known by its id, and what was refused may be good
    by now.

    Raises:
        ImportColumnsAbsentError: a table lacks columns that are to be read; nothing was imported.
        ImportFileUnreadableError: the file is damaged; what was imported before stays.
    """

    async def take(tickets: Sequence[PastTicket]) -> int:
        return await _import_batch(intake, order.source, tickets)

    return _taken(intake, order, take)


async def _taken(intake: Intake, order: ImportOrder, take: Take) -> AsyncGenerator[ImportProgress, None]:
    known, progress = await _known(intake), await asyncio.to_thread(_begun, order)
    seen: set[int] = set()
    while lines := await asyncio.to_thread(order.file.take, order.batch):
        tickets = _read(lines, order, known, progress, seen)
        new = await take(tickets)
        progress.imported += new
        progress.already += len(tickets) - new
        yield progress


def _begun(order: ImportOrder) -> ImportProgress:
    """Nothing is read yet but a table's head: what it lacks would be missing from every line."""
    columns = order.file.columns
    if columns is None:
        return ImportProgress()
    absent = order.mapping.absent_from(columns)
    if absent:
        raise ImportColumnsAbsentError(absent, columns)
    return ImportProgress(columns=dict.fromkeys(columns), ignored_columns={*columns} - order.mapping.columns_read)


def _read(
    lines: Sequence[Line], order: ImportOrder, known: Known, progress: ImportProgress, seen: set[int]
) -> list[PastTicket]:
    """The batch's good tickets; the others are told in `progress`."""
    progress.bad = []
    tickets: list[PastTicket] = []
    for line in lines:
        progress.read += 1
        named = [column for column in line.values if column]
        progress.columns |= dict.fromkeys(named)
        progress.ignored_columns |= {*named} - order.mapping.columns_read
        try:
            tickets.append(_ticket_of(line, order.mapping, known, seen))
        except RefusedFieldsError as error:
            progress.refused += 1
            progress.bad.append(BadLine(line.number, error.refusals))
    return tickets


def _ticket_of(line: Line, mapping: HistoryMapping, known: Known, seen: set[int]) -> PastTicket:
    if line.fault is not None:
        raise RefusedFieldsError([Refusal("line", line.fault)])
    past = past_ticket(line.values, mapping, known)
    # Eight bytes a line: a file of a million lines is checked within a few dozen megabytes.
    mark = int.from_bytes(hashlib.blake2b(past.source_id.encode(), digest_size=8).digest(), "big")
    if mark in seen:
        raise RefusedFieldsError([Refusal("source_id", Fault.REPEATED)])
    seen.add(mark)
    return past


async def _known(intake: Intake) -> Known:
    directory: Directory = await intake.directory.current()

    def phone(given: str) -> str:
        try:
            return normalised_phone(
                given, allow_unassigned=intake.config.allow_unassigned_phones, countries=intake.config.phone_countries
            )
        except PhoneNotValidError:
            raise RefusedFieldsError([Refusal("phone", Fault.NOT_A_PHONE)]) from None

    return Known(
        places=directory.places, categories=directory.categories, units=directory.units, phone=phone, now=intake.now()
    )


async def _import_batch(intake: Intake, source: str, tickets: Sequence[PastTicket]) -> int:
    async def act(work: Work) -> int:
        await work.connection.execute(SQL["one_import_at_a_time"], source)
        rows = await _rows(intake, work.connection, source, tickets)
        if rows:
            await _write(intake, work, source, rows)
        return len(rows)

    return await transact(intake.store, intake.now, act)


async def _rows(intake: Intake, connection: Connection, source: str, tickets: Sequence[PastTicket]) -> list[_Row]:
    """Those that were not imported before."""
    ids = [past.source_id for past in tickets]
    before = {row["source_id"] for row in await connection.fetch(SQL["imported_before"], source, ids)}
    return [_row(intake, source, past) for past in tickets if past.source_id not in before]


def _row(intake: Intake, source: str, past: PastTicket) -> _Row:
    # The id follows from the source's own, so that even a lost table of imports lets nothing in twice. A source has no
    # slash, so the first one parts it from the id, whatever that holds.
    ticket_id = uuid5(NAMESPACE_URL, f"yima import {source}/{past.source_id}")
    return _Row(
        past=past,
        id=ticket_id,
        token=intake.tracking_token(ticket_id),
        phone_index=intake.reporters.index_of(past.phone) if past.phone else None,
    )


async def _write(intake: Intake, work: Work, source: str, rows: Sequence[_Row]) -> None:
    reporters = await _reporters(intake, work, rows)
    numbers = [await intake.numbers.next() for _ in rows]
    for row, reporter, number in zip(rows, reporters, numbers, strict=True):
        events = decide(None, _command(source, row, reporter, number=number))
        cause = Cause(row.id, ACTOR, str(row.id))
        nothing_yet: Loaded[Ticket | None] = Loaded(ticket_stream(row.id), None, 0)
        work.append(nothing_yet, events, fold=FOLD, cause=cause)
    connection = work.connection
    ids = [row.id for row in rows]
    await connection.execute(SQL["record_imported"], source, [row.past.source_id for row in rows], ids)
    await connection.execute(
        SQL["add_ticket_rows"],
        ids,
        numbers,
        [token_hash(row.token) for row in rows],
        [row.past.place for row in rows],
        [row.past.opened_at for row in rows],
    )


async def _reporters(intake: Intake, work: Work, rows: Sequence[_Row]) -> list[Reporter]:
    """Each row's reporter: known by the phone, or new; the new ones' keys are stored and queued."""
    indexes = sorted({row.phone_index for row in rows if row.phone_index})
    keys = await intake.reporters.keys_of_phones(work.connection, indexes)
    new = {index: intake.reporters.new_key() for index in indexes if index not in keys}
    keys |= await _added(intake, work, new)
    alone = [intake.reporters.new_key() for row in rows if row.phone_index is None]
    await _store_keys(intake, work, [*(made for index, made in new.items() if keys[index] == made.key), *alone])
    nameless = iter(alone)
    return [Reporter(keys[row.phone_index] if row.phone_index else next(nameless).key) for row in rows]


async def _added(intake: Intake, work: Work, new: Mapping[str, NewKey]) -> dict[str, PersonKey]:
    """The keys of new phones; where a resident's report of this very moment had the phone first, theirs."""
    if not new:
        return {}
    people = [made.key.person for made in new.values()]
    ours = {row["phone_index"] for row in await work.connection.fetch(SQL["add_reporters"], list(new), people)}
    theirs = await intake.reporters.keys_of_phones(work.connection, [index for index in new if index not in ours])
    return {index: made.key for index, made in new.items()} | theirs


async def _store_keys(intake: Intake, work: Work, made: Sequence[NewKey]) -> None:
    await intake.keyring.record(work.connection, [each.record for each in made])
    work.publish_states([each.key.person for each in made])


def _command(source: str, row: _Row, reporter: Reporter, *, number: str) -> ImportTicket:
    past = row.past
    return ImportTicket(
        at=past.opened_at,
        id=row.id,
        number=number,
        place=past.place,
        category=past.category,
        text=reporter.seal(past.text),
        reporter=reporter.person,
        contact=Contact(name=reporter.seal_given(past.name), phone=reporter.seal_given(past.phone)),
        tracking_token=reporter.seal(row.token),
        source=source,
        source_id=past.source_id,
        unit=past.unit,
        milestones=Milestones(**past.milestones),
        notes=tuple(Note(at=note.at, text=reporter.seal(note.text)) for note in past.notes),
        rating=_given_rating(past, reporter),
        stated_urgency=past.stated_urgency,
    )


def _given_rating(past: PastTicket, reporter: Reporter) -> GivenRating | None:
    given = past.rating
    if given is None:
        return None
    return GivenRating(at=given.at, rating=given.rating, words=reporter.seal_given(given.words))
