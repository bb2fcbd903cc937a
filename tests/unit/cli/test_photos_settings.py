"""Where photos are kept: folders of the data directory, or a bucket that is named with all that it takes."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import app
from services.cli.settings import LaunchSettings
from shared.kernel.bucket import Bucket
from shared.testing.certificates import Vouched

APART = {
    "YIMA_DATABASE_URL": "postgresql://yima_intake@127.0.0.1:9/yima",
    "YIMA_KAFKA_BOOTSTRAP": "127.0.0.1:9",
    "YIMA_PUBLIC_URL": "https://yima.example",
    "YIMA_PHOTOS_URL": "s3://yima-photos/district/pilot/",
}


def test_photos_are_in_folders_where_nothing_else_is_said() -> None:
    assert LaunchSettings().photos_bucket is None


def test_bucket_is_named_with_its_prefix_and_the_account_stands_in_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "id").write_text("AK1\n")
    (tmp_path / "key").write_text("hidden\n")
    authority = Vouched.in_folder(tmp_path).authority
    settings = {
        "URL": APART["YIMA_PHOTOS_URL"],
        "ENDPOINT": "https://s3.example:9000/",
        "REGION": "cn-1",
        "PATH_STYLE": "false",
        "ACCESS_KEY_ID_FILE": str(tmp_path / "id"),
        "SECRET_ACCESS_KEY_FILE": str(tmp_path / "key"),
        "CA_FILE": str(authority),
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"YIMA_PHOTOS_{name}", value)

    bucket = LaunchSettings().photos_bucket

    assert bucket == Bucket(
        name="yima-photos", prefix="district/pilot", region="cn-1", endpoint="https://s3.example:9000",
        path_style=False, access_key_id="AK1", secret_access_key="hidden", authority=authority,
    )  # fmt: skip
    assert "hidden" not in f"{bucket} {LaunchSettings()}"


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"YIMA_PHOTOS_ACCESS_KEY_ID": "AK1"},
        {"YIMA_PHOTOS_ACCESS_KEY_ID": "AK1", "YIMA_PHOTOS_SECRET_ACCESS_KEY": "1", "YIMA_PHOTOS_CA_FILE": "/nowhere"},
    ],
    ids=["no account", "no secret", "no authority"],
)
def test_bucket_that_lacks_something_is_refused_in_one_line_before_anything_starts(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    (tmp_path / "keys").write_text("{}")
    given = {"YIMA_DATA_DIR": str(tmp_path / "nothing"), "YIMA_SECRETS_FILE": str(tmp_path / "keys"), **APART}

    refused = CliRunner(env=given | settings).invoke(app, ["serve", "intake"])

    assert refused.exit_code == 1
    assert settings.get("YIMA_PHOTOS_CA_FILE", "YIMA_PHOTOS_SECRET_ACCESS_KEY") in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "nothing").exists()
