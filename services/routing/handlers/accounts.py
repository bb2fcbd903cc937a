"""Local accounts of the district's people: made with a first-use password, signed in, signed out, limited."""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from services.routing.domain.access import Sight, sight_of
from services.routing.domain.case.commands import Actor
from services.routing.handlers.service import Routing
from services.routing.queries import SQL
from shared.contracts.directory import PersonDefined
from shared.kernel.problems import ProblemError
from shared.web.callers import network_of

# Without what is easily misread: a first-use password is read off a screen or a slip of paper.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class WrongCredentialsError(ProblemError):
    """Account or password is wrong."""

    status = 401


class TooManyFailuresError(ProblemError):
    """Too many failed sign-ins; wait a quarter of an hour and try again."""

    status = 429


class SameAsBeforeError(ProblemError):
    """The new password is the old one; choose another."""

    status = 422


class UnknownAccountError(ProblemError):
    """Nobody of the district has this account."""

    status = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstUse:
    """A new account and the password that is shown once."""

    person: str
    role: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session has begun; the token is its only key."""

    token: str = field(repr=False)
    expires_at: datetime
    must_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Who is signed in, as the directory knows them now."""

    record: PersonDefined
    sight: Sight
    must_change: bool

    @property
    def actor(self) -> Actor:
        """As the one who acts."""
        return self.sight.actor


async def ensure_accounts(service: Routing) -> list[FirstUse]:
    """Make an account for each of the district's people who has none; their passwords are known only to the caller."""
    people = (await service.directory.current()).people.values()
    known = {row["person"] for row in await service.runtime.pool.fetch(SQL["people_with_accounts"])}
    new = [person for person in people if not person.retired and person.id not in known]
    made = await asyncio.gather(*(_make_account(service, person) for person in new))
    return [account for account in made if account is not None]


def _first_use_password() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


async def reissue_password(service: Routing, person: str) -> FirstUse:
    """A first-use password for a person who has lost their own; all their sessions end.

    Raises:
        UnknownAccountError: there is no such account, or its person has left the district.
    """
    known = (await service.directory.current()).people.get(person)
    if known is None or known.retired:
        raise UnknownAccountError
    password = _first_use_password()
    hashed = await service.passwords.hashed(password)
    async with service.runtime.pool.acquire() as connection, connection.transaction():
        now = service.runtime.ground.clock.now()
        if not await connection.fetchval(SQL["reissue_password"], person, hashed, now):
            raise UnknownAccountError
        await connection.execute(SQL["end_sessions_of"], person)
    return FirstUse(person=person, role=known.role.value, password=password)


async def _make_account(service: Routing, person: PersonDefined) -> FirstUse | None:
    password = _first_use_password()
    now = service.runtime.ground.clock.now()
    hashed = await service.passwords.hashed(password)
    added = await service.runtime.pool.fetchval(SQL["add_account"], person.id, hashed, now)
    return FirstUse(person=person.id, role=person.role.value, password=password) if added else None


async def sign_in(service: Routing, *, account: str, password: str, address: str) -> SignedIn:
    """Begin a session.

    Raises:
        WrongCredentialsError: no such account, or another password.
        TooManyFailuresError: this account, or this address, has failed too often.
    """
    # Before the password is looked at, which takes its time: of many tries at once none may slip through.
    await _count_try(service, account=account, address=address)
    row = await service.runtime.pool.fetchrow(SQL["account"], account)
    passwords = service.passwords
    holds = await (passwords.verified(row["password_hash"], password) if row else passwords.refused(password))
    if row is None or not holds:
        raise WrongCredentialsError
    await _forgive_try(service, account=account, address=address)
    return await _begin_session(service, account, must_change=row["must_change"])


async def _begin_session(service: Routing, person: str, *, must_change: bool) -> SignedIn:
    now = service.runtime.ground.clock.now()
    token = secrets.token_urlsafe(32)
    expires_at = now + timedelta(hours=service.config.session_hours)
    await service.runtime.pool.execute(SQL["end_old_sessions"], now)
    await service.runtime.pool.execute(SQL["add_session"], _token_hash(token), person, expires_at)
    return SignedIn(token=token, expires_at=expires_at, must_change=must_change)


async def member_of(service: Routing, token: str | None) -> Member | None:
    """Who holds this session; none when it is over, or when the person has left the district's directory."""
    if not token:
        return None
    now = service.runtime.ground.clock.now()
    row = await service.runtime.pool.fetchrow(SQL["session"], _token_hash(token), now)
    member = await member_of_district(service, row["person"]) if row else None
    return replace(member, must_change=row["must_change"]) if row and member else None


async def member_of_district(service: Routing, person: str) -> Member | None:
    """A person of the district as one who acts, for a caller who has let them in; none when they have left it."""
    directory = await service.directory.current()
    record = directory.people.get(person)
    if record is None or record.retired or record.unit not in directory.units:
        return None
    actor = Actor(person=record.id, unit=record.unit, role=record.role)
    units = (await service.rulebooks.current()).units
    sight = sight_of(actor, units=units, areas=directory.areas)
    return Member(record=record, sight=sight, must_change=False)


async def change_password(service: Routing, member: Member, password: str) -> SignedIn:
    """The person's own password; every session of theirs ends, a new one begins.

    Raises:
        SameAsBeforeError: it is the password that they have.
    """
    pool, person = service.runtime.pool, member.actor.person
    row = await pool.fetchrow(SQL["account"], person)
    if row is None or await service.passwords.verified(row["password_hash"], password):
        raise SameAsBeforeError
    hashed = await service.passwords.hashed(password)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(SQL["change_password"], person, hashed, service.runtime.ground.clock.now())
        await connection.execute(SQL["end_sessions_of"], person)
    return await _begin_session(service, person, must_change=False)


async def sign_out(service: Routing, token: str) -> None:
    """End this session."""
    await service.runtime.pool.execute(SQL["end_session"], _token_hash(token))


def _limits(service: Routing, *, account: str, address: str) -> dict[str, int]:
    """How often each of these may fail within the window."""
    network = network_of(address)
    return {
        _who(service, "account and address", f"{account} {network}"): service.config.sign_in_failures_max,
        _who(service, "address", network): service.config.sign_in_failures_per_address_max,
        _who(service, "account", account): service.config.sign_in_failures_per_account_max,
    }


async def _count_try(service: Routing, *, account: str, address: str) -> None:
    # In turn: what one address is refused uses up nothing of what the account may be tried from elsewhere.
    for who, limit in _limits(service, account=account, address=address).items():
        failures = await service.runtime.pool.fetchval(SQL["count_try"], who, _window(service))
        if failures > limit:
            raise TooManyFailuresError


async def _forgive_try(service: Routing, *, account: str, address: str) -> None:
    mine, *shared = _limits(service, account=account, address=address)
    await service.runtime.pool.execute(SQL["forgive_try"], mine, shared, _window(service))


def _window(service: Routing) -> datetime:
    """The beginning of the window that is now."""
    length_s = service.config.sign_in_window_minutes * 60
    now_s = int(service.runtime.ground.clock.now().timestamp())
    return datetime.fromtimestamp(now_s - now_s % length_s, UTC)


def _who(service: Routing, kind: str, value: str) -> str:
    return service.hmac_of(f"{kind}:{value}").hex()


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
