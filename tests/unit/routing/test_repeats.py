"""Repeat reports as a condition: what counts as the same, within which days, and among those that came together."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.routing.domain.assignment import Report, choose
from services.routing.domain.checks.shadowing import taken_before
from services.routing.domain.repeats import Earlier, Reported, Window, counted_among, windows_of
from shared.contracts.directory import Conditions, Name, Repeats, RepeatsOf, Rule
from shared.contracts.intake import Channel
from shared.contracts.routing import PassedOver
from tests.unit.routing.district_samples import faults_of, read_small, small_district, with_rule

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
AGAIN = """\
  - id: again
    name: {zh: 屡次反映, en: Again and again}
    when: {repeats: {count: 3, days: 30, of: place}}
    unit: ops
    terms: {accept: {minutes: 60}, resolve: {working_days: 1}, report_in: {minutes: 60}, verify: {minutes: 600},
      answer: {minutes: 60}}
    examples:
      - {text: 路灯不亮, place: V3TTA678, earlier: 3}
"""


def reported(number: int, *, days_ago: float, place: str = "EAST", category: str | None = "order") -> Reported:
    at = AT - timedelta(days=days_ago)
    return Reported(id=UUID(int=number), place=place, area="estate", category=category, at=at)


def chosen_rule(earlier: int) -> str:
    report = Report(
        place="V3TTA678",
        category=None,
        channel=Channel.QR,
        text="路灯不亮",
        earlier=Earlier({Window(RepeatsOf.PLACE, 30): earlier}),
        at=AT,
    )
    return choose(read_small(with_rule(AGAIN)), report).assignment.trace.rule


def test_the_third_earlier_report_at_the_place_within_thirty_days_brings_it_to_the_level_above() -> None:
    assert [chosen_rule(earlier) for earlier in (0, 2, 3, 9)] == ["rest", "rest", "again", "again"]


def test_the_trace_says_that_there_were_not_enough() -> None:
    report = Report(place="V3TTA678", category=None, channel=Channel.QR, text="路灯不亮", at=AT)

    trace = choose(read_small(with_rule(AGAIN)), report).assignment.trace

    assert PassedOver(rule="again", condition="repeats") in trace.passed_over


def test_an_example_says_how_many_came_before_it() -> None:
    # Who only supervises may not accept what the rule brings there.
    assert faults_of(with_rule(AGAIN).replace("role: supervisor", "role: dispatcher")) == ()
    assert "example_falls_elsewhere" in {
        fault.finding.kind for fault in faults_of(with_rule(AGAIN.replace(", earlier: 3", "")))
    }


@pytest.mark.parametrize(
    ("of", "counted"),
    [(RepeatsOf.PLACE, 3), (RepeatsOf.CATEGORY_AT_PLACE, 1), (RepeatsOf.CATEGORY_IN_AREA, 2)],
)
def test_reports_that_came_together_count_for_the_later_ones(of: RepeatsOf, counted: int) -> None:
    last = reported(9, days_ago=0)
    earlier = [
        reported(1, days_ago=1),
        reported(2, days_ago=2, category="greening"),
        reported(3, days_ago=3, category=None),
        reported(4, days_ago=4, place="WEST"),
        reported(5, days_ago=31),
    ]

    assert counted_among([*earlier, last], [Window(of, 30)])[last.id] == {Window(of, 30): counted}


def test_a_report_without_a_category_repeats_no_category() -> None:
    reports = [reported(1, days_ago=1, category=None), reported(2, days_ago=0, category=None)]

    window = Window(RepeatsOf.CATEGORY_IN_AREA, 7)

    assert counted_among(reports, [window]) == {report.id: {window: 0} for report in reports}


def test_each_window_is_asked_about_once() -> None:
    repeats = Repeats(count=3, days=30, of=RepeatsOf.PLACE)
    rules = [rule(repeats), rule(repeats.model_copy(update={"count": 5})), rule(None)]

    assert windows_of(rules) == (Window(RepeatsOf.PLACE, 30),)


def rule(repeats: Repeats | None) -> Rule:
    return Rule(id="rule", name=Name(zh="规则", en="Rule"), unit="ops", when=Conditions(repeats=repeats))


@pytest.mark.parametrize(
    ("earlier", "later", "taken"),
    [
        (None, Repeats(count=3, days=30, of=RepeatsOf.PLACE), True),
        (Repeats(count=3, days=30, of=RepeatsOf.PLACE), None, False),
        (Repeats(count=3, days=30, of=RepeatsOf.PLACE), Repeats(count=5, days=7, of=RepeatsOf.PLACE), True),
        (Repeats(count=3, days=7, of=RepeatsOf.PLACE), Repeats(count=5, days=30, of=RepeatsOf.PLACE), False),
        (
            Repeats(count=3, days=30, of=RepeatsOf.PLACE),
            Repeats(count=3, days=30, of=RepeatsOf.CATEGORY_AT_PLACE),
            True,
        ),
        (
            Repeats(count=3, days=30, of=RepeatsOf.CATEGORY_AT_PLACE),
            Repeats(count=3, days=30, of=RepeatsOf.PLACE),
            False,
        ),
    ],
)
def test_a_rule_for_fewer_repeats_takes_what_one_for_more_would(
    earlier: Repeats | None, later: Repeats | None, taken: bool
) -> None:
    assert bool(taken_before(rule(later), [rule(earlier)], small_district())) is taken
