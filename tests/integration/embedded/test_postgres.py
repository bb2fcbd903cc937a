"""The embedded PostgreSQL keeps what it answered for and tells nobody what was in it."""

import asyncio
import socket
from pathlib import Path

import asyncpg
import pytest

from shared.embedded.errors import HalfWrittenError
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.progress import Progress, Step

pytestmark = pytest.mark.long


async def test_commit_that_was_answered_is_on_disk(server_home: Path) -> None:
    server = EmbeddedPostgres(server_home / "postgres")

    await server.start()

    connection = await asyncpg.connect(server.dsn)
    assert await connection.fetchval("SHOW fsync") == "on"
    assert await connection.fetchval("SHOW synchronous_commit") == "on"
    assert await connection.fetchval("SHOW data_checksums") == "on"
    assert await connection.fetchval("SHOW timezone") == "UTC"
    await connection.close()


async def test_rows_and_address_are_the_same_after_a_restart(server_home: Path) -> None:
    server = EmbeddedPostgres(server_home / "postgres")
    await server.start()
    before = server.dsn
    await _execute(server.dsn, "CREATE TABLE places AS SELECT 'east gate' AS name")

    await server.restart()

    assert server.dsn == before
    assert await _value(server.dsn, "SELECT name FROM places") == "east gate"


async def test_port_that_is_let_go_a_moment_later_is_waited_for(server_home: Path) -> None:
    server = EmbeddedPostgres(server_home / "postgres")
    await server.start()
    port = server.ports["port"]
    await server.stop()
    holder = socket.create_server(("127.0.0.1", port))

    asyncio.get_running_loop().call_later(0.3, holder.close)
    await server.start()

    assert server.ports["port"] == port


async def test_password_lies_in_one_file_only(server_home: Path) -> None:
    server = EmbeddedPostgres(server_home / "postgres")

    await server.start()

    holders = [path.name for path in server.home.iterdir() if path.is_file() and "password" in path.name]
    assert holders == ["password"]


async def test_it_is_reached_by_its_socket_in_the_data_where_nobody_else_may_go(server_home: Path) -> None:
    server = EmbeddedPostgres(server_home / "postgres")

    await server.start()

    assert await _value(server.dsn, "SELECT inet_server_addr() IS NULL") is True
    assert server.data.stat().st_mode & 0o077 == 0


async def test_deep_in_a_tree_where_a_socket_has_no_name_it_is_reached_by_tcp(server_home: Path) -> None:
    server = EmbeddedPostgres(server_home / ("d" * 60) / ("e" * 60) / "postgres")

    await server.start()

    assert await _value(server.dsn, "SELECT host(inet_server_addr())") == "127.0.0.1"


async def test_stopping_a_stopped_server_does_nothing(server_home: Path) -> None:
    server = EmbeddedPostgres(server_home / "postgres")
    await server.start()
    await server.stop()

    await server.stop()

    assert server.running is None
    assert await server.answers() is False


async def test_server_asks_for_its_password(server_home: Path) -> None:
    server = EmbeddedPostgres(server_home / "postgres")
    await server.start()

    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(host="127.0.0.1", port=server.ports["port"], user="postgres", password="guessed")


async def test_log_holds_nothing_of_a_failed_statement(server_home: Path) -> None:
    server = EmbeddedPostgres(server_home / "postgres")
    await server.start()
    await _execute(server.dsn, "CREATE TABLE phones (number text PRIMARY KEY CHECK (number <> '10000000042'))")

    with pytest.raises(asyncpg.CheckViolationError):
        await _execute(server.dsn, "INSERT INTO phones VALUES ('10000000042')")

    assert "violates check constraint" in server.log.read_text()
    assert "10000000042" not in server.log.read_text()


async def test_half_written_data_directory_is_refused_by_name(server_home: Path) -> None:
    server = EmbeddedPostgres(server_home / "postgres")
    await server.start()
    await server.stop()
    (server.data / "global" / "pg_control").unlink()

    with pytest.raises(HalfWrittenError) as refused:
        await server.start()

    assert refused.value.directory == server.data


async def test_interrupted_preparation_is_discarded_and_said(server_home: Path) -> None:
    told: list[Progress] = []
    server = EmbeddedPostgres(server_home / "postgres", report=told.append)
    partial = server.home / "data.partial"
    partial.mkdir(parents=True)
    (partial / "PG_VERSION").write_text("18\n")

    await server.start()

    assert Progress(Step.PARTIAL_DISCARDED, subject=str(partial)) in told
    assert server.running is not None


async def test_server_can_be_put_back_to_an_earlier_point(server_home: Path) -> None:
    server = EmbeddedPostgres(server_home / "postgres")
    await server.start()
    await _execute(server.dsn, "CREATE TABLE places AS SELECT 'east gate' AS name")
    await server.stop()
    await server.save_copy(server_home / "copy")
    await server.start()
    await _execute(server.dsn, "UPDATE places SET name = 'west gate'")
    await server.stop()

    await server.return_to(server_home / "copy")

    await server.start()
    assert await _value(server.dsn, "SELECT name FROM places") == "east gate"


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _value(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()
