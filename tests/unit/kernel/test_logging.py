"""The log tells of the work, and never stands in its way."""

import ast
import io
import json
import logging as stdlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from fastapi import FastAPI
from prometheus_client import REGISTRY
from starlette.testclient import TestClient

from services.reporting.domain.behind import cursor_in
from shared.kernel import logging, problems

ROOT = Path(__file__).parents[3]
FULL_DISK = Path("/dev/full")


@pytest.mark.skipif(not FULL_DISK.exists(), reason="no device that is always full")
def test_line_that_a_full_disk_does_not_take_is_counted_and_raises_nothing() -> None:
    kept = structlog.get_config()
    before = lines_lost()
    try:
        logging.configure(to=FULL_DISK.open("w"))
        structlog.get_logger().error("unavailable")
    finally:
        structlog.configure(**kept)

    assert lines_lost() == before + 1


def test_line_that_is_not_grave_goes_to_the_kept_log_alone(capsys: pytest.CaptureFixture[str]) -> None:
    kept, log = structlog.get_config(), io.StringIO()
    handlers = list(stdlib.getLogger().handlers)
    try:
        logging.keep(log)
        structlog.get_logger().info("migrated", schema="intake")
        structlog.get_logger().warning("unavailable", part="relay")
        stdlib.getLogger("library").warning("words of a library")
    finally:
        structlog.configure(**kept)
        stdlib.getLogger().handlers[:] = handlers

    shown = [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert shown == ["unavailable"]
    assert [json.loads(line)["event"] for line in log.getvalue().splitlines()] == [
        "migrated",
        "unavailable",
        "words of a library",
    ]


def test_everything_is_shown_beside_the_kept_log_to_who_asks_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    kept, log = structlog.get_config(), io.StringIO()
    handlers = list(stdlib.getLogger().handlers)
    try:
        logging.keep(log, shown_from="INFO")
        structlog.get_logger().info("migrated", schema="intake")
    finally:
        structlog.configure(**kept)
        stdlib.getLogger().handlers[:] = handlers

    assert capsys.readouterr().err == log.getvalue()


def lines_lost() -> float:
    return REGISTRY.get_sample_value("yima_log_lines_lost_total") or 0.0


def test_what_nobody_expected_is_logged_with_its_moment_and_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, log = structlog.get_config(), io.StringIO()
    # Its own may have been set up for good by a process that served in an earlier test.
    monkeypatch.setattr(problems, "log", structlog.get_logger())
    app = FastAPI()
    problems.install(app, {})

    @app.get("/broken")
    async def broken() -> None:
        cursor_in("a")

    try:
        logging.configure(to=log)
        TestClient(app).get("/broken")
    finally:
        structlog.configure(**kept)

    [line] = [json.loads(each) for each in log.getvalue().splitlines() if '"unexpected"' in each]
    assert datetime.fromisoformat(line["at"]).tzinfo is UTC
    assert line["where"].startswith("services/reporting/domain/behind.py:")


def test_no_line_has_a_key_that_the_log_writes_itself() -> None:
    """Of two values under one name the log keeps its own: the place of an error was lost so."""
    written = {
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for package in ("services", "shared")
        for file in (ROOT / package).rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith(("log.", "structlog.get_logger()."))
        if {each.arg for each in call.keywords} & {"at", "level", "event"}
    }

    assert written == set()
