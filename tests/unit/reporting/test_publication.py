"""What was published is compared figure by figure, by the names that figures are asked for by."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.api.schemas import GroupOfFigureTold
from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.duration import duration
from services.reporting.domain.figures import Figures, figures
from services.reporting.domain.first_response import FirstResponse
from services.reporting.domain.grouping import By
from services.reporting.domain.publication import Group, Publication, corrected, paired
from services.reporting.domain.tally import PARTS, Tally
from services.reporting.queries import PUBLICATION, published
from shared.contracts.directory import Name


def of(**counts: int) -> Figures:
    return figures(Tally(**counts), FirstResponse(count=0))


def group(key: str | None, called: str = "", **counts: int) -> Group:
    return Group(key=key, name=Name(zh=called, en=called) if called else None, ranked=True, figures=of(**counts))


def groups() -> st.SearchStrategy[list[Group]]:
    """Groups of an answer: each key once, some without."""
    counts = st.dictionaries(st.none() | st.sampled_from("abcd"), st.integers(1, 5))
    return counts.map(lambda told: [group(key, received=number) for key, number in told.items()])


def test_what_is_left_is_corrected_by_the_figures_that_it_is_told_as() -> None:
    was, now = of(received=2, open=2, overdue_open=1), of(received=2, open=2, overdue_open=1, escalations=1)

    assert corrected(was, now) == ["escalations"]


def test_what_was_closed_without_sla_is_corrected_too() -> None:
    was, now = of(closed=2, closed_in_time=1, closed_without_sla=1), of(closed=2, closed_in_time=1)

    assert corrected(was, now) == ["closed_without_sla"]


def test_every_part_that_changes_is_a_correction_that_can_be_asked_about() -> None:
    lengths = {"stage_accept", "stage_resolve", "stage_verify", "stage_close", "returned"}

    for part in set(PARTS) - lengths:
        changed = corrected(of(), of(**{part: 1}))

        assert changed, part
        assert set(changed) <= set(FIGURES)


def test_nothing_is_corrected_where_nothing_changed() -> None:
    assert corrected(of(closed=3, overdue_open=1), of(closed=3, overdue_open=1)) == []


def test_a_group_is_compared_with_itself_also_where_the_whole_has_not_changed() -> None:
    published, now = ([group("a", received=a), group("b", received=3 - a)] for a in (2, 1))

    pairs = paired(published, now, untold=frozenset())

    assert [(pair.published.key, pair.changed) for pair in pairs] == [
        ("a", ["repeat_reports", "received"]),
        ("b", ["repeat_reports", "received"]),
    ]


def test_a_group_that_came_later_had_nothing_then_and_one_that_went_has_nothing_now() -> None:
    pairs = paired(
        [group("went", "旧", open=1), group(None, open=1)],
        [group("came", "新", open=2), group(None, open=1)],
        untold=frozenset(),
    )

    assert [
        (pair.published.key, pair.published.figures.backlog.open, pair.now.figures.backlog.open) for pair in pairs
    ] == [
        ("came", 0, 2),
        ("went", 1, 0),
        (None, 1, 1),
    ]
    assert [(pair.published.ranked, pair.now.ranked) for pair in pairs] == [(False, True), (True, False), (True, True)]
    assert not pairs[2].changed


@given(groups(), groups())
def test_both_sides_of_the_pairs_add_up_to_what_was_published_and_to_what_is_now(
    published: list[Group], now: list[Group]
) -> None:
    pairs = paired(published, now, untold=frozenset())

    assert sum(each.published.figures.received for each in pairs) == sum(each.figures.received for each in published)
    assert sum(each.now.figures.received for each in pairs) == sum(each.figures.received for each in now)


LATER = ("follow_ups_kept", "split_off", "escalations")
APRIL = Publication(
    month=date(2026, 4, 1),
    published_at=datetime(2026, 5, 3, tzinfo=UTC),
    total=of(received=3, open=1, closed_without_sla=1),
    groups={By.UNIT: [group("property", "物业", received=3)], By.AREA: [], By.CATEGORY: []},
)


def test_what_was_published_is_read_as_it_was_kept() -> None:
    assert published(PUBLICATION.dump_json(APRIL).decode()) == APRIL


def test_a_month_published_before_a_figure_was_defined_can_be_read_and_corrects_nothing_by_it() -> None:
    then = published(_without(*LATER))

    now = of(received=3, open=2, closed_without_sla=1, split_off=1, escalations=2)
    assert then.total.untold == set(LATER)
    assert then.groups[By.UNIT][0].figures.untold == set(LATER)
    assert corrected(then.total, now) == ["suspended_share", "open"]
    assert then.of_group(By.UNIT, "was not there").total.untold == set(LATER)


def test_a_unit_that_came_later_is_not_corrected_by_what_was_not_told_then() -> None:
    then = published(_without(*LATER))

    pairs = paired(then.groups[By.UNIT], [group("came", "新", split_off=2)], untold=then.total.untold)

    assert [(pair.published.key, "split_off" in pair.changed) for pair in pairs] == [
        ("came", False),
        ("property", False),
    ]


@pytest.mark.parametrize("figure", sorted(FIGURES))
def test_that_holds_for_each_figure(figure: str) -> None:
    then = published(_without(figure))

    assert then.total.untold == {figure}


def _without(*figures: str) -> str:
    """April's publication by code that did not know these."""
    kept = json.loads(PUBLICATION.dump_json(APRIL))
    told: list[dict[str, Any]] = [kept["total"], *(group["figures"] for group in kept["groups"]["unit"])]
    for each in told:
        del each["untold"]
        for figure in figures:
            each.pop(figure, None)
            each["backlog"].pop(figure, None)
    return json.dumps(kept)


@pytest.mark.parametrize(
    ("figure", "counts", "is_ranked"),
    [
        ("whistle_report_in", {"called_in": 40, "reported_in": 38}, True),
        ("whistle_report_in", {"called_in": 1, "reported_in": 1, "received": 100}, False),
        ("satisfaction", {"rated": 9, "satisfied": 9, "received": 100}, False),
        ("satisfaction", {"rated": 10, "satisfied": 9}, True),
        ("stage_accept", {"stage_accept": 9, "received": 100}, False),
        ("stage_accept", {"stage_accept": 10}, True),
        ("delivery_rate", {"messages_sent": 12, "messages_delivered": 11, "received": 4}, False),
        ("delivery_rate", {"messages_sent": 30, "messages_delivered": 29, "received": 10}, True),
        ("delivery_rate", {"messages_sent": 1, "messages_delivered": 1, "received": 100}, False),
        ("escalations", {"escalations": 3, "received": 100}, True),
        ("escalations", {"escalations": 30, "received": 9}, False),
        ("returned", {"returned": 10}, True),
        ("received", {"received": 3, "open": 40}, False),
        ("open", {"open": 40}, True),
        ("open", {"open": 9}, False),
    ],
)
def test_by_one_figure_a_group_is_ranked_where_that_figure_is_told_of_ten(
    figure: str, counts: dict[str, int], is_ranked: bool
) -> None:
    tally = Tally(**counts)
    told = figures(
        tally,
        FirstResponse(count=0),
        {
            "stage_accept": duration([30.0] * tally.stage_accept),
            "returned": duration([30.0] * tally.returned),
        },
    )
    group = Group(key="police", name=None, ranked=tally.may_be_ranked, figures=told)

    assert group.is_ranked_by(figure) is is_ranked


def test_the_interface_tells_that_of_one_figures_groups() -> None:
    one = figures(Tally(received=100, called_in=1, reported_in=1), FirstResponse(count=0), {})
    group = Group(key="police", name=None, ranked=True, figures=one)

    assert not GroupOfFigureTold.of(group, "whistle_report_in").ranked
    assert GroupOfFigureTold.of(group, "received").ranked
