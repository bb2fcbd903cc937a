"""Reporters' contacts beside exported tickets: for an account that may see them, and on record before the first row."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from services.cli.district import opened_routing
from services.cli.errors import (
    FirstPasswordError,
    PasswordsOffError,
    RoleSeesNoContactError,
    SignInRefusedError,
    SignInWaitError,
)
from services.cli.settings import LaunchSettings
from services.reporting.adapters.columns import Rows, Value
from services.reporting.domain.period import Period
from services.routing.domain.errors import RoutingError
from services.routing.handlers import Routing
from services.routing.handlers.accounts import (
    LocalAccountsOffError,
    Member,
    TooManyFailuresError,
    WrongCredentialsError,
    member_by_password,
)
from services.routing.handlers.exporting import ContactsAsked, record_export, reporters_of

COLUMNS = ("reporter_name", "reporter_phone", "text")
UNKNOWN: tuple[Value, ...] = (None,) * len(COLUMNS)
# So many cases say in one transaction that they were looked at; who works on one of them meanwhile waits for no longer.
AT_ONCE = 200
# Failures of a command are counted as those of this machine.
ADDRESS = "127.0.0.1"

Complete = Callable[[Rows], Awaitable[Rows]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks for contacts, and what for."""

    account: str
    password: str = field(repr=False)
    reason: str


@asynccontextmanager
async def with_contacts(
    settings: LaunchSettings, asker: Asker, period: Period, tickets: int
) -> AsyncIterator[Complete]:
    """What completes exported rows by their reporters.

    Raises:
        CommandError: the account, its password or its role does not allow it.
    """
    async with opened_routing(settings) as routing:
        member = await _known(routing, asker)
        last_day = period.day_after - timedelta(days=1)
        asked = ContactsAsked(first_day=period.first_day, last_day=last_day, tickets=tickets, reason=asker.reason)
        try:
            export = await record_export(routing, member, asked)
        except RoutingError:
            raise RoleSeesNoContactError(member.actor.role.value) from None

        async def complete(rows: Rows) -> Rows:
            completed: list[tuple[Value, ...]] = []
            for start in range(0, len(rows), AT_ONCE):
                completed += await _completed(routing, member, export, rows[start : start + AT_ONCE])
            return completed

        yield complete


async def _known(routing: Routing, asker: Asker) -> Member:
    try:
        member = await member_by_password(routing, account=asker.account, password=asker.password, address=ADDRESS)
    except WrongCredentialsError:
        raise SignInRefusedError from None
    except TooManyFailuresError:
        raise SignInWaitError from None
    except LocalAccountsOffError:
        raise PasswordsOffError from None
    if member.must_change:
        raise FirstPasswordError
    return member


async def _completed(routing: Routing, member: Member, export: UUID, rows: Rows) -> list[tuple[Value, ...]]:
    """Rows of tickets, whose id is the first column, with their reporters, as far as the member may see them."""
    tickets = [UUID(str(row[0])) for row in rows]
    known = await reporters_of(routing, member, export, tickets)
    told = {ticket: (each.name, each.phone, each.text) for ticket, each in known.items()}
    return [(*row, *told.get(ticket, UNKNOWN)) for row, ticket in zip(rows, tickets, strict=True)]
