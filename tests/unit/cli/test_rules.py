"""What `yima rules` tells, in tables and in JSON."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.cli.errors import NoLineReadError
from services.cli.rule_hits_table import hits_record, print_hits
from services.cli.rules import explained_lines, explained_record
from services.cli.simulation_report import print_simulation, simulation_record
from services.cli.terminal import in_json
from services.cli.trial_file import try_on_file
from services.routing.domain.simulation import Simulation
from services.routing.handlers.rule_hits import RuleHits
from services.routing.handlers.rules import Explained
from shared.contracts.directory import Name
from shared.contracts.messages import Message
from shared.contracts.routing import Clock, Term
from tests.unit.routing.district_samples import LANE, SMALL, read_small, with_rule, with_templates

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)


def test_an_explanation_is_told_in_json_with_its_moments() -> None:
    explained = Explained(
        at=AT,
        rule="fire-lane",
        rule_name=Name(zh="占用消防通道", en="Blocked fire lane"),
        unit="chunhe-committee",
        accept_by=AT,
        first_response_by=AT,
        resolve_by=None,
        passed_over=[("danger", "words_any")],
        edition=3,
        templates={Message.CASE_ASSIGNED: "lane"},
    )

    told = json.loads(in_json(explained_record(explained)))

    assert (told["at"], told["accept_by"], told["resolve_by"]) == (AT.isoformat(), AT.isoformat(), None)
    assert told["first_response_by"] == AT.isoformat()
    assert told["passed_over"] == [{"rule": "danger", "condition": "words_any"}]
    assert told["templates"] == {"case_assigned": "lane"}
    assert told["rule_name"] == {"zh": "占用消防通道", "en": "Blocked fire lane"}


def test_an_explanation_says_in_words_that_no_urgency_was_stated() -> None:
    explained = Explained(
        at=AT,
        rule="rest",
        rule_name=None,
        unit="committee",
        accept_by=None,
        first_response_by=None,
        resolve_by=None,
        passed_over=[("said", "urgency_stated"), ("other", "urgency")],
        edition=3,
        templates={},
    )

    lines = explained_lines(explained)

    assert lines[1].startswith("  ✗ said: 反映人没有说紧不紧急（urgency）")
    assert lines[2:] == ["  ✗ other: urgency", "  ✓ rest"]


def test_an_explanation_says_what_each_clock_is_counted_in() -> None:
    explained = Explained(
        at=AT,
        rule="rest",
        rule_name=None,
        unit="committee",
        accept_by=AT,
        first_response_by=AT,
        resolve_by=AT,
        passed_over=[],
        edition=3,
        templates={},
        terms=[
            Term(clock=Clock.ACCEPT, minutes=30, on_duty=True),
            Term(clock=Clock.RESOLVE, working_days=2),
            Term(clock=Clock.VERIFY, minutes=60),
            Term(clock=Clock.ANSWER, minutes=15, working_time=False),
        ],
    )

    assert [line.partition(": ")[2].partition(" · ")[0] for line in explained_lines(explained)[2:]] == [
        "30 分钟值班时间",
        "2 个工作日",
        "60 分钟工作时间",
        "15 分钟，昼夜计时",
    ]
    assert explained_record(explained)["terms"][0]["on_duty"] is True


@pytest.mark.parametrize(
    ("made_by", "told"),
    [("staff", "given to chunhe-committee by hand"), ("district", "moved to chunhe-committee"), ("history", "history")],
)
def test_an_assignment_that_no_rule_made_names_none(made_by: str, told: str) -> None:
    explained = Explained(
        at=AT,
        rule=made_by,
        rule_name=None,
        unit="chunhe-committee",
        accept_by=None,
        first_response_by=None,
        resolve_by=None,
        passed_over=[],
        edition=3,
        templates={},
    )

    (line,) = explained_lines(explained)

    assert told in line
    assert "规则“" not in line


def tried(tmp_path: Path, before: str, after: str, *lines: str) -> Simulation:
    """What two districts say of a table's lines."""
    table = tmp_path / "messages.csv"
    table.write_text("\n".join(["source_id,opened_at,place,text", *lines]), encoding="utf-8")
    return try_on_file(table, None, before=read_small(before), after=read_small(after))


AGAIN = """\
  - id: again
    name: {zh: 屡次反映, en: Again and again}
    when: {repeats: {count: 2, days: 30, of: place}}
    unit: property of the place
    whistle: [{unit: committee, task: {zh: 请协调, en: Please coordinate}}]
"""


def test_two_files_are_tried_on_a_table_that_nobody_imported_and_repeats_count_in_it(tmp_path: Path) -> None:
    lines = [f"{number},2026-04-{number:02d} 09:00:00,EAST2345,路灯不亮" for number in range(1, 5)]

    outcome = tried(tmp_path, SMALL, with_rule(AGAIN), *lines, "5,not a date,EAST2345,x", "6,2026-04-05,NOWHERE,x")
    told = simulation_record(outcome)

    assert [each["number"] for each in told["differing"]] == ["3", "4"]
    assert (told["tickets"], told["moved"], told["calling_others"]) == (4, 2, 2)
    assert told["load"] == {"committee": {"before": 4, "after": 2}, "property": {"before": 0, "after": 2}}
    assert told["calls"] == {"committee": {"before": 0, "after": 2}}
    assert told["names"]["rules"]["again"] == {"zh": "屡次反映", "en": "Again and again"}


def test_a_clock_that_follows_the_rota_would_have_had_another_deadline(tmp_path: Path) -> None:
    on_duty = SMALL.replace("{accept: {minutes: 120}", "{accept: {minutes: 120, on_duty: true}")
    saturday = "1,2026-04-25 09:00,V3TTA678,路灯不亮"

    simulation = tried(tmp_path, SMALL, on_duty, saturday)
    with_a_lunch_break = on_duty.replace(
        "shifts: [{person: lead}]", 'shifts: [{person: lead, to: "10:00"}, {person: lead, from: "12:00"}]'
    )
    [differing] = simulation.differing
    [by_another_rota] = tried(tmp_path, on_duty, with_a_lunch_break, saturday).differing

    assert differing.is_retimed
    assert differing.after is not None
    assert differing.after.deadlines.accept_by == datetime(2026, 4, 25, 3, 0, tzinfo=UTC)
    assert by_another_rota.after is not None
    assert by_another_rota.after.deadlines.accept_by == datetime(2026, 4, 25, 5, 0, tzinfo=UTC)


def test_a_first_response_that_would_be_asked_for_counts_by_itself(
    tmp_path: Path,
) -> None:
    first = SMALL.replace("{accept: {minutes: 120}", "{accept: {minutes: 120}, first_response: {minutes: 240}")

    told = simulation_record(tried(tmp_path, SMALL, first, "1,2026-04-24 09:00,V3TTA678,路灯不亮"))

    [differing] = told["differing"]
    assert (told["retimed"], told["first_response_sooner"], told["first_response_later"]) == (1, 1, 0)
    assert (told["accept_sooner"], told["resolve_sooner"]) == (0, 0)
    assert (differing["before"]["first_response_by"], differing["after"]["accept_by"]) == (
        None,
        differing["before"]["accept_by"],
    )
    assert differing["after"]["first_response_by"] == "2026-04-24T05:00:00Z"


BY_URGENCY = """\
  - id: said-urgent
    name: {zh: 急件, en: Said urgent}
    when: {urgency: urgent}
    unit: committee
"""


@pytest.mark.parametrize(("stated", "is_said"), [("", True), ("normal", False)])
def test_it_is_said_where_no_ticket_can_fall_to_a_rule_for_the_urgency_that_was_stated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], stated: str, is_said: bool
) -> None:
    table = tmp_path / "messages.csv"
    table.write_text(f"source_id,opened_at,place,text,stated_urgency\n1,2026-04-24 09:00,V3TTA678,路灯不亮,{stated}\n")
    outcome = try_on_file(table, None, before=read_small(SMALL), after=read_small(with_rule(BY_URGENCY)))

    print_simulation(outcome, file="small.yaml")

    assert ("这些规则一件也没有命中：said-urgent" in capsys.readouterr().out) == is_said
    assert simulation_record(outcome)["asking_urgency"] == ["said-urgent"]


def test_tickets_that_differ_alike_are_one_row_with_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"{number},2026-04-01 09:00:00,EAST2345,消防通道被堵" for number in range(5)]
    fewer = SMALL.replace("words_any: [消防通道]", "words_any: [绿化带]")

    print_simulation(tried(tmp_path, SMALL, fewer, *lines), file="fewer.yaml")

    [row] = [line for line in capsys.readouterr().out.splitlines() if "消防通道 · Fire lane" in line]
    assert [cell.strip() for cell in row.strip("│").split("│")] == ["5", "消防通道 · Fire lane", "其他 · Rest", "0"]


def test_tickets_whose_messages_other_templates_would_say_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["1,2026-04-01 09:00:00,EAST2345,消防通道被堵", "2,2026-04-01 09:00:00,EAST2345,路灯不亮"]

    outcome = tried(tmp_path, SMALL, with_templates("lane", LANE), *lines)
    told = simulation_record(outcome)
    print_simulation(outcome, file="worded.yaml")

    assert (told["moved"], told["retimed"], told["calling_others"], told["reworded"]) == (0, 0, 0, 1)
    [differing] = told["differing"]
    assert (differing["before"]["templates"], differing["after"]["templates"]) == ({}, {"case_assigned": "lane"})
    assert "case_assigned: lane" in capsys.readouterr().out


def test_a_table_says_how_urgent_it_was_to_whoever_reported(tmp_path: Path) -> None:
    table = tmp_path / "messages.csv"
    head = "source_id,opened_at,place,text,stated_urgency"
    lines = [
        f"{number},2026-04-01 09:00:00,EAST2345,路灯不亮,{said}" for number, said in enumerate(["urgent", "", "normal"])
    ]
    table.write_text("\n".join([head, *lines]), encoding="utf-8")
    asking = AGAIN.replace("repeats: {count: 2, days: 30, of: place}", "urgency: urgent")

    outcome = try_on_file(table, None, before=read_small(SMALL), after=read_small(with_rule(asking)))

    assert [each.number for each in outcome.differing] == ["0"]


def test_a_table_of_which_no_line_can_be_read_is_no_trial(tmp_path: Path) -> None:
    with pytest.raises(NoLineReadError):
        tried(tmp_path, SMALL, SMALL, "1,not a date,EAST2345,x")


COUNTED = [
    RuleHits(rule="fire-lane", name=Name(zh="消防通道", en="Fire lane"), hits=3, last_at=AT),
    RuleHits(rule="danger", name=Name(zh="隐患", en="Danger"), hits=0, last_at=None),
    RuleHits(rule="old", name=None, hits=1, last_at=AT),
]


def test_rules_that_never_led_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    told = hits_record(COUNTED, since=AT, until=AT)

    print_hits(COUNTED, since=AT, until=AT)

    shown = capsys.readouterr().out
    assert told["never"] == ["danger"]
    assert [(each["rule"], each["hits"], each["in_force"]) for each in told["rules"]] == [
        ("fire-lane", 3, True),
        ("danger", 0, True),
        ("old", 1, False),
    ]
    assert "never: danger" in shown
    assert "2026-04-28 21:05" in shown
