"""The platform's keys are made once and shown to nobody."""

import json
import stat
from pathlib import Path

import pytest

from shared.embedded.errors import SecretFileError
from shared.embedded.platform_secrets import PlatformSecrets


def test_keys_stay_the_same_at_every_start(tmp_path: Path) -> None:
    first = PlatformSecrets.of(tmp_path)

    second = PlatformSecrets.of(tmp_path)

    assert second == first


def test_keys_are_long_and_differ(tmp_path: Path) -> None:
    keys = PlatformSecrets.of(tmp_path)

    distinct = {keys.platform_key, keys.hmac_key, keys.session_key}

    assert [len(key) for key in distinct] == [32, 32, 32]


def test_keys_are_readable_by_their_owner_only_and_never_printed(tmp_path: Path) -> None:
    keys = PlatformSecrets.of(tmp_path)

    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert repr(keys) == "PlatformSecrets()"


def test_keys_that_somebody_else_keeps_are_read(tmp_path: Path) -> None:
    made = PlatformSecrets.of(tmp_path)

    assert PlatformSecrets.read(tmp_path / "secrets.json") == made


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"platform_key": "no base64"}', "no JSON", None])
def test_keys_that_somebody_else_keeps_are_never_made_and_never_halves(tmp_path: Path, content: str | None) -> None:
    given = tmp_path / "keys"
    if content is not None:
        given.write_text(content)

    with pytest.raises(SecretFileError, match=str(given)):
        PlatformSecrets.read(given)

    assert given.exists() == (content is not None)


def test_short_keys_are_refused(tmp_path: Path) -> None:
    given = tmp_path / "keys"
    given.write_text(json.dumps(dict.fromkeys(("platform_key", "hmac_key", "session_key"), "c2hvcnQ=")))

    with pytest.raises(SecretFileError):
        PlatformSecrets.read(given)
