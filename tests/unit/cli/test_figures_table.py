"""The figures on the terminal: nothing is cut, and it says where each figure is explained."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from services.cli import app
from services.cli.figures_table import print_figures
from services.reporting.domain.duration import Duration, duration
from services.reporting.domain.figures import figures_of
from services.reporting.domain.first_response import FirstResponse
from services.reporting.domain.grouping import By, Counted, Spot
from services.reporting.domain.period import Period
from services.reporting.domain.publication import Group, Publication
from services.reporting.domain.question import Question
from services.reporting.domain.tally import Tally
from services.reporting.queries.answers import Answer
from shared.contracts.directory import Name

MONTH = Period.of_month(2026, 4)
SPOT = Spot(day=MONTH.first_day, place=None, area=None, category="housing")
_, FIGURES = figures_of([Counted(SPOT, Tally(received=1_234, handled=1_234, closed=1_234, rated=987, satisfied=986))])
HOUSING = Group(
    key="housing", name=Name(zh="房屋及设施设备", en="Housing and public facilities"), ranked=False, figures=FIGURES
)
ANSWER = Answer(
    question=Question(period=MONTH, by=By.CATEGORY),
    as_of=datetime(2026, 5, 1, tzinfo=UTC),
    total=FIGURES,
    groups=[HOUSING],
    newest_event_at=datetime(2026, 4, 30, 16, tzinfo=UTC),
    newest_event_age_s=90.4,
)


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("COLUMNS", "80")
    print_figures(ANSWER, title="2026-04")
    return capsys.readouterr().out.splitlines()


def test_where_no_terminal_reads_them_no_word_and_no_number_is_cut(printed: list[str]) -> None:
    text = "\n".join(printed)

    for whole in ("房屋及设施设备 Housing and public facilities", "satisfaction", "1234/1234 100.00%"):
        assert whole in text
    assert "…" not in text


def test_groups_are_compared_by_an_interval(printed: list[str]) -> None:
    assert any("99.4–100.0" in line for line in printed)


def test_how_fresh_they_are_is_said(printed: list[str]) -> None:
    assert any("2026-05-01 00:00:00+08:00（0:01:30 之前）" in line for line in printed)


def test_last_line_says_where_the_denominators_are_explained(printed: list[str]) -> None:
    assert printed[-1] == (
        "n/m：分子/分母；分组第二行是 95% 区间，比较时看它；各指标怎样计算，见 docs/figures.md"
        " · numerator/denominator, in groups above the 95 % interval to compare by;"
        " docs/figures.md says what each counts"
    )


def test_lengths_are_told_in_days_and_working_time_in_hours(capsys: pytest.CaptureFixture[str]) -> None:
    took, waited = Duration(count=2, median_minutes=6000, p90_minutes=6000), FirstResponse(count=2)
    waited = replace(waited, median_minutes=6000, p90_minutes=6000)

    print_figures(replace(ANSWER, total=replace(FIGURES, stage_resolve=took, first_response=waited)), title="2026-04")

    told = capsys.readouterr().out
    assert "4 天 4 小时 / 4 天 4 小时 (2)" in told
    assert "100 小时 0 分 / 100 小时 0 分 (2)" in told


def test_a_length_that_was_corrected_in_its_sum_alone_is_not_told_as_unchanged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    was, now = (replace(FIGURES, returned=duration([first, 11.0, 11.0, 42.0])) for first in (2.0, 5.0))
    published = Publication(month=MONTH.first_day, published_at=ANSWER.as_of, total=was, groups={By.CATEGORY: []})

    print_figures(replace(ANSWER, total=now, published=published), title="2026-04")

    told = capsys.readouterr().out
    assert "11 分钟 / 42 分钟 (4) · 合计 66 分钟 → 11 分钟 / 42 分钟 (4) · 合计 69 分钟" in " ".join(told.split())


def test_nor_is_one_of_many_days(capsys: pytest.CaptureFixture[str]) -> None:
    was, now = (replace(FIGURES, returned=duration([first, 30_000.0, 30_000.0, 30_000.0])) for first in (10.0, 15.0))
    published = Publication(month=MONTH.first_day, published_at=ANSWER.as_of, total=was, groups={By.CATEGORY: []})

    print_figures(replace(ANSWER, total=now, published=published), title="2026-04")

    told = " ".join(capsys.readouterr().out.split())
    assert "合计 1500 小时 10 分 → " in told
    assert "合计 1500 小时 15 分" in told


def test_help_says_where_the_denominators_are_explained() -> None:
    assert "docs/figures.md" in CliRunner().invoke(app, ["kpi", "--help"]).stdout
