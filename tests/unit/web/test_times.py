"""Times on pages: each says which moment it is to programs, and each page says whose clock it shows to people."""

import re
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from services.case_states import SITUATIONS
from shared.web.catalogues import load_catalogues
from tests.unit.web.case_samples import pages_in
from tests.unit.web.sample_pages import PAGES, RENDERERS
from tests.unit.web.test_rendering import every_page, html_of, visitor_of

CLOCK = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?!\d)")
SAID = {"zh": "时间均为北京时间（UTC+8）。", "en": "All times are Beijing time (UTC+8)."}
# An option of a list can hold no element; a message was sent as it stands there.
PLAIN = {"option", "title", "p.bubble"}
# Hours of opening are those of any day.
OPENING_HOURS = re.compile(r"\d\d:\d\d\s*[–-]\s*\d\d:\d\d")


class Texts(HTMLParser):
    """What a page says, with the elements that each text stands in; and when its times are."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._within: list[str] = []
        self.texts: list[tuple[set[str], str]] = []
        self.moments: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marked = dict(attrs).get("class")
        self._within.append(f"{tag}.{marked}" if marked else tag)
        if tag == "time":
            self.moments.append(dict(attrs).get("datetime") or "")

    def handle_endtag(self, tag: str) -> None:
        tags = [each.partition(".")[0] for each in self._within]
        if tag in tags:
            del self._within[len(tags) - 1 - tags[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        self.texts.append((set(self._within), data))

    def told_without_their_moment(self) -> Iterator[str]:
        for within, text in self.texts:
            if not within & (PLAIN | {"time"}) and CLOCK.search(OPENING_HOURS.sub("", text)):
                yield " ".join(text.split())


def check(html: str, language: str) -> None:
    page = Texts(html)
    moments = [datetime.fromisoformat(each) for each in page.moments]
    assert list(page.told_without_their_moment()) == []
    assert all(each.utcoffset() is not None for each in moments)
    assert not moments or SAID[language] in html


@every_page
def test_each_time_of_a_page_is_a_moment_and_the_foot_says_whose_clock_it_shows(page: str) -> None:
    check(html_of(page), "zh")


@pytest.mark.parametrize("page", ["status in hand", "case refused", "figures"])
def test_so_they_are_in_english(page: str) -> None:
    check(html_of(page, "en"), "en")


@pytest.mark.parametrize("situation", SITUATIONS)
def test_so_is_each_time_of_a_case_in_every_situation(situation: str) -> None:
    for page in pages_in(situation).values():
        check(visitor_of(RENDERERS["routing"], "case.html", {"page": page}).get("/page?lang=zh").text, "zh")


def test_a_time_that_is_told_without_its_moment_is_found() -> None:
    html = '<p>28 Apr, 21:05</p><p><time datetime="2026-04-28T13:05:00+00:00">28 Apr, 21:05</time> 08:30-17:00</p>'

    assert list(Texts(html).told_without_their_moment()) == ["28 Apr, 21:05"]
    assert any(Texts(html_of(page)).moments for page in PAGES)


def test_a_message_that_holds_a_moment_escapes_all_else() -> None:
    say = load_catalogues("routing")["en"].say

    held = say("case.happened.extension_asked", unit="<b>", until=Markup("<time>now</time>"))

    assert "&lt;b&gt;" in held
    assert "<time>now</time>" in held
    assert "<b>" in say("case.happened.extension_asked", unit="<b>", until="now")
