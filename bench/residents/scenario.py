"""Both ways, each on stores of its own."""

from pathlib import Path

from bench.counts import MESSAGES_A_TICKET, counted_in_figures, messages_settled
from bench.ground import Server, Stores, platform, stores
from bench.residents.account import SQL, Account, TakenIn, account
from bench.residents.front_door import SETTINGS, report_all
from bench.residents.history import import_all
from bench.residents.messages import read_messages


async def through_the_import(file: Path) -> Account:
    """What became of the messages that were imported."""
    async with stores() as ground, platform(ground) as server:
        return await _accounted(ground, server, await import_all(ground, file))


async def through_the_front_door(file: Path) -> Account:
    """What became of the messages that residents sent all at once."""
    async with stores() as ground, platform(ground, settings=SETTINGS) as server:
        places = await _places(ground)
        return await _accounted(ground, server, await report_all(server.port, read_messages(file), places))


async def _accounted(ground: Stores, server: Server, taken: TakenIn) -> Account:
    connection = await ground.connect()
    try:
        await messages_settled(connection, taken.answered * MESSAGES_A_TICKET)
        await counted_in_figures(connection, taken.answered)
        return await account(connection, server.port, taken)
    finally:
        await connection.close()


async def _places(ground: Stores) -> list[str]:
    connection = await ground.connect()
    rows = await connection.fetch(SQL["places_of_intake"])
    await connection.close()
    return [row["id"] for row in rows]
