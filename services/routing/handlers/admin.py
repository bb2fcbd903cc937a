"""What a district's admin and auditor look at: editions, rules, who signs in, contacts taken out; sessions ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog

from services.routing.domain.editions import Difference, differences
from services.routing.domain.errors.access import NotForThisRoleError
from services.routing.domain.permissions import ADMIN_TABLE, AdminAction
from services.routing.handlers.accounts import Member, UnknownAccountError
from services.routing.handlers.rule_hits import RuleHits, rule_hits
from services.routing.handlers.service import Routing
from services.routing.queries import SQL, Edition, editions
from shared.contracts.directory import DirectoryEvent, PersonDefined, Role, Rule
from shared.directory import Directory
from shared.kernel.event_store import Fold, load_many
from shared.kernel.problems import ProblemError
from shared.kernel.work import Work, transact_once

log = structlog.get_logger()

# Of an act that says nothing more.
NO_ANSWER = "{}"
HISTORY: Fold[tuple[DirectoryEvent, ...]] = Fold((), lambda before, record: (*before, record))


class EditionUnknownError(ProblemError):
    """The district has no such edition."""

    status = 404


class RuleUnknownError(ProblemError):
    """No rule that is in force is called so."""

    status = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """What the later of two editions has otherwise than the earlier, and all that there are."""

    editions: Sequence[Edition]
    earlier: int
    later: int
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut:
    """By which admin a person's sessions were ended last, and when."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One of the district's people: whether a first-use password waits to be changed, none where they have no account.

    `sessions` are those that are open now; none is known to have signed in, or to have been signed out, before this was
    kept.
    """

    person: PersonDefined
    first_password: bool | None
    signed_in_at: datetime | None
    by_provider: bool
    sessions: int
    signed_out: SignedOut | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesRead:
    """The directory with its rules, and how often each led."""

    directory: Directory
    hits: Mapping[str, RuleHits]

    @property
    def rules(self) -> list[Rule]:
        """Those in force, in the order in which they are asked."""
        return [rule for record in self.directory.rules.values() if not record.retired for rule in record.rules]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactExport:
    """One time that reporters' contacts left the platform: by whom, of which days, of how many tickets, what for."""

    id: UUID
    at: datetime
    person: str
    role: Role
    unit: str
    first_day: date
    last_day: date
    tickets: int
    reason: str


def check_admin(member: Member, action: AdminAction) -> None:
    """Raises:
    NotForThisRoleError: it is never this role's.
    """
    if action not in ADMIN_TABLE.get(member.actor.role, frozenset()):
        raise NotForThisRoleError


async def read_editions(service: Routing, member: Member) -> list[Edition]:
    """All publications, the newest first.

    Raises:
        NotForThisRoleError: they are not for this member.
    """
    check_admin(member, AdminAction.READ)
    return await editions(service.runtime.pool)


async def read_edition(service: Routing, member: Member, edition: int) -> Edition:
    """One publication.

    Raises:
        NotForThisRoleError: they are not for this member.
        EditionUnknownError: there is none of this number.
    """
    found = next((each for each in await read_editions(service, member) if each.edition == edition), None)
    if found is None:
        raise EditionUnknownError
    return found


async def read_between(
    service: Routing, member: Member, *, earlier: int | None = None, later: int | None = None
) -> Between:
    """What two editions differ by: the newest and the one before, where none were named; 0 is before the first.

    Raises:
        NotForThisRoleError: they are not for this member.
        EditionUnknownError: there is none of this number.
    """
    known = await read_editions(service, member)
    numbers = {0, *(each.edition for each in known)}
    later = max(numbers) if later is None else later
    earlier = max(0, later - 1) if earlier is None else earlier
    if not {earlier, later} <= numbers:
        raise EditionUnknownError
    earlier, later = min(earlier, later), max(earlier, later)
    found = await _differences(service, earlier=earlier, later=later)
    return Between(editions=known, earlier=earlier, later=later, differences=found)


async def _differences(service: Routing, *, earlier: int, later: int) -> Sequence[Difference]:
    runtime = service.runtime
    async with runtime.pool.acquire() as connection:
        streams = [row["stream"] for row in await connection.fetch(SQL["directory_streams"], earlier)]
        loaded = await load_many(connection, streams, HISTORY, runtime.store.decode)
    return differences((each.state for each in loaded.values()), earlier=earlier, later=later)


async def read_rules(service: Routing, member: Member, *, days: int) -> RulesRead:
    """The rules in force, with how many reports of the last days each led.

    Raises:
        NotForThisRoleError: they are not for this member.
    """
    check_admin(member, AdminAction.READ)
    directory, now = await service.directory.current(), service.runtime.ground.clock.now()
    counted = await rule_hits(service, since=now - timedelta(days=days), until=now)
    return RulesRead(directory=directory, hits={each.rule: each for each in counted})


async def read_users(service: Routing, member: Member) -> list[User]:
    """The district's people, those of a unit together.

    Raises:
        NotForThisRoleError: they are not for this member.
    """
    check_admin(member, AdminAction.READ)
    people = (await service.directory.current()).people.values()
    rows = await service.runtime.pool.fetch(SQL["users"], service.runtime.ground.clock.now())
    known = {row["person"]: dict(row) for row in rows}
    there = sorted((each for each in people if not each.retired), key=lambda each: (each.unit, each.id))
    return [_user(person, known.get(person.id, {})) for person in there]


async def read_contact_exports(service: Routing, member: Member, *, days: int) -> list[ContactExport]:
    """Who took reporters' contacts out of the platform in the last days, the newest first.

    Raises:
        NotForThisRoleError: they are not for this member.
    """
    check_admin(member, AdminAction.READ)
    since = service.runtime.ground.clock.now() - timedelta(days=days)
    return [ContactExport(**row) for row in await service.runtime.pool.fetch(SQL["contact_exports"], since)]


async def read_user(service: Routing, member: Member, person: str) -> User:
    """One of the district's people.

    Raises:
        NotForThisRoleError: they are not for this member.
        UnknownAccountError: nobody of the district is called so.
    """
    found = next((each for each in await read_users(service, member) if each.person.id == person), None)
    if found is None:
        raise UnknownAccountError
    return found


async def end_sessions(service: Routing, member: Member, person: str, *, key: str) -> None:
    """Every session of that person ends, on whatever device, once for the key; they can sign in again.

    Raises:
        NotForThisRoleError: it is not theirs to do.
        UnknownAccountError: nobody of the district is called so.
        IdempotencyConflictError: the key was used for somebody else.
    """
    check_admin(member, AdminAction.END_SESSIONS)
    if person not in (await service.directory.current()).people:
        raise UnknownAccountError
    by = member.actor.person
    request = service.request(caller=f"staff:{by}", operation="end-sessions", key=key, body=person)

    async def act(work: Work) -> str:
        await work.connection.execute(SQL["end_sessions_of"], person)
        await work.connection.execute(SQL["add_sessions_ended"], person, work.now, by)
        return NO_ANSWER

    await transact_once(service.runtime.store, service.runtime.ground.clock.now, request, act)
    service.sessions.some_ended()
    log.info("sessions_ended", person=person, by=by)


def _user(person: PersonDefined, row: Mapping[str, object]) -> User:
    at, ended_at = row.get("at"), row.get("ended_at")
    return User(
        person=person,
        first_password=bool(row["must_change"]) if row.get("must_change") is not None else None,
        signed_in_at=at if isinstance(at, datetime) else None,
        by_provider=bool(row.get("by_provider")),
        sessions=int(str(row.get("sessions") or 0)),
        signed_out=SignedOut(at=ended_at, by=str(row["ended_by"])) if isinstance(ended_at, datetime) else None,
    )
