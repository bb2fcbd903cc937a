"""What whoever reports it says of its urgency: a condition of rules, apart from how urgent the rules make the case."""

from datetime import UTC, datetime

import pytest

from services.routing.domain.assignment import Report, choose, choose_for_history
from services.routing.domain.case import decide
from services.routing.domain.case.commands import ImportCase
from shared.contracts.intake import Channel, StatedUrgency
from shared.contracts.routing import CaseOpened, PassedOver, Urgency
from tests.unit.routing.district_samples import changed, faults_of, read_small, small_rulebook, with_rule
from tests.unit.routing.routing_samples import CASE_ID, OPENED_AT, assignment, matter, sealed

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
ASKING = """\
  - id: said
    name: {zh: 说是急事, en: Said to be urgent}
    when: {urgency: urgent}
    unit: committee of the place
    terms: {accept: {minutes: 30, working_time: false}, resolve: {working_days: 1}, report_in: {minutes: 60},
      verify: {minutes: 600}, answer: {minutes: 60}}
    examples:
      - {text: 楼道很黑, place: EAST2345, urgency: urgent}
"""
DISTRICT = with_rule(ASKING)


def report(stated: StatedUrgency | None, *, channel: Channel = Channel.PARTNER) -> Report:
    return Report(place="EAST2345", category=None, channel=channel, text="楼道很黑", stated_urgency=stated, at=AT)


@pytest.mark.parametrize(
    ("stated", "rule"),
    [(StatedUrgency.URGENT, "said"), (StatedUrgency.NORMAL, "rest"), (None, "rest")],
)
def test_a_rule_takes_the_reports_that_state_the_urgency_it_asks_for(stated: StatedUrgency | None, rule: str) -> None:
    assert choose(read_small(DISTRICT), report(stated)).assignment.trace.rule == rule


@pytest.mark.parametrize(("stated", "why"), [(None, "urgency_stated"), (StatedUrgency.NORMAL, "urgency")])
def test_the_trace_tells_another_urgency_from_none_at_all(stated: StatedUrgency | None, why: str) -> None:
    trace = choose(read_small(DISTRICT), report(stated)).assignment.trace

    assert trace.passed_over[0] == PassedOver(rule="said", condition=why)


def test_what_is_stated_makes_no_case_urgent_unless_a_rule_does() -> None:
    followed = DISTRICT.replace("  - id: said\n", "  - id: said\n    urgency: urgent\n")

    asked, made_urgent = (choose(read_small(text), report(StatedUrgency.URGENT)) for text in (DISTRICT, followed))

    assert (asked.urgency, made_urgent.urgency) == (Urgency.NORMAL, Urgency.URGENT)


def test_rules_that_do_not_ask_decide_as_before_whatever_is_stated() -> None:
    chosen = [choose(small_rulebook(), report(stated)) for stated in (None, *StatedUrgency)]

    assert all(each.assignment == chosen[0].assignment for each in chosen)


def test_history_falls_to_the_rule_for_what_it_states_and_keeps_it_without_a_message() -> None:
    past = report(StatedUrgency.URGENT, channel=Channel.IMPORT)
    chosen = choose_for_history(read_small(DISTRICT), past, handled_by=None)
    command = ImportCase(
        case_id=CASE_ID,
        matter=matter(),
        text=sealed(),
        assignment=assignment(),
        opened_at=OPENED_AT,
        stated_urgency=past.stated_urgency,
    )

    opened, assigned = decide(None, command)

    assert chosen.assignment.trace.rule == "said"
    assert isinstance(opened, CaseOpened)
    assert opened.stated_urgency is StatedUrgency.URGENT
    assert opened.history
    assert assigned.history


def of_kind(text: str, kind: str) -> list[str]:
    return [fault.path for fault in faults_of(text) if fault.finding.kind == kind]


def asking(first: str, second: str) -> str:
    """The district with two rules of these conditions at its head."""
    later = ASKING.replace("id: said", "id: later").replace("{urgency: urgent}\n", f"{{{second}}}\n")
    return with_rule(ASKING.replace("{urgency: urgent}\n", f"{{{first}}}\n") + later)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("urgency: urgent", "urgency: urgent, words_any: [灯]"),
        ("channels: [qr]", "channels: [qr], urgency: normal"),
        ("words_any: [灯]", "words_all: [灯], urgency: urgent"),
    ],
)
def test_a_rule_below_one_that_takes_its_urgency_never_matches(first: str, second: str) -> None:
    assert "rules[1]" in of_kind(asking(first, second), "rule_never_matches")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("urgency: urgent", "urgency: normal"),
        ("urgency: urgent", "words_any: [灯]"),
    ],
)
def test_a_rule_that_another_urgency_is_left_to_is_reached(first: str, second: str) -> None:
    assert "rules[1]" not in of_kind(asking(first, second), "rule_never_matches")


def test_rules_for_each_urgency_leave_over_what_states_none() -> None:
    assert of_kind(asking("urgency: urgent", "urgency: normal"), "rule_never_matches") == []


def test_an_example_states_its_urgency_or_falls_elsewhere() -> None:
    silent = with_rule(ASKING.replace(", urgency: urgent}\n", "}\n"))

    assert of_kind(with_rule(ASKING), "example_falls_elsewhere") == []
    assert of_kind(silent, "example_falls_elsewhere") == ["rules[0].examples[0]"]


def test_another_word_for_it_is_found_on_its_line() -> None:
    (fault,) = faults_of(changed("when: {words_any: [消防通道]}", "when: {words_any: [消防通道], urgency: high}"))

    assert (fault.path, fault.finding.kind) == ("rules[0].when.urgency", "not_one_of")
    assert fault.finding.params["expected"] == "'normal', 'urgent'"


def test_a_last_rule_that_asks_for_an_urgency_leaves_some_reports_over() -> None:
    text = changed(
        "    unit: committee\n    terms: {accept: {minutes: 120}",
        "    when: {urgency: normal}\n    unit: committee\n    terms: {accept: {minutes: 120}",
    )

    assert of_kind(text, "last_rule_not_catching_all") == ["rules[2].when"]
