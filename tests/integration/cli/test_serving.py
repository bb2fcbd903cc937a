"""One service as a process of its own: ready on others' stores, silent about the other services' addresses."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx2
import pytest
from typer.testing import CliRunner

from services.cli import app
from services.cli.settings import CHECKOUT
from shared.embedded.platform_secrets import PlatformSecrets
from shared.embedded.processes import free_port
from shared.testing.waiting import eventually

START_SECONDS_MAX = 60
LEFT_ALONE = 3


@pytest.fixture
def apart(tmp_path: Path, fresh_postgres_dsn: str, kafka_bootstrap: str) -> dict[str, str]:
    """What the environment tells a service whose stores others run."""
    return {
        "YIMA_DATA_DIR": str(tmp_path),
        "YIMA_DATABASE_URL": fresh_postgres_dsn,
        "YIMA_KAFKA_BOOTSTRAP": kafka_bootstrap,
        "YIMA_PUBLIC_URL": "https://yima.example",
    }


@asynccontextmanager
async def served(service: str, environment: Mapping[str, str], *roles: str) -> AsyncIterator[httpx2.AsyncClient]:
    port = free_port()
    options = [f"--port={port}", *(f"--role={role}" for role in roles)]
    command = (sys.executable, "-m", "services.cli", "serve", service, *options)
    process = await asyncio.create_subprocess_exec(*command, cwd=CHECKOUT, env=os.environ | environment)
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(START_SECONDS_MAX):
            await process.wait()


@asynccontextmanager
async def forwarded(port: int, *, to: tuple[str, int]) -> AsyncIterator[None]:
    """A server that comes up later than those who need it: the first who call find nobody."""
    left_alone: list[asyncio.StreamWriter] = []

    async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while block := await source.read(65_536):
                target.write(block)
                await target.drain()
        target.close()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(left_alone) < LEFT_ALONE:
            left_alone.append(writer)
            writer.close()
            return
        there, back = await asyncio.open_connection(*to)
        await asyncio.gather(carry(reader, back), carry(there, writer))

    async with await asyncio.start_server(forward, "127.0.0.1", port):
        yield
    assert len(left_alone) == LEFT_ALONE


def migrate(environment: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "services.cli", "migrate", "--json"]
    return subprocess.run(command, cwd=CHECKOUT, env=os.environ | environment, timeout=START_SECONDS_MAX, check=False)


async def readiness(client: httpx2.AsyncClient, *, status: int) -> Any:
    """Until it answers so; what it says it lacks then."""
    answers: list[httpx2.Response] = []

    async def is_so() -> bool:
        with suppress(httpx2.TransportError):
            answers.append(await client.get("/readyz"))
        return bool(answers) and answers[-1].status_code == status

    await eventually(is_so, timeout_s=START_SECONDS_MAX)
    return answers[-1].json()["troubles"]


@pytest.mark.long
async def test_service_apart_is_ready_and_answers_for_itself_only(apart: dict[str, str]) -> None:
    migrated = await asyncio.to_thread(migrate, apart)

    # Its public origin is elsewhere: the sandbox's pages are shown only because somebody says so.
    shown = {"YIMA_NOTIFY_PROVIDER": "sandbox", "YIMA_NOTIFY_SANDBOX_SHOWN_BEYOND_LOOPBACK": "true"}
    async with served("notify", apart | shown) as notify, served("routing", apart) as routing:
        await readiness(routing, status=200)
        await readiness(notify, status=200)
        paths = ("/sandbox", "/desk/sign-in", "/metrics", "/problems/unknown-place", "/problems/nothing")
        statuses = {path: (await notify.get(path)).status_code for path in paths}

    assert migrated.returncode == 0
    assert statuses == {
        "/sandbox": 200,
        "/desk/sign-in": 404,
        "/metrics": 200,
        "/problems/unknown-place": 200,
        "/problems/nothing": 404,
    }


@pytest.mark.long
async def test_service_in_roles_waits_for_its_database_and_tables_and_then_works(
    apart: dict[str, str], tmp_path: Path, fresh_postgres_dsn: str
) -> None:
    there, port = urlsplit(fresh_postgres_dsn), free_port()
    # The administrator's address names a socket's folder, which has its port in its query.
    there_port = there.port or int(parse_qs(there.query)["port"][0])
    away = f"postgresql://{there.username}@127.0.0.1:{port}{there.path}"
    (tmp_path / "password").write_text(f"{unquote(str(there.password))}\n")
    await asyncio.to_thread(PlatformSecrets.of, tmp_path)
    told = apart | {"YIMA_DATABASE_URL": away, "YIMA_DATABASE_PASSWORD_FILE": str(tmp_path / "password")}

    async with (
        served("routing", told, "web") as web,
        served("routing", told, "consumers", "relay") as others,
        forwarded(port, to=("127.0.0.1", there_port)),
    ):
        migrated = await asyncio.to_thread(migrate, apart)
        await readiness(others, status=200)
        await readiness(web, status=200)
        desks = [(await each.get("/desk/sign-in")).status_code for each in (web, others)]
        alive = [(await each.get("/healthz")).json() for each in (web, others)]

    assert migrated.returncode == 0
    assert desks == [200, 404]
    assert alive == [{"status": "alive"}] * 2


def test_service_apart_names_the_settings_that_it_misses(tmp_path: Path) -> None:
    alone = {"YIMA_DATA_DIR": str(tmp_path), "YIMA_DATABASE_URL": "postgresql://127.0.0.1/yima"}

    refused = CliRunner(env=alone).invoke(app, ["serve", "notify"])

    assert refused.exit_code == 1
    assert "YIMA_KAFKA_BOOTSTRAP, YIMA_PUBLIC_URL, YIMA_NOTIFY_PROVIDER" in refused.stderr


def test_service_apart_sends_into_the_sandbox_only_where_it_is_named(tmp_path: Path) -> None:
    named = {
        "YIMA_DATA_DIR": str(tmp_path),
        "YIMA_DATABASE_URL": "postgresql://127.0.0.1/yima",
        "YIMA_KAFKA_BOOTSTRAP": "127.0.0.1:9",
        "YIMA_PUBLIC_URL": "https://yima.example",
    }

    refusals = {
        service: CliRunner(env=named).invoke(app, ["serve", service]).stderr for service in ("notify", "reporting")
    }

    assert "YIMA_NOTIFY_PROVIDER" in refusals["notify"]
    assert "YIMA_NOTIFY_PROVIDER" not in refusals["reporting"]


def test_service_apart_never_makes_keys_of_its_own(tmp_path: Path) -> None:
    named = {
        "YIMA_DATA_DIR": str(tmp_path),
        "YIMA_DATABASE_URL": "postgresql://127.0.0.1/yima",
        "YIMA_KAFKA_BOOTSTRAP": "127.0.0.1:9",
        "YIMA_PUBLIC_URL": "https://yima.example",
    }

    refused = CliRunner(env=named).invoke(app, ["serve", "intake"])

    assert refused.exit_code == 1
    assert str(tmp_path / "secrets.json") in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_log_is_one_json_object_a_line_on_the_error_stream() -> None:
    program = (
        "import structlog; from shared.kernel import logging; logging.configure();"
        "structlog.get_logger().info('case_returned', case_id='7')"
    )

    logged = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True)

    assert logged.stdout == ""
    assert json.loads(logged.stderr).keys() == {"case_id", "event", "level", "at"}
