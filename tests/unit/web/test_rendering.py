"""Every page, in every language: escaped, labelled, obeying its own content policy, and without JavaScript."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from html.parser import HTMLParser

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from services.case_states import SITUATIONS
from services.routing.domain.deadlines import CountedIn
from services.routing.domain.inbox import Show, Wanted
from services.routing.pages.views import ContactShown
from shared.contracts.routing import Clock
from shared.web.forms import Fault, FieldFault, Form
from shared.web.problems import PageProblem, problem_of_status
from shared.web.rendering import Renderer
from shared.web.security import CsrfProtection
from tests.unit.web import samples
from tests.unit.web.case_samples import pages_in
from tests.unit.web.sample_pages import PAGES, RENDERERS, answer

every_page = pytest.mark.parametrize("page", PAGES)
every_language = pytest.mark.parametrize("language", ["zh", "en"])


class Elements(HTMLParser):
    """The elements of a page, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def named(self, *tags: str) -> Iterator[dict[str, str]]:
        return (attributes for tag, attributes in self.found if tag in tags)


def visitor_of(renderer: Renderer, name: str, context: dict[str, object]) -> TestClient:
    return visitor(renderer, lambda request: renderer.render(request, name, context))


def visitor(renderer: Renderer, page: Callable[[Request], Response]) -> TestClient:
    guard = Middleware(
        CsrfProtection,
        secret=b"a secret",
        now=lambda: samples.NOW,
        refused=lambda request: renderer.problem(request, PageProblem.FORM_EXPIRED),
    )
    return TestClient(Starlette(routes=[Route("/page", page, methods=["GET", "POST"])], middleware=[guard]))


def html_of(page: str, language: str = "zh") -> str:
    service, _, _ = PAGES[page]
    return visitor(RENDERERS[service], partial(answer, name=page)).get(f"/page?lang={language}").text


@every_page
@every_language
def test_every_page_renders_in_its_language(page: str, language: str) -> None:
    html = html_of(page, language)

    assert f'<html lang="{"zh-Hans" if language == "zh" else "en"}">' in html


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_case_in_every_situation_has_words_for_each_member(situation: str) -> None:
    for page in pages_in(situation).values():
        html = visitor_of(RENDERERS["routing"], "case.html", {"page": page}).get("/page?lang=en").text

        assert '<html lang="en">' in html


@every_page
def test_no_page_breaks_its_own_content_policy(page: str) -> None:
    elements = Elements(html_of(page))

    inline = [
        (tag, name) for tag, attributes in elements.found for name in attributes if name == "style" or name[:2] == "on"
    ]
    scripts_without_source = [attributes for attributes in elements.named("script") if "src" not in attributes]

    assert inline == []
    assert scripts_without_source == []
    assert list(elements.named("style", "iframe", "object", "base")) == []


@every_page
def test_every_form_that_posts_begins_with_the_hidden_token(page: str) -> None:
    found = Elements(html_of(page)).found
    posting = [
        index for index, (tag, attributes) in enumerate(found) if tag == "form" and attributes["method"] == "post"
    ]

    assert [found[index + 1][1].get("name") for index in posting] == ["csrf_token"] * len(posting)


@every_page
def test_every_control_has_a_label_and_every_id_is_single(page: str) -> None:
    elements = Elements(html_of(page))
    ids = Counter(attributes["id"] for _, attributes in elements.found if "id" in attributes)
    labelled = {attributes["for"] for attributes in elements.named("label") if "for" in attributes}
    controls = [
        a for a in elements.named("input", "textarea", "select") if a.get("type") not in {"hidden", "radio", "checkbox"}
    ]

    assert {name for name, count in ids.items() if count > 1} == set()
    assert [control["name"] for control in controls if control["id"] not in labelled] == []


@every_page
def test_every_description_and_every_link_within_the_page_leads_somewhere(page: str) -> None:
    elements = Elements(html_of(page))
    ids = {attributes["id"] for _, attributes in elements.found if "id" in attributes}
    described = {part for _, a in elements.found for part in a.get("aria-describedby", "").split()}
    linked = {a["href"][1:] for a in elements.named("a") if a.get("href", "").startswith("#")}

    assert (described | linked) - ids == set()


@every_page
def test_every_picture_says_what_it_is(page: str) -> None:
    assert [a for a in Elements(html_of(page)).named("img") if not a.get("alt")] == []


def test_a_residents_words_are_text_and_never_markup() -> None:
    nasty = '<script>alert(1)</script>" onfocus="alert(2)'
    form = Form(values={"text": nasty, "phone": nasty, "name": nasty})

    html = visitor_of(RENDERERS["intake"], "report.html", {"page": samples.report_page(form)}).get("/page").text

    assert "<script>alert" not in html
    assert [a for _, a in Elements(html).found if "onfocus" in a] == []
    assert next(a["value"] for a in Elements(html).named("input") if a.get("name") == "phone") == nasty


def test_a_refused_form_keeps_what_was_typed_and_says_what_is_wrong() -> None:
    html = html_of("report refused")

    assert 'value="12"' in html
    assert 'value="order" checked' in html
    assert html.count("这个号码不像手机号，请再看一下；也可以不填。") == 2
    assert "还有 2 处要改一下" in html


def test_a_faults_message_carries_its_numbers() -> None:
    page = samples.report_page(Form(faults={"text": FieldFault(Fault.TOO_LONG, {"max": 2000})}))

    html = visitor_of(RENDERERS["intake"], "report.html", {"page": page}).get("/page?lang=en").text

    assert "This is too long; please keep it within 2000 characters." in html


def test_a_deadline_is_a_word_and_not_only_a_colour() -> None:
    html = html_of("inbox")

    assert "已超时 15 分钟" in html
    assert "还剩 42 分钟" in html


def test_who_oversees_an_area_is_led_there_from_the_empty_list_of_their_unit() -> None:
    way = '辖区在办 <b class="count">3</b> <svg'

    assert way in html_of("inbox of an overseer").split('class="empty"')[1]
    assert way not in html_of("inbox empty").split('class="empty"')[1]


def test_whose_own_list_is_empty_is_led_to_no_area() -> None:
    page = samples.inbox_of(Wanted(show=Show.MINE), {Show.MINE: 0, Show.UNIT: 0, Show.AREA: 3}, [])
    html = visitor_of(RENDERERS["routing"], "inbox.html", {"page": page}).get("/page?lang=zh").text

    assert 'class="count">3</b> <svg' not in html.split('class="empty"')[1]


def test_the_status_page_tells_the_steps_in_the_reporters_words() -> None:
    html = html_of("status in hand")

    assert html.index("已经收到您反映的问题") < html.index("已经交给春和居委会") < html.index("处理完成")
    assert "204 815 736" in html


def test_a_case_whose_contact_is_hidden_shows_no_way_to_call() -> None:
    page = replace(samples.case_page(), contact=ContactShown(name="三**", phone="100****1234"))

    html = visitor_of(RENDERERS["routing"], "case.html", {"page": page}).get("/page").text

    assert "tel:" not in html
    assert "您的岗位不需要看到联系方式。" in html


@pytest.mark.parametrize(
    ("counted", "said"),
    [(CountedIn.DUTY, "按值班时间计，没人值班时不计"), (CountedIn.DAYS, "按工作日计"), (None, "")],
)
def test_a_case_says_beside_its_deadline_what_it_is_counted_in(counted: CountedIn | None, said: str) -> None:
    page = replace(samples.case_page(), counted_in=counted)

    html = visitor_of(RENDERERS["routing"], "case.html", {"page": page}).get("/page").text

    assert re.findall(r'</time><br><span class="soft">(.*?计.*?)</span>', html) == ([said] if said else [])


def test_a_case_says_that_accepting_it_is_the_first_response() -> None:
    first = replace(samples.case_page(), clock=Clock.FIRST_RESPONSE)

    html = visitor_of(RENDERERS["routing"], "case.html", {"page": first}).get("/page").text

    assert "任一单位接单即算首次响应" in html
    assert "任一单位接单即算首次响应" not in html_of("case")


def test_a_contact_is_masked_until_it_is_asked_for_and_then_called_by_one_touch() -> None:
    contact = ContactShown(name="张三", phone="+8613812340000", in_full=True)
    masked = html_of("case")

    page = replace(samples.case_page(), contact=contact)
    html = visitor_of(RENDERERS["routing"], "case.html", {"page": page}).get("/page").text

    assert "tel:" not in masked
    assert "显示联系方式" in masked
    assert 'href="tel:+8613812340000"' in html


def test_a_language_chosen_on_the_page_is_remembered() -> None:
    visitor = visitor_of(RENDERERS["intake"], "report.html", {"page": samples.report_page()})

    visitor.get("/page?lang=en")

    assert "Report a problem" in visitor.get("/page").text


def test_a_page_offers_its_other_language_at_its_own_address() -> None:
    assert '<a href="/page?lang=en" lang="en" hreflang="en">English</a>' in html_of("report")


@pytest.mark.parametrize("problem", PageProblem)
@every_language
def test_every_problem_has_a_page_with_its_status(problem: PageProblem, language: str) -> None:
    async def page(request: Request) -> Response:
        return RENDERERS["intake"].problem(request, problem)

    answer = TestClient(Starlette(routes=[Route("/page", page)])).get(f"/page?lang={language}")

    assert answer.status_code == problem.status
    assert {"zh": "一号一码</title>", "en": "Yima</title>"}[language] in answer.text


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (404, PageProblem.NOT_FOUND),
        (410, PageProblem.RETIRED_PLACE),
        (413, PageProblem.TOO_LARGE),
        (418, PageProblem.NOT_UNDERSTOOD),
        (429, PageProblem.TOO_MANY),
        (500, PageProblem.OUR_FAULT),
        (504, PageProblem.OUR_FAULT),
    ],
)
def test_an_error_that_knows_only_its_status_has_a_page(status: int, problem: PageProblem) -> None:
    assert problem_of_status(status) == problem
