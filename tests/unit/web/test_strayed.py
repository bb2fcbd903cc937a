"""A mistyped address: a person is shown a page that says what to do, a program is told as before."""

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from services.routing.app import PREFIXES
from shared.kernel import problems
from shared.web import strayed
from shared.web.rendering import DESK
from tests.unit.web.sample_pages import RENDERERS

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
PERSONAL = "王阿姨 13900000000"
PAGE, PROBLEM = "text/html; charset=utf-8", "application/problem+json"


@pytest.fixture
def visitor() -> TestClient:
    app = FastAPI()
    problems.install(app, {})
    strayed.install(app, RENDERERS["intake"])

    @app.get("/desk/broken")
    async def broken() -> None:
        raise RuntimeError(PERSONAL)

    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("address", "accept", "answered"),
    [("/dsk", BROWSER, PAGE), ("/dsk", "*/*", PROBLEM), ("/api/v1/case", BROWSER, PROBLEM)],
)
def test_only_a_person_gets_a_page_for_an_address_where_nothing_stands(
    visitor: TestClient, address: str, accept: str, answered: str
) -> None:
    answer = visitor.get(address, headers={"accept": accept, "accept-language": "zh"})

    assert (answer.status_code, answer.headers["content-type"]) == (404, answered)
    assert ("找不到这个页面" in answer.text) == (answered == PAGE)


@pytest.mark.parametrize(("accept", "answered"), [(BROWSER, PAGE), ("application/json", PROBLEM)])
def test_a_fault_of_ours_is_a_page_for_a_person_and_a_problem_for_a_program(
    visitor: TestClient, accept: str, answered: str
) -> None:
    answer = visitor.get("/desk/broken", headers={"accept": accept, "accept-language": "zh"})

    assert (answer.status_code, answer.headers["content-type"]) == (500, answered)
    assert ("我们这边出错了" in answer.text) == (answered == PAGE)
    assert PERSONAL not in answer.text


def test_a_fault_of_the_page_that_tells_of_faults_is_a_problem_and_its_text_is_nowhere() -> None:
    def broken(_request: Request) -> Response:
        raise KeyError(PERSONAL)

    app = FastAPI()
    problems.install(app, {})
    problems.show_unexpected(app, broken)
    app.add_route("/desk/broken", broken)

    with capture_logs() as lines:
        answer = TestClient(app).get("/desk/broken", headers={"accept": BROWSER})

    assert (answer.status_code, answer.headers["content-type"]) == (500, PROBLEM)
    assert [(line["event"], line["error"]) for line in lines] == [("unexpected", "KeyError")] * 2
    assert PERSONAL not in f"{answer.text}{lines}"


def test_who_strays_at_the_desk_is_led_back_to_the_cases_and_a_resident_is_not(visitor: TestClient) -> None:
    pages = [visitor.get(address, headers={"accept": BROWSER}).text for address in ("/desk/cses", "/r")]

    assert [f'href="{DESK}"' in page for page in pages] == [True, False]
    assert DESK in PREFIXES
