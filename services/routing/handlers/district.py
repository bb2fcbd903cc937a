"""Publishing the district: what the file changed of the directory is appended, what left it is retired."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

from services.routing.domain.district import District, PersonEntry
from services.routing.domain.editions import differences
from services.routing.domain.publication import Seal, records, retired
from services.routing.domain.rulebook import rulebook_from
from services.routing.domain.stranding import Change as DistrictChange
from services.routing.domain.stranding import Stranded, count_of
from services.routing.handlers.service import Routing, nonce
from services.routing.handlers.stranding import move_cases, stranded_cases, without_heir
from services.routing.queries import SQL
from shared.contracts.directory import DirectoryEvent, DirectoryRecord, PersonDefined, RulesDefined
from shared.contracts.envelope import Sealed
from shared.directory import Directory
from shared.directory.following import read_directory
from shared.kernel.event_store import Cause, Fold
from shared.kernel.problems import ProblemError
from shared.kernel.work import Work, transact
from shared.privacy import Forgotten, PersonKey, normalised_phone, seal
from shared.privacy.keyring import ENTROPY_BYTES

RECORD: Fold[DirectoryEvent | None] = Fold(None, lambda _before, record: record)


class StaffForgottenError(ProblemError):
    """A person of the file was erased before; give the new person another id."""

    status = 409


class EditionChangedError(ProblemError):
    """Another edition was published meanwhile; compare the file with it, then publish again."""

    status = 409

    def __init__(self, *, expected: int | None, found: int) -> None:
        super().__init__(f"{expected} was expected, {found} is valid")
        self.expected, self.found = expected, found


class CasesStrandedError(ProblemError):
    """The edition would strand open cases: move them with it, or keep what they hang on."""

    status = 409

    def __init__(self, stranded: Sequence[Stranded]) -> None:
        super().__init__(str(count_of(stranded)))
        self.stranded = tuple(stranded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a publication would do to one record: `added`, `changed` or `retired`; all rules are one and told in it."""

    kind: str
    id: str
    what: str
    rules: tuple["RuleChange", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """What it would do to one rule: as above, or `moved` among the others."""

    id: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The outcome: the edition that is now valid, and what it changed; nothing when the file says nothing new."""

    edition: int
    changes: tuple[Change, ...]
    moved: tuple[Stranded, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a publication would bring: the edition that is valid now, the changes, and open cases that they strand."""

    edition: int
    changes: tuple[Change, ...]
    stranded: tuple[Stranded, ...]


async def publish_district(
    service: Routing,
    district: District,
    *,
    file_sha256: str,
    expected: int | None = None,
    reassign: bool = False,
    by: str | None = None,
) -> Published:
    """Append the records that the file changed, in one transaction with the staff's new keys.

    Open cases that it would strand are moved in the same transaction where `reassign` says so. `by` is who publishes
    it, as they call themselves.

    Raises:
        EditionChangedError: another edition than the `expected` one is valid by now.
        CasesStrandedError: it would strand open cases, and either nobody asked to move them or nobody could get one.
        StaffForgottenError: the file names a person who was erased.
        PhoneNotValidError: a phone of the file is none.
    """
    clock = service.runtime.ground.clock

    async def act(work: Work) -> Published:
        await work.connection.execute(SQL["lock_publishing"])
        plan = await _plan(service, work, district)
        if expected not in (None, plan.edition - 1):
            raise EditionChangedError(expected=expected, found=plan.edition - 1)
        stranded = await stranded_cases(service, work, plan.change)
        if stranded if not reassign else without_heir(stranded):
            raise CasesStrandedError(stranded)
        await _append(work, plan)
        await move_cases(work, plan.change, stranded)
        if plan.changed:
            gone = sum(record.retired for record in plan.changed)
            await work.connection.execute(
                SQL["add_edition"], plan.edition, work.now, file_sha256, len(plan.changed), gone, by
            )
        edition = plan.edition if plan.changed else plan.edition - 1
        return Published(edition=edition, changes=plan.changes, moved=tuple(stranded))

    published = await transact(service.runtime.store, clock.now, act)
    service.directory.look_again()
    return published


async def compare_district(service: Routing, district: District) -> Compared:
    """What publishing the file would change, and which open cases it would strand; nothing is written.

    Raises:
        StaffForgottenError: the file names a person who was erased.
        PhoneNotValidError: a phone of the file is none.
    """
    runtime = service.runtime
    async with runtime.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            work = Work(connection, runtime.store, runtime.ground.clock.now())
            plan = await _plan(service, work, district)
            stranded = await stranded_cases(service, work, plan.change)
            return Compared(edition=plan.edition - 1, changes=plan.changes, stranded=tuple(stranded))
        finally:
            await transaction.rollback()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    edition: int
    changed: Sequence[DirectoryEvent]
    changes: tuple[Change, ...]
    change: DistrictChange


async def _plan(service: Routing, work: Work, district: District) -> _Plan:
    before = {record.stream: record for record in _all(await read_directory(work.connection))}
    edition = max((record.edition for record in before.values()), default=0) + 1
    dialled = _with_dialled_phones(district, allow_unassigned=service.config.allow_unassigned_phones)
    sealing = await _sealing(service, work, dialled.people, before.values())
    current = records(dialled, edition=edition, at=work.now, seal=sealing)
    gone = retired(before.values(), current, edition=edition, at=work.now)
    changed = [record for record in (*current, *gone) if not _same(before.get(record.stream), record)]
    changes = tuple(_change(before.get(record.stream), record) for record in changed)
    after = {**before, **{record.stream: record for record in changed}}
    change = DistrictChange(
        before=rulebook_from(before.values()),
        after=rulebook_from(after.values()),
        people={record.id: record for record in after.values() if isinstance(record, PersonDefined)},
    )
    return _Plan(edition=edition, changed=changed, changes=changes, change=change)


async def _append(work: Work, plan: _Plan) -> None:
    await work.prefetch([record.stream for record in plan.changed], RECORD)
    cause = Cause(uuid4(), "routing", f"district edition {plan.edition}")
    for record in plan.changed:
        work.append(await work.load(record.stream, RECORD), [record], fold=RECORD, cause=cause)


def _with_dialled_phones(district: District, *, allow_unassigned: bool) -> District:
    """The phones in the one form in which they are sealed and dialled."""

    def dialled(person: PersonEntry) -> PersonEntry:
        phone = normalised_phone(person.phone, allow_unassigned=allow_unassigned)
        return person.model_copy(update={"phone": phone})

    return district.model_copy(update={"people": tuple(map(dialled, district.people))})


async def _sealing(
    service: Routing, work: Work, people: Sequence[PersonEntry], before: Iterable[DirectoryEvent]
) -> Seal:
    """Seals what is new; what a person's record holds already keeps its box, so that it counts as unchanged."""
    keys = {person.id: await _staff_key(service, work, person.id) for person in people}
    old = [box for record in before if isinstance(record, PersonDefined) for box in (record.name, record.phone)]
    texts = await service.keyring.opened_many(work.connection, old) if old else []
    known: dict[tuple[str, str | Forgotten], Sealed] = {
        (box.person, text): box for box, text in zip(old, texts, strict=True)
    }

    def sealing(person: str, text: str) -> Sealed:
        key = keys[person]
        return known.get((key.person, text)) or seal(key, text, nonce=nonce())

    return sealing


async def _staff_key(service: Routing, work: Work, person: str) -> PersonKey:
    """The key of a member of staff, made and queued for publishing when there is none."""
    owner = f"staff-{person}"
    if not await service.keyring.records_of(work.connection, [owner]):
        made = service.keyring.new_key(owner, entropy=secrets.token_bytes(ENTROPY_BYTES))
        await service.keyring.record(work.connection, [made.record])
        work.publish_states([owner])
        return made.key
    key = await service.keyring.key_of(work.connection, owner)
    if isinstance(key, Forgotten):
        raise StaffForgottenError(person)
    return key


def _same(before: DirectoryRecord | None, record: DirectoryRecord) -> bool:
    return before is not None and record == before.model_copy(update={"edition": record.edition, "at": record.at})


def _change(before: DirectoryRecord | None, record: DirectoryRecord) -> Change:
    new = before is None or before.retired
    what = "retired" if record.retired else "added" if new else "changed"
    return Change(kind=record.kind, id=record.id, what=what, rules=tuple(_rule_changes(before, record)))


def _rule_changes(before: DirectoryRecord | None, record: DirectoryRecord) -> Iterator[RuleChange]:
    """None at the first publication: each rule would be new."""
    if isinstance(before, RulesDefined) and isinstance(record, RulesDefined):
        for each in differences([[before, record]], earlier=before.edition, later=record.edition):
            yield RuleChange(id=each.id, what=each.what.value)


def _all(directory: Directory) -> list[DirectoryEvent]:
    return [
        *directory.areas.values(),
        *directory.places.values(),
        *directory.units.values(),
        *directory.people.values(),
        *directory.duties.values(),
        *directory.categories.values(),
        *directory.rules.values(),
        *directory.templates.values(),
        *directory.calendars.values(),
    ]
