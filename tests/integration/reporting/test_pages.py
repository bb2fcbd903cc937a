"""The figures' pages: for staff alone, each number beside what it is made of and one click from its tickets."""

import re
from html import unescape
from pathlib import Path

import pytest

from services.reporting.domain.behind import Fact
from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.definition import RateDefinition, Side
from tests.integration.reporting.conftest import Town
from tests.integration.reporting.random_stories import eventful_stories
from tests.integration.reporting.stories import DAY, HOUR, OPENED_AT, Story
from tests.integration.reporting.test_command import yima

APRIL = {"from": "2026-04-01", "to": "2026-05-01"}
PROJECTION = Path(__file__).parents[3] / "services" / "reporting" / "sql" / "queries" / "projection_facts.sql"
BESIDE = re.compile(r'href="(/desk/figures/closed_without_sla/tickets[^"]*)"')
LINK = re.compile(r'href="(/desk/figures/closing_rate/tickets\?[^"]*of=(\w+)[^"]*)"')


def words_of(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split())


async def test_who_has_no_pass_is_led_to_the_door_and_a_program_is_told_what_it_needs(town: Town) -> None:
    page = await town.asked("/desk/figures/closing_rate", APRIL)
    listed = await town.asked("/api/v1/figures/closing_rate/tickets", APRIL)
    corrections = await town.asked("/api/v1/figures/closing_rate/corrections", APRIL)

    asked = "%2Fdesk%2Ffigures%2Fclosing_rate%3Ffrom%3D2026-04-01%26to%3D2026-05-01"
    assert (page.status_code, page.headers["location"]) == (303, f"/desk/pass?next={asked}")
    assert [listed.status_code, corrections.status_code] == [401, 401]
    assert listed.json()["type"].endswith("/pass-needed")


async def test_a_number_leads_to_as_many_tickets_and_each_to_its_case(town: Town) -> None:
    closed, waits = Story().handled(), Story()
    await town.tell(closed, waits)

    figure = await town.page("/closing_rate", **APRIL, by="unit")
    sides = {side: unescape(address) for address, side in LINK.findall(figure.text)}
    behind = {side: await town.page(address.removeprefix("/desk/figures")) for side, address in sides.items()}

    assert "50.00%" in figure.text
    assert "fewer than 10: not ranked" in figure.text
    assert f"/desk/cases/{closed.ticket}" in behind["numerator"].text
    assert f"/desk/cases/{waits.ticket}" not in behind["numerator"].text
    assert all(f"/desk/cases/{story.ticket}" in behind["denominator"].text for story in (closed, waits))
    assert [f"/desk/cases/{story.ticket}" in behind["rest"].text for story in (closed, waits)] == [False, True]


async def test_every_ticket_behind_a_figure_says_what_it_was_that_was_then(town: Town) -> None:
    await town.tell(*eventful_stories(7, 40))
    year = {"from": "2026-01-01", "to": "2026-12-31"}
    said = set()

    for figure in FIGURES.values():
        for side in Side if isinstance(figure, RateDefinition) else [Side.NUMERATOR]:
            page = await town.page(f"/{figure.id}/tickets", **year, of=side)
            assert page.status_code == 200, (figure.id, side)
            said |= set(re.findall(r"</a> ([a-z- ]+) <time", page.text))

    assert {"closed", "resolved", "overdue since", "to report in by", "rated", "step ended"} <= said
    assert "handed to the provider" in said


@pytest.mark.parametrize(
    ("figure", "told", "said"),
    [
        # Its deadline was a day after it came, and who accepted it two days later made it no less late.
        ("overdue", Story().accepted(OPENED_AT + 3 * DAY), "overdue since 15 Apr, 09:00"),
        (
            "suspended_share",
            Story().suspended(OPENED_AT + DAY).accepted(OPENED_AT + 3 * DAY),
            "suspension granted 15 Apr, 09:00",
        ),
        # It follows one that was late before it was reported itself.
        ("overdue", Story().merged(OPENED_AT + HOUR, resolve_by=OPENED_AT - 30 * DAY), "overdue since 14 Apr, 09:00"),
        ("open", Story().accepted(OPENED_AT + 3 * DAY), "with the unit since 14 Apr, 09:00"),
    ],
)
async def test_what_is_left_says_since_when_whatever_was_done_meanwhile(
    town: Town, figure: str, told: Story, said: str
) -> None:
    await town.tell(told)

    page = await town.page(f"/{figure}/tickets", **APRIL)

    assert said in words_of(page.text)


async def test_what_no_unit_has_is_not_said_to_lie_with_one(town: Town) -> None:
    waits = Story()
    waits.routing.pop()
    await town.tell(waits)

    page = await town.page("/open/tickets", **APRIL)

    assert "with no unit since 14 Apr, 09:00" in words_of(page.text)


def test_words_are_there_for_whatever_can_count() -> None:
    written = PROJECTION.read_text()

    assert {*re.findall(r"SELECT [a-z.]+, '([a-z_]+)'", written)} == {*Fact}


async def test_from_a_figure_its_units_are_one_click_away_and_what_was_narrowed_stays(town: Town) -> None:
    await town.tell(Story().handled())
    page = await town.page("/closing_rate", **APRIL, channel="qr")
    [address] = re.findall(r'href="(/desk/figures/closing_rate\?[^"]*by=unit[^"]*)"', page.text)

    units = await town.page(unescape(address).removeprefix("/desk/figures"))

    assert address.endswith("by=unit&amp;channel=qr")
    assert '<h2 id="groups">By unit</h2>' in units.text


async def test_another_month_is_looked_at_from_the_same_side(town: Town) -> None:
    page = (await town.page("/closing_rate/tickets", **APRIL, of="rest")).text

    chips = re.findall(r'class="chip" href="([^"]*)"', page)
    assert len(chips) > 2
    assert all("of=rest" in address for address in chips)


async def test_how_many_had_no_deadline_stands_beside_the_on_time_rate_of_all_and_of_each_unit(town: Town) -> None:
    late = Story(resolve_by=None).handled()
    await town.tell(Story().handled(), late)

    page = await town.page("/on_time_closing_rate", **APRIL, by="unit")
    addresses = [unescape(each) for each in BESIDE.findall(page.text)]
    behind = [await town.page(address.removeprefix("/desk/figures")) for address in addresses]

    assert "50.00%" in page.text
    assert ["unit=property" in address for address in addresses] == [False, True]
    assert [opened.text.count(f"/desk/cases/{late.ticket}") for opened in behind] == [1, 1]


async def test_who_sees_only_the_units_own_is_told_how_many_others_count(town: Town) -> None:
    ours = Story().handled()
    await town.tell(ours)
    seen = {"property unit": 1, "police unit": 0, "police ladder": 0, "property area": 1, "police district": 1}

    pages = {reader: await town.page("/closing_rate/tickets", reader, **APRIL) for reader in seen}
    listed = {reader: (await town.ask_behind("closing_rate", reader=reader, **APRIL)).json() for reader in seen}

    assert {reader: told["seen"] for reader, told in listed.items()} == seen
    assert {reader: len(told["tickets"]) for reader, told in listed.items()} == seen
    assert {told["total"] for told in listed.values()} == {1}
    assert {reader: page.text.count(f"/desk/cases/{ours.ticket}") for reader, page in pages.items()} == seen
    assert "1 of them lies outside what you may read" in pages["police unit"].text


async def test_a_published_figure_stands_beside_what_has_become_of_it(town: Town) -> None:
    await town.tell(Story().handled())
    await yima(town, "kpi", "--month", "2026-04", "--publish")
    late = Story()
    await town.tell(late)

    every = await town.page("", **APRIL)
    page = await town.page("/closing_rate", **APRIL)

    assert "This month was published on" in every.text
    assert all(said in page.text for said in ("100.00%", "50.00%", "as published; above is what it is now"))
    assert f"/desk/cases/{late.ticket}" in page.text


async def test_what_changed_in_the_backlog_alone_is_named_by_the_figure_that_opens(town: Town) -> None:
    story = Story()
    await town.tell(story)
    await yima(town, "kpi", "--month", "2026-04", "--publish")
    story.escalated(OPENED_AT + 2 * DAY)
    await town.routing.publish(f"case-{story.ticket}", story.routing[-1])
    await town.heard()

    every = await town.page("", **APRIL)
    [correction] = (await town.figures())["published"]["corrections"]
    tickets = await town.ask_behind(correction["figure"], "corrections", **APRIL)

    notice = every.text.partition("This month was published on")[2].partition("</div>")[0]
    assert "1 figure has changed since" in notice
    assert "/desk/figures/escalations?" in notice
    assert correction == {"figure": "escalations", "published": 0, "now": 1}
    assert tickets.json()["tickets"] == [{"ticket": str(story.ticket), "change": "added"}]


async def test_an_address_that_can_not_be_answered_says_why_and_shows_this_month(town: Town) -> None:
    wrong = [
        await town.page("", **{"from": "2026-04-31", "to": "2026-05-01"}),
        await town.page("", **{"from": "2020-01-01", "to": "2026-05-01"}),
        await town.page("/received", **APRIL, area="nowhere"),
    ]
    unknown = [await town.page("/happiness", **APRIL), await town.page("/received/tickets", **APRIL, of="denominator")]

    assert [page.status_code for page in (*wrong, *unknown)] == [200, 200, 200, 404, 404]
    said = ("These are no days", "At most 366 days", "There is no such area")
    assert all(words in page.text for words, page in zip(said, wrong, strict=True))


@pytest.mark.parametrize("left_out", [{"channel": "fax"}, {"urgency": "urgnt"}, {"area": "\0"}, {"by": "moon"}])
async def test_a_page_says_what_it_could_not_narrow_by(town: Town, left_out: dict[str, str]) -> None:
    page = await town.page("/received", **APRIL, **left_out)

    assert page.status_code == 200
    assert "is not known, or is said in two ways, and was left out" in page.text


async def test_what_is_said_twice_is_not_taken_for_one_of_the_two_without_a_word(town: Town) -> None:
    page = await town.page("/received?unit=property&unit=committee")

    assert page.status_code == 200
    assert "or is said in two ways, and was left out" in page.text


async def test_what_is_said_twice_alike_is_said_once(town: Town) -> None:
    page = await town.page("/received?unit=property&unit=property")

    assert "was left out" not in page.text


async def test_that_it_is_another_month_is_said_before_what_else_was_left_out(town: Town) -> None:
    page = await town.page("/received?from=20260401&to=2026-05-01&unit=property&unit=committee")

    assert "These are no days of the calendar" in page.text
    assert "was left out" not in page.text


@pytest.mark.parametrize("path", ["", "/received/tickets"])
async def test_what_is_not_told_by_group_says_so_to_who_asked_for_that(town: Town, path: str) -> None:
    page = await town.page(path, **APRIL, by="unit")

    assert page.status_code == 200
    assert "is not known, or is said in two ways, and was left out" in page.text


@pytest.mark.parametrize("path", ["", "/received", "/received/tickets"])
async def test_a_page_names_its_month_above_all(town: Town, path: str) -> None:
    page = await town.page(path, **APRIL)

    [heading] = re.findall("<h1>(.*?)</h1>", page.text)
    assert heading.endswith("· 2026-04")
