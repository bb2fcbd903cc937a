"""Which request a line of the log belongs to."""

import json
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient

from shared.kernel import logging
from shared.kernel.problems import install

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def log() -> Iterator[StringIO]:
    kept, written = structlog.get_config(), StringIO()
    logging.configure(to=written)
    yield written
    structlog.configure(**kept)


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    install(app, {})

    @app.get("/work")
    async def work() -> None:
        structlog.get_logger().info("worked")

    @app.get("/break")
    async def broken() -> None:
        raise ValueError

    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


def lines(log: StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_lines_of_a_request_carry_the_id_that_its_answer_names(client: TestClient, log: StringIO) -> None:
    first, second = client.get("/work"), client.get("/work")

    ids = [first.headers["x-request-id"], second.headers["x-request-id"]]
    assert [line["correlation_id"] for line in lines(log)] == ids
    assert ids[0] != ids[1]


def test_failure_that_nobody_foresaw_is_found_by_its_answer(client: TestClient, log: StringIO) -> None:
    answer = client.get("/break")

    assert answer.status_code == 500
    assert [line["correlation_id"] for line in lines(log)] == [answer.headers["x-request-id"]]


def test_callers_trace_is_kept(client: TestClient, log: StringIO) -> None:
    answer = client.get("/work", headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})

    assert answer.headers["x-request-id"] == TRACE
    assert [line["correlation_id"] for line in lines(log)] == [TRACE]


@pytest.mark.parametrize("given", ["居委会", "10000000001", f"00-{'0' * 32}-00f067aa0ba902b7-01", f"00-{TRACE}-x"])
def test_what_is_no_trace_never_reaches_the_log(client: TestClient, log: StringIO, given: str) -> None:
    answer = client.get("/work", headers={b"traceparent": given.encode(), b"x-request-id": given.encode()})

    assert answer.headers["x-request-id"] not in given
    assert [line["correlation_id"] for line in lines(log)] == [answer.headers["x-request-id"]]


def test_line_outside_a_request_carries_none(client: TestClient, log: StringIO) -> None:
    client.get("/work")
    structlog.get_logger().info("later")

    assert "correlation_id" not in lines(log)[1]
