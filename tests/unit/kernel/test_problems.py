"""Refusals by RFC 9457: field by field, the value never repeated, what nobody foresaw said without its text."""

from collections.abc import Iterator
from typing import Annotated, Any

import asyncpg
import pytest
import structlog
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from shared.kernel.event_store import ConcurrentAppendError, IdempotencyConflictError
from shared.kernel.misread import FieldProblem
from shared.kernel.problems import ProblemError, install, problem_name
from shared.kernel.work import RaceLostError

PERSONAL = "居委会值班员甲 10000000001"


class UnknownPlaceError(ProblemError):
    """No place has this code;
    look at the sticker again.
    """

    status = 404


class Body(BaseModel):
    """What the sample operation takes."""

    place: Annotated[str, Field(max_length=3)]


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    install(app, {"unknown-address": "Look at the address."})

    @app.post("/raise/{name}")
    async def fail(name: str) -> None:
        raise ERRORS[name]

    @app.post("/body")
    async def take(body: Body) -> str:
        return body.place

    @app.post("/form")
    async def fill(request: Request) -> None:
        await request.form()

    @app.post("/hang-up")
    async def hang_up() -> None:
        raise ClientDisconnect

    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


ERRORS: dict[str, Exception] = {
    "unknown-place": UnknownPlaceError(fields=[FieldProblem("place", "no such code", "scan it again")]),
    "stale": ConcurrentAppendError(),
    "other-body": IdempotencyConflictError(),
    "race": RaceLostError(),
    "away": ConnectionRefusedError(PERSONAL),
    "slow": TimeoutError(PERSONAL),
    "shutdown": asyncpg.AdminShutdownError(PERSONAL),
    "closed": asyncpg.InterfaceError(PERSONAL),
    "unstorable": asyncpg.DataError(PERSONAL),
    "bug": ValueError(PERSONAL),
}


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("unknown-place", 404, "unknown-place"),
        ("stale", 409, "concurrent-append"),
        ("other-body", 422, "idempotency-conflict"),
        ("race", 503, "unavailable"),
        ("away", 503, "unavailable"),
        ("slow", 503, "unavailable"),
        ("shutdown", 503, "unavailable"),
        ("closed", 503, "unavailable"),
        ("unstorable", 500, "unexpected"),
        ("bug", 500, "unexpected"),
    ],
)
def test_each_refusal_has_its_status_and_kind(client: TestClient, name: str, status: int, kind: str) -> None:
    answer = client.post(f"/raise/{name}")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"/problems/{kind}"
    assert PERSONAL not in answer.text


def test_refusal_says_what_its_docstring_says_and_which_field(client: TestClient) -> None:
    answer: dict[str, Any] = client.post("/raise/unknown-place").json()

    assert answer["title"] == "No place has this code; look at the sticker again."
    assert answer["errors"] == [{"field": "place", "reason": "no such code", "remedy": "scan it again"}]


def test_refusal_says_what_to_do_where_the_application_was_told(client: TestClient) -> None:
    assert client.post("/nowhere").json()["remedy"] == "Look at the address."
    assert "remedy" not in client.post("/raise/unknown-place").json()


def test_invalid_field_is_named_and_its_value_is_not_repeated(client: TestClient) -> None:
    answer = client.post("/body", json={"place": PERSONAL})

    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["errors"]] == ["place"]
    assert PERSONAL not in answer.text


@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b"", b"\xff"])
def test_body_that_is_no_json_object_is_refused(client: TestClient, body: bytes) -> None:
    answer = client.post("/body", content=body, headers={"content-type": "application/json"})

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    (problem,) = answer.json()["errors"]
    assert problem["field"] == "body"
    assert problem["remedy"]


def test_form_that_can_not_be_taken_apart_is_not_called_json(client: TestClient) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = client.post("/form", content=b"--y\r\nnothing", headers=headers)

    assert answer.status_code == 422
    assert [problem["reason"] for problem in answer.json()["errors"]] == ["is not a form that can be read"]


def test_client_that_hangs_up_is_no_fault_of_ours(client: TestClient) -> None:
    with structlog.testing.capture_logs() as logged:
        client.post("/hang-up")

    assert logged == []


def test_unavailable_service_says_when_to_try_again(client: TestClient) -> None:
    assert client.post("/raise/away").headers["retry-after"] == "5"


def test_unknown_address_is_a_problem_too(client: TestClient) -> None:
    answer = client.get("/nowhere")

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-address")


def test_method_that_an_address_does_not_take_is_a_problem_that_names_the_others(client: TestClient) -> None:
    answer = client.get("/body")

    assert (answer.status_code, answer.json()["type"]) == (405, "/problems/method-not-allowed")
    assert answer.headers["allow"] == "POST"


def test_name_of_a_problem_is_its_error_s() -> None:
    assert problem_name(UnknownPlaceError) == "unknown-place"
