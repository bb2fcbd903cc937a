"""What pages of figures say of a figure: its rest, its lengths, and what it was when its month was published."""

import re
from dataclasses import replace
from html import unescape

import pytest

from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.definition import Side
from services.reporting.domain.duration import duration
from services.reporting.domain.grouping import By, Tree
from services.reporting.domain.publication import Group
from services.reporting.domain.question import Question
from services.reporting.domain.tally import Tally
from services.reporting.pages.groups import Words, apart_of, shown_of
from services.reporting.pages.views import CorrectedFigure, TicketsPage
from shared.contracts.directory import AreaLevel
from shared.web.catalogues import load_catalogues, raise_missing
from tests.unit.web import figure_samples
from tests.unit.web.figure_samples import ANSWERED, APRIL, TOOK, told
from tests.unit.web.sample_pages import RENDERERS
from tests.unit.web.test_rendering import html_of, visitor_of

DAYS = 6_000.0
WAITED = replace(ANSWERED, median_minutes=DAYS, p90_minutes=6_060)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]*>", "", html)))


def tickets(page: TicketsPage) -> str:
    return visitor_of(RENDERERS["reporting"], "figure_tickets.html", {"page": page}).get("/page?lang=en").text


def test_the_rest_of_a_rate_is_what_its_numerator_leaves_of_the_denominator() -> None:
    assert "分母中其余的工单 61" in text_of(html_of("tickets behind"))
    assert "其余 235" in text_of(html_of("figure by unit"))


@pytest.mark.parametrize("side", Side)
def test_the_first_page_of_a_list_is_that_of_its_side(side: Side) -> None:
    back = re.search(
        r'<p class="pagination"><a [^>]*href="([^"]*)"', tickets(replace(figure_samples.tickets_page(), side=side))
    )

    assert back is not None
    assert unescape(back[1]).endswith(f"of={side}")


def test_working_time_makes_no_days_wherever_it_is_told() -> None:
    shown = shown_of(FIGURES["first_response"], told(first=WAITED), Question(period=APRIL))
    words = Words("en", load_catalogues("reporting", on_missing=raise_missing)["en"].say)
    page = replace(figure_samples.figures_page(), parts={"times": [shown]}, corrections=[])
    html = visitor_of(RENDERERS["reporting"], "figures.html", {"page": page}).get("/page?lang=en").text

    assert "87 小时 45 分" in text_of(html_of("tickets and how long"))
    assert words.value(WAITED) == "100 h 0 min"
    assert all(length in text_of(html) for length in ("100 h 0 min", "p90 101 h 0 min"))


def test_a_length_that_changed_in_its_slowest_tenth_alone_is_not_shown_as_unchanged() -> None:
    was, now = (replace(TOOK["stage_accept"], p90_minutes=p90) for p90 in (42.0, DAYS))
    shown = replace(shown_of(FIGURES["stage_accept"], told(), Question(period=APRIL)), value=now)
    page = replace(figure_samples.figures_page(), corrections=[CorrectedFigure(now=shown, was=was)])
    html = visitor_of(RENDERERS["reporting"], "figures.html", {"page": page}).get("/page?lang=en").text

    assert "time to accept 11 min (4 · p90 42 min · sum 66 min) → 11 min (4 · p90 4 d 4 h · sum 66 min)" in text_of(
        html
    )


def test_nor_is_one_that_changed_in_its_sum_alone() -> None:
    was, now = duration([2.0, 11.0, 11.0, 42.0]), duration([5.0, 11.0, 11.0, 42.0])
    shown = replace(shown_of(FIGURES["stage_accept"], told(), Question(period=APRIL)), value=now)
    page = replace(figure_samples.figures_page(), corrections=[CorrectedFigure(now=shown, was=was)])
    html = visitor_of(RENDERERS["reporting"], "figures.html", {"page": page}).get("/page?lang=en").text

    assert (was.count, was.median_minutes, was.p90_minutes) == (now.count, now.median_minutes, now.p90_minutes)
    assert "11 min (4 · p90 42 min · sum 66 min) → 11 min (4 · p90 42 min · sum 69 min)" in text_of(html)


def test_nor_is_one_whose_sum_is_of_many_days() -> None:
    was, now = (duration([first, 30_000.0, 30_000.0, 30_000.0]) for first in (10.0, 15.0))
    shown = replace(shown_of(FIGURES["stage_accept"], told(), Question(period=APRIL)), value=now)
    page = replace(figure_samples.figures_page(), corrections=[CorrectedFigure(now=shown, was=was)])
    html = visitor_of(RENDERERS["reporting"], "figures.html", {"page": page}).get("/page?lang=en").text

    assert "sum 1500 h 10 min) → " in text_of(html)
    assert "sum 1500 h 15 min)" in text_of(html)


def test_a_correction_leads_from_what_was_published_to_what_is_told_now() -> None:
    text = text_of(html_of("figures"))

    assert "结案率 93.72% (910/971) → 93.72% (911/972)" in text
    assert "期末未结 121 → 122" in text


def test_a_plain_number_is_not_said_to_be_smaller_than_it_is_where_its_cases_are_few() -> None:
    group = Group(key="police", name=None, ranked=False, figures=told(Tally(escalations=30, received=9)))
    page = figure_samples.figure_by("escalations", By.UNIT, [group])("en")
    html = visitor_of(RENDERERS["reporting"], "figure.html", {"page": page}).get("/page?lang=en").text

    assert "of fewer than 10 cases: not ranked" in text_of(html)


def test_groups_stand_in_order_by_what_the_figure_itself_is_told_of() -> None:
    few = Group(key="few", name=None, ranked=True, figures=told(Tally(received=100, called_in=1, reported_in=1)))
    many = Group(key="many", name=None, ranked=False, figures=told(Tally(called_in=40, reported_in=20)))

    page = figure_samples.figure_by("whistle_report_in", By.UNIT, [few, many])("en")

    assert [(each.label, each.ranked) for each in page.groups] == [("many", True), ("few", False)]


def test_the_way_to_the_groups_that_are_shown_is_marked_and_no_other() -> None:
    [*_, nav] = re.findall(r'<nav class="months".*?</nav>', html_of("figure by unit"), flags=re.DOTALL)

    ways = re.findall(r'by=(\w+)[^"]*"( aria-current="true")?>', nav)

    assert [by for by, current in ways if current] == ["unit"]
    assert {by for by, _ in ways} == {"unit", "area", "category", "week", "month"}


def test_the_ways_to_its_groups_keep_what_it_is_narrowed_by_and_areas_their_level() -> None:
    question = Question(period=APRIL, by=By.AREA, level=AreaLevel.TOWN, tree=Tree.THEN, unit="property")

    ways = dict(apart_of(FIGURES["received"], question))

    kept = "/desk/figures/received?from=2026-04-01&to=2026-05-01"
    assert ways[By.AREA] == f"{kept}&by=area&level=town&tree=then&unit=property"
    assert ways[By.UNIT] == f"{kept}&by=unit&tree=then&unit=property"
