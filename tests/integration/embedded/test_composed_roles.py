"""The roles of the composed database, made by PostgreSQL's own client as its image does, before the migration."""

import asyncio
import os
from pathlib import Path

import asyncpg
import pytest

from services.reporting.app import COMPONENTS
from shared.embedded.postgres import LIBRARIES, PROGRAMS, EmbeddedPostgres
from shared.kernel.migrations import migrate

ROLES = Path(__file__).parents[3] / "deploy" / "compose" / "roles.sql"
NAMES = ("intake", "routing", "notify", "reporting", "grafana-reader")

pytestmark = pytest.mark.long


async def test_grafana_signs_in_only_reads_and_knows_where_its_links_lead(server_home: Path, tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name).write_text(f"secret-of-{name}")
    (tmp_path / "roles.sql").write_text(ROLES.read_text().replace("/run/secrets", str(tmp_path)))
    server = EmbeddedPostgres(server_home / "postgres")
    await server.start()

    told = await asyncio.create_subprocess_exec(
        PROGRAMS / "psql", "--set=ON_ERROR_STOP=1", f"--file={tmp_path / 'roles.sql'}", server.dsn,
        env={**os.environ, "PUBLIC_URL": "https://ma.example", "LD_LIBRARY_PATH": str(LIBRARIES)},
    )  # fmt: skip
    assert await told.wait() == 0
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
