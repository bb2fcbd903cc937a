"""A case that is done says by when it was to be resolved, as figures judge it, and whether it was."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.routing.pages.views import Judged
from tests.unit.web.case_samples import pages_in
from tests.unit.web.sample_pages import RENDERERS
from tests.unit.web.samples import NOW
from tests.unit.web.test_rendering import html_of, visitor_of


@pytest.mark.parametrize(("late", "told"), [(0, None), (1, 1.0), (59, 1.0), (28_440, 474.0)])
def test_who_was_late_by_seconds_was_late(late: int, told: float | None) -> None:
    assert Judged(due_at=NOW, done_at=NOW + timedelta(seconds=late)).late_minutes == told


def test_a_closed_case_tells_its_deadline_and_by_how_much_it_was_missed() -> None:
    html = html_of("case closed")

    assert "应处置完成：" in html
    assert "晚 24 小时 45 分" in html
    assert html_of("case").count("应处置完成：") == 0


def test_what_was_promised_is_told_from_the_resolution_on_and_not_before() -> None:
    judged = {
        situation: next(iter(pages_in(situation).values())).judged for situation in ("处置中 accepted", "已结单 closed")
    }

    assert judged["处置中 accepted"] is None
    assert judged["已结单 closed"] is not None
    assert judged["已结单 closed"].late_minutes is None


def test_where_nothing_was_promised_there_is_no_deadline() -> None:
    page = replace(next(iter(pages_in("已结单 closed").values())), judged=None)

    html = visitor_of(RENDERERS["routing"], "case.html", {"page": page}).get("/page?lang=en").text

    assert "<dt>Deadline</dt><dd>None</dd>" in html
