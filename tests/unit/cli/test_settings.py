"""A setting that cannot be used is named with what can, and never with its value."""

import re
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings
from typer.testing import CliRunner

from services.cli import app
from services.cli.settings import ALLOWED, LaunchSettings, unknown_settings
from services.composed import ground_of
from services.intake.config import Config as IntakeConfig
from services.notify.config import Config as NotifyConfig
from services.reporting.config import Config as ReportingConfig
from services.routing.config import Config as RoutingConfig
from shared.embedded.errors import SecretFileError
from shared.embedded.platform import Platform

PORT = "YIMA_PORT（1 至 65535 的整数 · a whole number from 1 to 65535）"
COUNT = "（不小于 1 的整数 · a whole number from 1 on）"
NETWORKS = '（JSON 列表，如 ["10.0.0.0/8"] · a JSON list of addresses or networks）'
BUCKET = "（如 s3://桶名/前缀 · such as s3://bucket/prefix）"
ENDPOINT = "（如 https://s3.example，不带路径 · such as https://s3.example, without a path）"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("YIMA_PORT", "abc", PORT),
        ("YIMA_PORT", "70000", PORT),
        ("YIMA_KAFKA_PARTITIONS", "0", f"YIMA_KAFKA_PARTITIONS{COUNT}"),
        ("YIMA_KAFKA_REPLICATION", "none", f"YIMA_KAFKA_REPLICATION{COUNT}"),
        ("YIMA_TRUSTED_PROXIES", "10.77.0.0/16", f"YIMA_TRUSTED_PROXIES{NETWORKS}"),
        ("YIMA_METRICS_FROM", '["somewhere"]', f"YIMA_METRICS_FROM{NETWORKS}"),
        ("YIMA_PHOTOS_URL", "https://photos.example", f"YIMA_PHOTOS_URL{BUCKET}"),
        ("YIMA_PHOTOS_URL", "s3://photos/../others", f"YIMA_PHOTOS_URL{BUCKET}"),
        ("YIMA_PHOTOS_ENDPOINT", "https://AK1:key@s3.example", f"YIMA_PHOTOS_ENDPOINT{ENDPOINT}"),
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
    texts = (str, str | None, SecretStr | None, Path, Path | None)

    assert ALLOWED.keys() == {
        name for name, field in LaunchSettings.model_fields.items() if field.annotation not in texts or field.metadata
    }


@pytest.mark.parametrize("config", [IntakeConfig, RoutingConfig, NotifyConfig, ReportingConfig])
def test_every_setting_of_a_service_is_read_somewhere_in_it(config: type[BaseSettings]) -> None:
    service = Path(str(sys.modules[config.__module__].__file__)).parent
    code = "\n".join(file.read_text() for file in service.rglob("*.py"))

    assert [name for name in config.model_fields if not re.search(rf"\.{name}\b", code)] == []


def test_each_service_has_as_many_connections_as_are_allowed() -> None:
    platform = Platform(
        database_url="", kafka_bootstrap="", port=1, data_dir=Path("nowhere"), database_connections_max=6
    )

    assert ground_of(platform, "routing").pool_size_max == 6


def test_misspelt_setting_is_refused_with_the_one_that_was_meant(tmp_path: Path) -> None:
    misspelt = {"YIMA_DATA_DIR": str(tmp_path), "YIMA_KAFKA_BOOTSTRP": "kafka:9092"}

    refused = CliRunner(env=misspelt).invoke(app, ["serve", "intake"])

    assert refused.exit_code == 1
    assert "YIMA_KAFKA_BOOTSTRP（YIMA_KAFKA_BOOTSTRAP?）" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_setting_that_the_launcher_passes_in_is_refused_for_one_service_alone() -> None:
    assert unknown_settings(["YIMA_NOTIFY_HOST", "YIMA_PORT", "yima_port", "HOME", "YIMA_INTAKE_PLATFORM_KEY"]) == [
        "YIMA_INTAKE_PLATFORM_KEY",
        "YIMA_NOTIFY_HOST",
    ]


def test_password_from_a_file_stands_in_the_databases_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("a/b:c@d\n")
    monkeypatch.setenv("YIMA_DATABASE_URL", "postgresql://yima_intake@postgres:5432/yima?sslmode=require")
    monkeypatch.setenv("YIMA_DATABASE_PASSWORD_FILE", str(tmp_path / "password"))

    settings = LaunchSettings()

    assert settings.database_dsn == "postgresql://yima_intake:a%2Fb%3Ac%40d@postgres:5432/yima?sslmode=require"
    assert "a/b" not in repr(settings)


@pytest.mark.parametrize("content", [None, "", " \n"], ids=["missing", "empty", "blank"])
@pytest.mark.parametrize(
    "name", ["YIMA_DATABASE_PASSWORD_FILE", "YIMA_SECRETS_FILE", "YIMA_PHOTOS_SECRET_ACCESS_KEY_FILE"]
)
def test_secret_file_without_a_secret_is_told_in_one_line_and_nothing_starts(
    tmp_path: Path, name: str, content: str | None
) -> None:
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_text(content)
    apart = {
        "YIMA_DATA_DIR": str(tmp_path / "nothing"),
        "YIMA_DATABASE_URL": "postgresql://yima_intake@127.0.0.1:9/yima",
        "YIMA_KAFKA_BOOTSTRAP": "127.0.0.1:9",
        "YIMA_PUBLIC_URL": "https://yima.example",
    }

    refused = CliRunner(env=apart | {name: str(secret)}).invoke(app, ["serve", "intake"])

    assert refused.exit_code == 1
    assert str(secret) in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "nothing").exists()


def test_authority_that_is_no_certificate_is_told_before_anything_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    given = {
        "YIMA_KAFKA_USERNAME": "yima-intake",
        "YIMA_KAFKA_PASSWORD": "one",
        "YIMA_KAFKA_CA_FILE": str(tmp_path / "ca.pem"),
        "YIMA_PHOTOS_URL": "s3://yima-photos/district",
        "YIMA_PHOTOS_ACCESS_KEY_ID": "yima",
        "YIMA_PHOTOS_SECRET_ACCESS_KEY": "two",
        "YIMA_PHOTOS_CA_FILE": str(tmp_path / "ca.pem"),
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = LaunchSettings()

    with pytest.raises(SecretFileError, match=r"ca\.pem"):
        _ = settings.kafka_account
    with pytest.raises(SecretFileError, match=r"ca\.pem"):
        _ = settings.photos_bucket


def test_secret_that_is_set_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("one")
    twice = {"YIMA_DATABASE_PASSWORD": "two", "YIMA_DATABASE_PASSWORD_FILE": str(tmp_path / "secret")}

    refused = CliRunner(env=twice).invoke(app, ["serve", "intake"])

    assert "YIMA_DATABASE_PASSWORD, YIMA_DATABASE_PASSWORD_FILE" in refused.stderr


def test_account_at_kafka_without_a_password_is_refused_before_anything_starts(tmp_path: Path) -> None:
    named = {
        "YIMA_DATA_DIR": str(tmp_path / "nothing"),
        "YIMA_DATABASE_URL": "postgresql://yima_intake@127.0.0.1:9/yima",
        "YIMA_KAFKA_BOOTSTRAP": "127.0.0.1:9",
        "YIMA_KAFKA_USERNAME": "yima-intake",
        "YIMA_PUBLIC_URL": "https://yima.example",
        "YIMA_SECRETS_FILE": str(tmp_path / "keys"),
    }

    refused = CliRunner(env=named).invoke(app, ["serve", "intake"])

    assert refused.exit_code == 1
    assert "YIMA_KAFKA_PASSWORD" in refused.stderr
    assert not (tmp_path / "nothing").exists()
