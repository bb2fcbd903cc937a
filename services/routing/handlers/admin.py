"""What a district's admin and auditor look at: editions and their differences, and who signs in; sessions ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from services.routing.domain.editions import Difference, differences
from services.routing.domain.errors import NotForThisRoleError
from services.routing.domain.permissions import ADMIN_TABLE, AdminAction
from services.routing.handlers.accounts import Member, UnknownAccountError
from services.routing.handlers.service import Routing
from services.routing.queries import SQL, Edition, editions
from shared.contracts.directory import DirectoryEvent, PersonDefined
from shared.kernel.event_store import Fold, load_many

log = structlog.get_logger()

HISTORY: Fold[tuple[DirectoryEvent, ...]] = Fold((), lambda before, record: (*before, record))


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One of the district's people: whether a first-use password waits to be changed, none where they have no account.

    `sessions` are those that are open now; none is known to have signed in before this was kept.
    """

    person: PersonDefined
    first_password: bool | None
    signed_in_at: datetime | None
    by_provider: bool
    sessions: int


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


async def read_differences(service: Routing, member: Member, *, earlier: int, later: int) -> Sequence[Difference]:
    """What the later edition has otherwise than the earlier.

    Raises:
        NotForThisRoleError: they are not for this member.
    """
    check_admin(member, AdminAction.READ)
    runtime = service.runtime
    async with runtime.pool.acquire() as connection:
        streams = [row["stream"] for row in await connection.fetch(SQL["directory_streams"], earlier)]
        loaded = await load_many(connection, streams, HISTORY, runtime.store.decode)
    return differences((each.state for each in loaded.values()), earlier=earlier, later=later)


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


async def end_sessions(service: Routing, member: Member, person: str) -> None:
    """Every session of that person ends, on whatever device; they can sign in again.

    Raises:
        NotForThisRoleError: it is not theirs to do.
        UnknownAccountError: nobody of the district is called so.
    """
    check_admin(member, AdminAction.END_SESSIONS)
    if person not in (await service.directory.current()).people:
        raise UnknownAccountError
    await service.runtime.pool.execute(SQL["end_sessions_of"], person)
    service.sessions.some_ended()
    log.info("sessions_ended", person=person, by=member.actor.person)


def _user(person: PersonDefined, row: Mapping[str, object]) -> User:
    at = row.get("at")
    return User(
        person=person,
        first_password=bool(row["must_change"]) if row.get("must_change") is not None else None,
        signed_in_at=at if isinstance(at, datetime) else None,
        by_provider=bool(row.get("by_provider")),
        sessions=int(str(row.get("sessions") or 0)),
    )
