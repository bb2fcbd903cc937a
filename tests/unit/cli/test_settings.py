"""A setting that cannot be used is named with what can, and never with its value."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from services.cli import app
from services.cli.settings import ALLOWED, LaunchSettings

PORT = "YIMA_PORT（1 至 65535 的整数 · a whole number from 1 to 65535）"
COUNT = "（不小于 1 的整数 · a whole number from 1 on）"
NETWORKS = '（JSON 列表，如 ["10.0.0.0/8"] · a JSON list of addresses or networks）'


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("YIMA_PORT", "abc", PORT),
        ("YIMA_PORT", "70000", PORT),
        ("YIMA_KAFKA_PARTITIONS", "0", f"YIMA_KAFKA_PARTITIONS{COUNT}"),
        ("YIMA_KAFKA_REPLICATION", "none", f"YIMA_KAFKA_REPLICATION{COUNT}"),
        ("YIMA_TRUSTED_PROXIES", "10.77.0.0/16", f"YIMA_TRUSTED_PROXIES{NETWORKS}"),
        ("YIMA_METRICS_FROM", '["somewhere"]', f"YIMA_METRICS_FROM{NETWORKS}"),
        ("YIMA_ALLOW_UNASSIGNED_PHONES", "maybe", "YIMA_ALLOW_UNASSIGNED_PHONES（true 或 false · true or false）"),
    ],
)
def test_wrong_setting_is_told_with_what_can_be_set(tmp_path: Path, name: str, value: str, told: str) -> None:
    refused = CliRunner(env={"YIMA_DATA_DIR": str(tmp_path), name: value}).invoke(app, ["up"])

    assert refused.exit_code == 1
    assert refused.stderr == (
        f"✗ 设置无效，括号里是可用的值：{told}。请更正或删除该环境变量"
        " · this setting cannot be used, in brackets is what can: correct or remove the environment variable\n"
    )


def test_settings_that_are_wrong_together_are_told_together(tmp_path: Path) -> None:
    wrong = {"YIMA_PORT": "0", "YIMA_KAFKA_PARTITIONS": "0"}

    refused = CliRunner(env={"YIMA_DATA_DIR": str(tmp_path), **wrong}).invoke(app, ["up"])

    assert f"{PORT}, YIMA_KAFKA_PARTITIONS{COUNT}" in refused.stderr


def test_every_setting_that_is_more_than_a_text_says_what_it_can_be() -> None:
    texts = (str, str | None, SecretStr | None, Path)

    assert ALLOWED.keys() == {
        name for name, field in LaunchSettings.model_fields.items() if field.annotation not in texts
    }
