"""The roles of the composed database, made by PostgreSQL's own client as its image does, before the migration."""

import asyncio
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from services.cli import app
from services.cli.service_tables import roots
from services.reporting.app import COMPONENTS
from shared.embedded.postgres import LIBRARIES, PROGRAMS, EmbeddedPostgres
from shared.embedded.processes import free_port
from shared.kernel.database import Connection
from shared.kernel.migrations import migrate

ROLES = Path(__file__).parents[3] / "deploy" / "compose" / "roles.sql"
NAMES = ("intake", "routing", "notify", "reporting", "grafana-reader")
# As CloudNativePG makes the owner on Kubernetes: no superuser, and a member of each service's role.
OWNER = """
CREATE ROLE yima LOGIN CREATEROLE PASSWORD 'secret-of-owner'
    IN ROLE yima_intake, yima_routing, yima_notify, yima_reporting;
ALTER DATABASE postgres OWNER TO yima;
"""
# Of runbooks, those that need tables of more than the service in whose container somebody may type them.
OF_THE_OWNER = (("parked", "list"), ("kpi", "--month", "2026-04"), ("rebuild", "figures"), ("partner", "list"))
GRANTED = """SELECT table_schema, table_name, grantee, privilege_type FROM information_schema.table_privileges
    WHERE table_schema = ANY($1) ORDER BY 1, 2, 3, 4"""
READ = """INSERT INTO routing.offsets (consumer, cluster_id, topic, partition, next_offset)
    VALUES ('routing', 'one', 'intake', 0, 7)"""

pytestmark = pytest.mark.long


async def made_roles(server_home: Path, tmp_path: Path) -> EmbeddedPostgres:
    """A database with the roles that compose makes, whose passwords name them."""
    for name in NAMES:
        (tmp_path / name).write_text(f"secret-of-{name}")
    (tmp_path / "roles.sql").write_text(ROLES.read_text().replace("/run/secrets", str(tmp_path)))
    server = EmbeddedPostgres(server_home / "postgres")
    await server.start()

    await run("psql", "--set=ON_ERROR_STOP=1", f"--file={tmp_path / 'roles.sql'}", server.dsn)
    return server


async def test_grafana_signs_in_only_reads_and_knows_where_its_links_lead(server_home: Path, tmp_path: Path) -> None:
    server = await made_roles(server_home, tmp_path)
    await migrate(server.dsn, schema="reporting", role="yima_reporting", components=COMPONENTS)

    reader = await asyncpg.connect(server.dsn, user="yima_grafana", password="secret-of-grafana-reader")
    shown = {name: await reader.fetchval(f"SHOW {name}") for name in ("statement_timeout", "yima.pages")}
    assert shown == {"statement_timeout": "30s", "yima.pages": "https://ma.example"}
    assert await reader.fetch("SELECT * FROM reporting_figures.behind(now(), now())") == []
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await reader.execute("SELECT lo_create(0)")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.dsn, user="yima_grafana", password="another")
    await reader.close()


async def migrated_by_the_owner(server_home: Path, tmp_path: Path) -> EmbeddedPostgres:
    """As a deployment stands after its migration."""
    server = await made_roles(server_home, tmp_path)
    administrator = await asyncpg.connect(server.dsn)
    await administrator.execute(OWNER)
    await administrator.close()
    owner = environment(server, "yima", "secret-of-owner", tmp_path)["YIMA_DATABASE_URL"]
    for name, root in roots().items():
        await migrate(owner, schema=name, role=f"yima_{name}", components=root.COMPONENTS)
    return server


def environment(server: EmbeddedPostgres, user: str, password: str, data_dir: Path) -> dict[str, str]:
    """What a container of this account is told."""
    database = urlsplit(server.dsn)
    host = database.netloc.rpartition("@")[2]
    return {
        "YIMA_DATABASE_URL": database._replace(netloc=f"{user}:{password}@{host}").geturl(),
        "YIMA_KAFKA_BOOTSTRAP": "127.0.0.1:9",
        "YIMA_DATA_DIR": str(data_dir),
        "YIMA_PORT": str(free_port()),
        "COLUMNS": "120",
    }


async def yima(told: dict[str, str], *words: str) -> Result:
    """The command, in a thread of its own since it runs a loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, app, list(words), env=told)


async def test_owner_looks_after_every_service_and_a_service_after_itself_alone(
    server_home: Path, tmp_path: Path
) -> None:
    server = await migrated_by_the_owner(server_home, tmp_path)
    superuser = urlsplit(server.dsn).password or ""
    owners = [environment(server, "yima", "secret-of-owner", tmp_path)]
    owners += [environment(server, "postgres", superuser, tmp_path)]
    routing = environment(server, "yima_routing", "secret-of-routing", tmp_path)

    done = [await yima(owner, *words) for owner in owners for words in OF_THE_OWNER]
    refused = [await yima(routing, *words) for words in OF_THE_OWNER]
    own = await yima(routing, "parked", "list", "--service", "routing")

    assert [result.stderr for result in done if result.exit_code] == []
    assert [result.exit_code for result in refused] == [1] * len(OF_THE_OWNER)
    for result in refused:
        [line] = result.stderr.splitlines()
        assert line.startswith("✗ 当前账号没有权限（permission denied to set role")
        assert "docker compose run --rm ops yima" in line
    assert (own.exit_code, own.stderr) == (0, "")


async def test_doctor_looks_at_the_tables_that_its_account_may_read(server_home: Path, tmp_path: Path) -> None:
    server = await migrated_by_the_owner(server_home, tmp_path)
    owner = environment(server, "yima", "secret-of-owner", tmp_path)
    routing = environment(server, "yima_routing", "secret-of-routing", tmp_path)
    administrator = await asyncpg.connect(server.dsn)

    whole = await yima(owner, "doctor", "--json")
    await administrator.execute("DELETE FROM reporting.migrations WHERE file = '0001_reporting_may_rebuild_beside.sql'")
    behind = await yima(owner, "doctor", "--json")
    partly = await yima(routing, "doctor", "--json")
    await administrator.close()

    assert [each["check"] for each in json.loads(whole.stdout)["findings"]] == ["broker"]
    assert [each["check"] for each in json.loads(behind.stdout)["findings"]] == ["tables", "broker"]
    assert "reporting 的表结构不是这个版本的（缺少 reporting/0001_reporting_may_rebuild_beside.sql）" in behind.stdout
    assert [each["check"] for each in json.loads(partly.stdout)["findings"]] == ["broker"]
    assert "intake, notify, reporting 的表结构" in json.loads(partly.stdout)["not_looked_at"][0]["text"]


async def test_dump_comes_back_over_tables_and_roles_that_were_made_anew(server_home: Path, tmp_path: Path) -> None:
    server, dump = await made_roles(server_home, tmp_path), str(tmp_path / "yima.dump")
    for database in ("before", "after"):
        await run("psql", f"--command=CREATE DATABASE {database}", server.dsn)
        await migrated(server.dsn_of(database))
    before, after = [await asyncpg.connect(server.dsn_of(database)) for database in ("before", "after")]
    await before.execute(READ)

    await run("pg_dump", "--format=custom", f"--file={dump}", server.dsn_of("before"))
    await run("pg_restore", "--clean", "--if-exists", "--exit-on-error", f"--dbname={server.dsn_of('after')}", dump)

    signed_in = await asyncpg.connect(server.dsn_of("after"), user="yima_routing", password="secret-of-routing")
    assert await signed_in.fetchval("SELECT next_offset FROM routing.offsets WHERE topic = 'intake'") == 7
    assert await granted(after) == await granted(before)
    assert await migrated(server.dsn_of("after")) == [0, 0, 0, 0]
    for connection in (signed_in, before, after):
        await connection.close()


async def run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs."""
    told = {**os.environ, "PUBLIC_URL": "https://ma.example", "LD_LIBRARY_PATH": str(LIBRARIES)}
    running = await asyncio.create_subprocess_exec(PROGRAMS / program, *arguments, env=told)
    assert await running.wait() == 0


async def migrated(dsn: str) -> list[int]:
    """How many files each service's migration applied."""
    return [
        await migrate(dsn, schema=name, role=f"yima_{name}", components=root.COMPONENTS)
        for name, root in roots().items()
    ]


async def granted(connection: Connection) -> list[tuple[str, ...]]:
    """Who may do what with the tables of the four."""
    return [tuple(row) for row in await connection.fetch(GRANTED, list(roots()))]
