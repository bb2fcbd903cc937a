"""What fails behind a page is told there as what it is, and is found in the log as behind every other address."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI, Form
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from services.intake.pages.answering import page_route
from services.reporting.pages import errors as reporting_errors
from services.routing.pages import errors as routing_errors
from shared.kernel import problems
from shared.web import strayed
from shared.web.rendering import Renderer
from tests.unit.web.sample_pages import RENDERERS

Install = Callable[[FastAPI, Renderer], None]


def residents_pages(app: FastAPI, renderer: Renderer) -> None:
    """As intake has them: each route answers what it refuses, the address all else."""
    strayed.install(app, renderer)
    app.router.route_class = page_route(renderer)


@pytest.mark.parametrize(
    ("install", "service", "address"),
    [
        (routing_errors.install, "routing", "/desk/cases/1"),
        (reporting_errors.install, "reporting", "/desk/figures/open"),
        (residents_pages, "intake", "/t/1"),
    ],
    ids=["routing", "reporting", "intake"],
)
@pytest.mark.parametrize(
    ("error", "status", "event"),
    [
        (asyncpg.DataError("13900000000"), 500, "unexpected"),
        (asyncpg.ConnectionDoesNotExistError(), 503, "unavailable"),
        (RuntimeError("13900000000"), 500, "unexpected"),
    ],
    ids=["a value of ours that no table takes", "a database that is away", "what nobody expected"],
)
def test_what_fails_behind_a_page_is_logged(
    install: Install, service: str, address: str, error: Exception, status: int, event: str
) -> None:
    app = FastAPI()
    problems.install(app, {})
    install(app, RENDERERS[service])

    @app.get(address)
    async def broken() -> None:
        raise error

    with capture_logs() as lines:
        answer = TestClient(app).get(address, headers={"accept": "text/html"})

    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert [(line["event"], line["error"]) for line in lines] == [(event, type(error).__name__)]
    assert "13900000000" not in answer.text
    assert f"故障编号 {answer.headers['x-request-id'][:8]}，" in answer.text


@pytest.mark.parametrize(("sent", "heading"), [("not a form", "没看懂这次请求"), ("case=7", "有些内容不对")])
def test_at_the_desk_what_can_not_be_read_is_told_apart_from_what_was_filled_in_wrongly(
    sent: str, heading: str
) -> None:
    app = FastAPI()
    problems.install(app, {})
    routing_errors.install(app, RENDERERS["routing"])

    @app.post("/desk/cases")
    async def take(case: Annotated[UUID, Form()]) -> None: ...

    kind = "application/x-www-form-urlencoded" if "=" in sent else "multipart/form-data; boundary=a"
    answer = TestClient(app).post("/desk/cases", content=sent, headers={"content-type": kind})

    assert f"{heading}</h1>" in answer.text


def test_what_is_refused_is_no_fault_that_anybody_is_to_name() -> None:
    app = FastAPI()
    problems.install(app, {})
    strayed.install(app, RENDERERS["intake"])

    answer = TestClient(app).get("/nowhere", headers={"accept": "text/html"})

    assert answer.status_code == 404
    assert "编号" not in answer.text
