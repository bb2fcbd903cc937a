"""Units that a rule calls at once: with the assignment, each with its task and clock, and never the lead."""

from dataclasses import replace
from datetime import UTC, datetime

from services.routing.domain.assignment import Report, choose
from services.routing.domain.case import decide
from services.routing.domain.case.commands import AtOnce, OpenCase
from services.routing.domain.clocks import timers_after
from shared.contracts.intake import Channel
from shared.contracts.routing import RULE, CaseAssigned, CaseOpened, Clock, WhistleBlown
from tests.unit.routing.district_samples import changed, read_small
from tests.unit.routing.routing_samples import CASE_ID, OPENED_AT, after, folded, matter, open_case, sealed

TUESDAY_NIGHT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
CALLS = """\
    urgency: urgent
    whistle:
      - {unit: property of the place, task: {zh: 请疏导车辆, en: Please clear the lane}}
      - {unit: committee, task: {zh: 请联系车主, en: Please call the owners}}
      - {unit: ops, task: {zh: 请知悉, en: Please note}}
"""


def chosen_at(place: str) -> list[tuple[str, str, datetime | None]]:
    rulebook = read_small(changed("    urgency: urgent\n", CALLS))
    report = Report(place=place, category=None, channel=Channel.QR, text="消防通道被堵", at=TUESDAY_NIGHT)
    return [(call.unit, call.task.en, call.report_by) for call in choose(rulebook, report).calls]


def test_each_unit_is_called_with_its_task_and_by_its_clock_but_the_lead() -> None:
    at_20_past = datetime(2026, 4, 28, 13, 20, tzinfo=UTC)

    assert chosen_at("EAST2345") == [
        ("property", "Please clear the lane", at_20_past),
        ("ops", "Please note", at_20_past),
    ]


def test_a_unit_that_the_place_has_not_is_not_called() -> None:
    assert [unit for unit, _, _ in chosen_at("V3TTA678")] == ["ops"]


def test_the_calls_stand_with_the_assignment_and_say_that_it_was_the_rule() -> None:
    events = decide(None, called_at_once())

    assert tuple(map(type, events)) == (CaseOpened, CaseAssigned, WhistleBlown)
    assert events[-1] == WhistleBlown(
        case_id=CASE_ID,
        at=OPENED_AT,
        unit="property",
        lead="committee",
        by=RULE,
        by_unit="committee",
        task=sealed(),
        matter=matter(),
        report_by=after(15),
    )


def test_the_called_units_clock_runs_from_the_opening_and_the_lead_cannot_finish_without_it() -> None:
    case = folded(None, decide(None, called_at_once()))

    assert case is not None
    assert [part.unit for part in case.open_parts] == ["property"]
    assert [(wish.called, wish.due_at) for wish in timers_after(None, case) if wish.kind is Clock.REPORT_IN] == [
        ("property", after(15))
    ]


def called_at_once() -> OpenCase:
    return replace(open_case(), calls=(AtOnce(unit="property", task=sealed(), report_by=after(15)),))
