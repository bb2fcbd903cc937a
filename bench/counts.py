"""Whether every ticket is everywhere, once: what must be equal at the end of each measurement, or it does not count."""

import asyncio
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from shared.kernel.database import Connection
from shared.kernel.queries import Queries

SQL = Queries.load(Path(__file__).parent / "sql")
ARRIVED_WITHIN_S = 240.0
LOOK_EVERY_S = 0.25
# Each report with a phone sends one message to the duty holder and one to the reporter.
MESSAGES_A_TICKET = 2


class CountsDifferError(Exception):
    """Something was lost or doubled: the measurement is void."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What stands in the four services' tables."""

    tickets: int
    ticket_events: int
    waiting_in_intake: int
    cases: int
    messages: int
    accepted: int
    suppressed: int
    taken_by_provider: int
    figures: int
    parked: int


async def counts(connection: Connection) -> Counts:
    """Count everything."""
    row = await connection.fetchrow(SQL["counts"])
    assert row is not None  # noqa: S101 - an aggregate always gives a row.
    return Counts(**row)


def check_tickets(counted: Counts, accepted: int) -> None:
    """Hold what intake has against what was answered with 201.

    Raises:
        CountsDifferError: they are not the same.
    """
    _check(counted, {"tickets": accepted, "ticket_events": accepted, "parked": 0})


def check_chain(counted: Counts, accepted: int) -> None:
    """Hold what every service has against what was answered with 201.

    Raises:
        CountsDifferError: they are not all the same.
    """
    check_tickets(counted, accepted)
    sent = accepted * MESSAGES_A_TICKET
    _check(counted, {"cases": accepted, "messages": sent, "accepted": sent, "taken_by_provider": sent})
    _check(counted, {"figures": accepted})


def check_history(counted: Counts, imported: int) -> None:
    """Hold what every service has against the rows that were imported; nobody was told of them.

    Raises:
        CountsDifferError: they are not all the same.
    """
    check_tickets(counted, imported)
    told = imported * MESSAGES_A_TICKET
    _check(counted, {"cases": imported, "suppressed": told, "taken_by_provider": 0, "figures": imported})


async def relayed(connection: Connection) -> None:
    """Wait until intake's relay has sent everything."""
    await _until_as_many(connection, "waiting_in_intake", 0)


async def taken_by_provider(connection: Connection, messages: int) -> None:
    """Wait until the provider has taken as many messages, and the acceptance is recorded."""
    await _until_as_many(connection, "sends_accepted", messages)


async def messages_settled(connection: Connection, messages: int) -> None:
    """Wait until as many messages are taken by the provider, kept back, or waiting for the hours of their unit."""
    await _until_as_many(connection, "messages_settled", messages)


async def counted_in_figures(connection: Connection, tickets: int) -> None:
    """Wait until the figures hold as many tickets."""
    await _until_as_many(connection, "tickets_in_figures", tickets)


async def cases_opened(connection: Connection, cases: int, *, within_s: float = ARRIVED_WITHIN_S) -> None:
    """Wait until routing has opened as many cases."""
    await _until_as_many(connection, "cases_opened", cases, within_s=within_s)


async def deadlines_missed(connection: Connection, deadlines: int) -> None:
    """Wait until as many deadlines were seen to have been missed."""
    await _until_as_many(connection, "deadlines_missed", deadlines)


async def _until_as_many(
    connection: Connection, query: str, wanted: int, *, within_s: float = ARRIVED_WITHIN_S
) -> None:
    """Look now and then; a count that never comes voids the measurement.

    Raises:
        CountsDifferError: it did not come in time.
    """
    ends = time.monotonic() + within_s
    while (found := await connection.fetchval(SQL[query])) != wanted:
        if time.monotonic() > ends:
            raise CountsDifferError(f"{query}: {found} instead of {wanted}")
        await asyncio.sleep(LOOK_EVERY_S)


def _check(counted: Counts, wanted: dict[str, int]) -> None:
    found = asdict(counted)
    wrong = {name: (found[name], number) for name, number in wanted.items() if found[name] != number}
    if wrong:
        raise CountsDifferError(f"found and wanted: {wrong}")
