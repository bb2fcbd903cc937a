"""A report and the district's rules: the unit, the urgency, the deadlines; for history as of then."""

from datetime import UTC, datetime

import pytest

from services.routing.domain.assignment import Chosen, Report, choose, choose_for_history
from services.routing.domain.errors.directory import PlaceUnknownError
from shared.contracts.intake import Channel
from shared.contracts.routing import Deadlines, Urgency
from tests.unit.routing.district_samples import LANE, read_small, small_rulebook, with_templates

TUESDAY_NIGHT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)


def report(text: str, *, category: str | None = None, place: str = "EAST2345") -> Report:
    return Report(place=place, category=category, channel=Channel.QR, text=text, at=TUESDAY_NIGHT)


def test_a_blocked_fire_lane_goes_to_the_committee_at_once_whatever_the_hour() -> None:
    chosen = choose(small_rulebook(), report("东门消防通道被堵", category="parking"))

    assert (chosen.assignment.unit, chosen.urgency, chosen.area) == ("committee", Urgency.URGENT, "estate")
    assert chosen.assignment.deadlines == Deadlines(
        accept_by=datetime(2026, 4, 28, 13, 20, tzinfo=UTC),
        resolve_by=datetime(2026, 4, 29, 13, 5, tzinfo=UTC),
        accept_warnings=(datetime(2026, 4, 28, 13, 17, tzinfo=UTC),),
        resolve_warnings=(datetime(2026, 4, 29, 8, 17, tzinfo=UTC),),
    )


def test_a_rule_for_the_parent_category_takes_the_childs_report_and_counts_from_the_next_morning() -> None:
    chosen = choose(small_rulebook(), report("乱停车", category="parking"))

    assert chosen.assignment.trace.rule == "night"
    assert chosen.assignment.deadlines == Deadlines(
        accept_by=datetime(2026, 4, 29, 1, 30, tzinfo=UTC),
        resolve_by=datetime(2026, 4, 30, 0, 30, tzinfo=UTC),
        accept_warnings=(datetime(2026, 4, 29, 1, 18, tzinfo=UTC),),
        resolve_warnings=(datetime(2026, 4, 29, 7, 42, tzinfo=UTC),),
    )


def test_the_rule_says_which_of_the_districts_wordings_its_messages_have() -> None:
    rulebook = read_small(with_templates("lane", LANE))

    assert choose(rulebook, report("东门消防通道被堵")).templates == {"case_assigned": "lane"}
    assert choose(rulebook, report("路灯不亮")).templates == {}


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(PlaceUnknownError):
        choose(small_rulebook(), report("灯不亮", place="NOSUCH22"))


def of_history(handled_by: str | None) -> Chosen:
    return choose_for_history(small_rulebook(), report("东门消防通道被堵"), handled_by=handled_by)


def test_an_imported_ticket_goes_to_the_unit_that_its_row_names_with_the_rules_deadlines() -> None:
    chosen = of_history("property")

    assert (chosen.assignment.unit, chosen.assignment.trace.rule) == ("property", "history")
    assert chosen.assignment.deadlines.accept_by == datetime(2026, 4, 28, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize("handled_by", [None, "某物业公司"])
def test_an_imported_ticket_whose_row_names_no_known_unit_falls_to_the_rules(handled_by: str | None) -> None:
    chosen = of_history(handled_by)

    assert (chosen.assignment.unit, chosen.assignment.trace.rule) == ("committee", "fire-lane")
