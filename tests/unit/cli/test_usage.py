"""What was typed wrongly is told in one line of both languages, and in JSON to who asked for it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import app
from services.cli.wording import catalogue

WRONG = [
    ("usage_missing", "partner create X", "缺少 --scope：", "yima partner create --help"),
    ("usage_missing", "parked drop", "缺少 STREAM：", "yima parked drop --help"),
    ("usage_no_such_option", "kpi --mont 2026-04", "没有选项 --mont (--month?)：", "yima kpi --help"),
    ("usage_no_such_option", "--nothing", "没有选项 --nothing：", "yima --help"),
    ("usage_no_such_command", "partner craete", "没有命令 craete (create?)：", "yima partner --help"),
    ("usage_needs_value", "kpi --month", "选项 --month 后面缺少值：", "yima kpi --help"),
    ("usage_takes_no_value", "kpi --json=yes", "选项 --json 不带值：", "yima kpi --help"),
    (
        "usage_not_one_of",
        "kpi --month 2026-04 --by foo",
        "请从 area, category, unit, channel, urgency, day, week, month 中选一个",
        "yima kpi --help",
    ),
    ("usage_not_in_range", "up --port abc", "请给出 1 至 65535 的数", "yima up --help"),
    ("usage_too_small", "partner create X --scope tickets:read --quota 0", "不小于 1 的数", "yima partner create"),
    ("usage_too_many_words", "down now please", "多出了 now please：", "yima down --help"),
]


@pytest.mark.parametrize(("key", "typed", "told", "help_command"), WRONG)
def test_wrong_use_is_one_line_in_both_languages_that_says_what_to_do(
    key: str, typed: str, told: str, help_command: str
) -> None:
    refused = CliRunner().invoke(app, typed.split())

    english_beginning = catalogue()[key]["en"].split("{")[0]
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert refused.stderr.count("\n") == 1
    assert told in refused.stderr
    assert f" · {english_beginning}" in refused.stderr
    assert help_command in refused.stderr


def test_what_was_typed_can_not_break_the_line() -> None:
    refused = CliRunner().invoke(app, ["down", "--a\nb\x1b[2J"])

    assert refused.stderr.count("\n") == 1
    assert "\x1b" not in refused.stderr


@pytest.mark.parametrize(
    ("typed", "exit_code", "error", "detail"),
    [
        ("kpi --month abc --json", 1, "BadMonthError", "abc"),
        ("district check absent.yaml --json", 1, "DistrictUnreadableError", "absent.yaml"),
        ("kpi --json", 2, "usage_missing", "--month"),
    ],
)
def test_a_refusal_is_one_object_for_who_asked_in_json(typed: str, exit_code: int, error: str, detail: str) -> None:
    refused = CliRunner().invoke(app, typed.split())

    told = json.loads(refused.stdout)
    assert refused.exit_code == exit_code
    assert (told["error"], told["detail"]) == (error, detail)
    assert f"✗ {told['message']['zh']} · {told['message']['en']}\n" == refused.stderr


def test_the_process_behind_a_detached_start_leaves_the_object_to_its_starter(tmp_path: Path) -> None:
    wrong = CliRunner(env={"YIMA_DATA_DIR": str(tmp_path), "YIMA_PORT": "none"})

    started = wrong.invoke(app, ["up", "--json", "--welcome-to", str(tmp_path / "welcome")])
    starter = wrong.invoke(app, ["up", "--json", "--detach"])

    assert (started.exit_code, started.stdout) == (1, "")
    assert json.loads(starter.stdout)["error"] == "BadSettingError"


def test_a_group_without_a_command_shows_its_help() -> None:
    shown = CliRunner().invoke(app, ["partner"])

    assert shown.exit_code == 2
    assert "create" in shown.output


def test_who_answers_no_is_told_that_nothing_was_changed() -> None:
    refused = CliRunner().invoke(app, ["erase", "104302816"], input="n\n")

    assert refused.exit_code == 1
    assert refused.stderr.endswith("✗ 已取消，什么都没有改 · cancelled, nothing was changed\n")


@pytest.mark.parametrize("typed", ["abc", "10430281", "104302819"])
def test_a_mistyped_number_is_told_the_form_before_it_is_asked_whether_it_is_meant(typed: str) -> None:
    refused = CliRunner().invoke(app, ["erase", typed])

    assert refused.exit_code == 1
    assert refused.stderr.startswith(f"✗ {typed} 不是工单号：应为九位数字，如 104302816")
    assert "[y/N]" not in refused.output


def test_a_number_in_wide_digits_is_understood(tmp_path: Path) -> None:
    refused = CliRunner(env={"YIMA_DATA_DIR": str(tmp_path)}).invoke(app, ["erase", "１０４　３０２　８１６", "--yes"])

    assert "yima up" in refused.stderr
    assert "不是工单号" not in refused.stderr
