"""How the district's people sign in, by a local account or an identity provider; both are limited, both end alike."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar, TypeVar

from services.routing.adapters.identity import Attempt, IdentityProvider, LetIn, ProviderAwayError
from services.routing.domain.access import Sight, sight_of
from services.routing.domain.case.commands import Actor
from services.routing.domain.permissions import ADMIN_TABLE, REACH, TAKES_CALLS
from services.routing.handlers.service import Routing
from services.routing.handlers.sessions import token_hash
from services.routing.queries import SQL
from shared.contracts.directory import PersonDefined
from shared.kernel.problems import ProblemError
from shared.web.callers import network_of
from shared.web.passes import FIGURES, Passes

# Without what is easily misread: a first-use password is read off a screen or a slip of paper.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
Said = TypeVar("Said")


class WrongCredentialsError(ProblemError):
    """Account or password is wrong."""

    status = 401


class TooManyFailuresError(ProblemError):
    """Too many failed sign-ins; wait a quarter of an hour and try again."""

    status = 429


class LocalAccountsOffError(ProblemError):
    """Staff sign in by the identity provider here; passwords count no more."""

    status = 403


class UnknownStaffError(Exception):
    """The identity provider let somebody in who is not, or no longer, of the district."""

    status: ClassVar[int] = 403

    def __init__(self, account: str) -> None:
        super().__init__()
        self.account = account


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
    """Make an account for each of the district's people who has none; their passwords are known only to the caller.

    None where passwords count no more.
    """
    if not service.config.local_accounts:
        return []
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
    service.sessions.some_ended()
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
        LocalAccountsOffError: passwords count no more.
        WrongCredentialsError: no such account, or another password.
        TooManyFailuresError: this account, or this address, has failed too often.
    """
    must_change = await _proven(service, account=account, password=password, address=address)
    return await _begin_session(service, account, must_change=must_change)


async def member_by_password(service: Routing, *, account: str, password: str, address: str) -> Member:
    """Who proves who they are for one act alone: no session begins.

    Raises:
        LocalAccountsOffError: passwords count no more.
        WrongCredentialsError: no such account, or another password.
        TooManyFailuresError: this account, or this address, has failed too often.
    """
    must_change = await _proven(service, account=account, password=password, address=address)
    member = await member_of_district(service, account)
    if member is None:
        raise WrongCredentialsError
    return replace(member, must_change=must_change)


async def _proven(service: Routing, *, account: str, password: str, address: str) -> bool:
    """Whether this password, which is right, has to be changed."""
    if not service.config.local_accounts:
        raise LocalAccountsOffError
    # Before the password is looked at, which takes its time: of many tries at once none may slip through.
    limits = _limits(service, account=account, address=address)
    await _count_try(service, limits)
    row = await service.runtime.pool.fetchrow(SQL["account"], account)
    passwords = service.passwords
    holds = await (passwords.verified(row["password_hash"], password) if row else passwords.refused(password))
    if row is None or not holds:
        raise WrongCredentialsError
    await _forgive_try(service, limits)
    return bool(row["must_change"])


async def sign_in_by_provider(
    service: Routing, provider: IdentityProvider, attempt: Attempt, *, code: str, address: str
) -> SignedIn:
    """Begin a session for whom the identity provider let in.

    Raises:
        IdentityError: the provider does not answer, or not as it must.
        UnknownStaffError: the district knows nobody of this account.
        TooManyFailuresError: from this address it has failed too often.
    """
    limits = _limits_of_provider(service, address)
    let_in = await _said_by_provider(service, limits, lambda: provider.let_in(attempt, code))
    if await member_of_district(service, let_in.account) is None:
        raise UnknownStaffError(let_in.account)
    await _forgive_try(service, limits)
    return await _begin_session(service, let_in.account, by_provider=let_in)


async def end_by_provider(service: Routing, provider: IdentityProvider, logout_token: str, *, address: str) -> None:
    """End the sessions of whom the identity provider has signed out, whatever device they were begun on.

    Raises:
        IdentityError: the provider did not say so, or can not be asked for its keys.
        TooManyFailuresError: from this address too much came that it did not say.
    """
    limits = _limits_of_provider(service, address)
    signed_out = await _said_by_provider(service, limits, lambda: provider.signed_out(logout_token))
    await _forgive_try(service, limits)
    await service.runtime.pool.execute(
        SQL["end_sessions_by_provider"], _hash_of(signed_out.subject), _hash_of(signed_out.session)
    )
    service.sessions.some_ended()


def _hash_of(name: str | None) -> bytes | None:
    """What is kept of a provider's name for somebody: enough to know it again."""
    return None if name is None else token_hash(name)


async def _begin_session(
    service: Routing, person: str, *, must_change: bool = False, by_provider: LetIn | None = None
) -> SignedIn:
    now = service.runtime.ground.clock.now()
    token = secrets.token_urlsafe(32)
    expires_at = now + timedelta(hours=service.config.session_hours)
    await service.runtime.pool.execute(SQL["end_old_sessions"], now)
    known_there = (None, None) if by_provider is None else (by_provider.subject, by_provider.session)
    await service.runtime.pool.execute(SQL["remember_sign_in"], person, now, by_provider is not None)
    await service.runtime.pool.execute(
        SQL["add_session"], token_hash(token), person, expires_at, by_provider is not None, *map(_hash_of, known_there)
    )
    return SignedIn(token=token, expires_at=expires_at, must_change=must_change)


async def member_of(service: Routing, token: str | None) -> Member | None:
    """Who holds this session; none when it is over, or when the person has left the district's directory."""
    session = await service.sessions.held(token) if token else None
    member = await member_of_district(service, session.person) if session else None
    return replace(member, must_change=session.must_change) if session and member else None


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


def pass_of(service: Routing, member: Member, *, opens: str = FIGURES) -> tuple[str, datetime]:
    """By which another service of ours knows this member at these pages for seconds, and until when."""
    actor = member.actor
    passes = Passes(service.config.session_key, service.runtime.ground.clock.now)
    return passes.issue(
        person=actor.person,
        unit=actor.unit,
        role=actor.role,
        reach=REACH[actor.role],
        admin=actor.role in ADMIN_TABLE,
        takes_calls=actor.role in TAKES_CALLS,
        opens=opens,
    )


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
    service.sessions.some_ended()
    return await _begin_session(service, person)


async def sign_out(service: Routing, token: str) -> bool:
    """End this session; whether an identity provider had begun it."""
    by_provider = await service.runtime.pool.fetchval(SQL["end_session"], token_hash(token))
    service.sessions.some_ended()
    return bool(by_provider)


async def sign_out_everywhere(service: Routing, member: Member) -> None:
    """End every session of theirs, on whatever device it was begun."""
    await service.runtime.pool.execute(SQL["end_sessions_of"], member.actor.person)
    service.sessions.some_ended()


def _limits(service: Routing, *, account: str, address: str) -> dict[str, int]:
    """How often each of these may fail within the window."""
    network = network_of(address)
    return {
        _who(service, "account and address", f"{account} {network}"): service.config.sign_in_failures_max,
        _who(service, "address", network): service.config.sign_in_failures_per_address_max,
        _who(service, "account", account): service.config.sign_in_failures_per_account_max,
    }


def _limits_of_provider(service: Routing, address: str) -> dict[str, int]:
    """How often answers of the provider that came from there may be worth nothing; accounts it limits itself."""
    who = _who(service, "provider and address", network_of(address))
    return {who: service.config.sign_in_failures_per_address_max}


async def _count_try(service: Routing, limits: Mapping[str, int]) -> None:
    # In turn: what one address is refused uses up nothing of what the account may be tried from elsewhere.
    for who, limit in limits.items():
        failures = await service.runtime.pool.fetchval(SQL["count_try"], who, _window(service))
        if failures > limit:
            raise TooManyFailuresError


async def _said_by_provider(service: Routing, limits: Mapping[str, int], heard: Callable[[], Awaitable[Said]]) -> Said:
    """What the provider says, counted as a failure of who brought it until somebody forgives it.

    Raises:
        IdentityError: it does not answer, or did not say so.
        TooManyFailuresError: from there too much came that it did not say.
    """
    await _count_try(service, limits)
    try:
        return await heard()
    except ProviderAwayError:
        # Nobody's failure: a whole office behind one address, or the provider itself, would still wait when it is back.
        await _forgive_try(service, limits)
        raise


async def _forgive_try(service: Routing, limits: Mapping[str, int]) -> None:
    mine, *shared = limits
    await service.runtime.pool.execute(SQL["forgive_try"], mine, shared, _window(service))


def _window(service: Routing) -> datetime:
    """The beginning of the window that is now."""
    length_s = service.config.sign_in_window_minutes * 60
    now_s = int(service.runtime.ground.clock.now().timestamp())
    return datetime.fromtimestamp(now_s - now_s % length_s, UTC)


def _who(service: Routing, kind: str, value: str) -> str:
    return service.hmac_of(f"{kind}:{value}").hex()
