"""The platform's keys are made once and shown to nobody."""

import stat
from pathlib import Path

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
