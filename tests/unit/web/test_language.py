"""The reader's language: what they chose, else what they chose last, else what their phone speaks."""

import pytest
from starlette.requests import HTTPConnection

from shared.web.language import language_of


def visitor(*, query: str = "", cookie: str = "", accepts: str = "") -> HTTPConnection:
    headers = [(b"cookie", cookie.encode()), (b"accept-language", accepts.encode())]
    return HTTPConnection({"type": "http", "headers": headers, "query_string": query.encode(), "path": "/"})


def test_a_visitor_who_says_nothing_reads_chinese() -> None:
    assert language_of(visitor()) == "zh"


def test_a_choice_on_the_page_wins_over_the_last_one_and_the_phone() -> None:
    assert language_of(visitor(query="lang=en", cookie="yima_lang=zh", accepts="zh-CN")) == "en"


def test_the_last_choice_wins_over_the_phone() -> None:
    assert language_of(visitor(cookie="yima_lang=en", accepts="zh-CN,zh;q=0.9")) == "en"


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.4,zh-CN;q=0.9", "zh"),
        ("zh-TW", "zh"),
        ("de-DE,de;q=0.9", "zh"),
        ("de,en;q=0.3", "en"),
        ("en;q=0", "zh"),
        ("en;q=much,,;;", "zh"),
    ],
)
def test_the_phones_language_is_taken_by_its_weights(accepts: str, language: str) -> None:
    assert language_of(visitor(accepts=accepts)) == language


def test_a_language_that_we_do_not_speak_is_not_taken_from_the_address() -> None:
    assert language_of(visitor(query="lang=../en")) == "zh"
