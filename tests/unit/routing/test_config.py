"""Routing's settings: what of the identity provider must be said, and that its secret is said to nobody."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.routing.config import Config

WHOLE = {"oidc_issuer": "https://id.example/realms/city", "oidc_client_id": "yima", "oidc_client_secret": "s3cret"}


def config(tmp_path: Path, **settings: Any) -> Config:
    keys: dict[str, Any] = {"platform_key": b"p", "hmac_key": b"h", "session_key": b"s"}
    return Config(**keys | {"public_url": "https://yima.example", "data_dir": tmp_path} | settings)


def test_without_an_issuer_staff_have_local_accounts(tmp_path: Path) -> None:
    assert config(tmp_path).local_accounts
    with pytest.raises(ValidationError, match="YIMA_ROUTING_LOCAL_ACCOUNTS=false needs YIMA_ROUTING_OIDC_ISSUER"):
        config(tmp_path, local_accounts=False)


@pytest.mark.parametrize(
    "missing",
    [{"oidc_client_id": ""}, {"oidc_client_secret": ""}, {"oidc_client_secret_file": "/nowhere/secret"}],
    ids=str,
)
def test_a_provider_needs_our_name_and_our_secret(tmp_path: Path, missing: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="YIMA_ROUTING_OIDC_CLIENT_ID and _OIDC_CLIENT_SECRET"):
        config(tmp_path, **WHOLE | missing)


@pytest.mark.parametrize("issuer", ["http://id.example", "http://127.0.0.1.evil.example", "ftp://127.0.0.1", "id"])
def test_a_provider_is_asked_where_nobody_listens(tmp_path: Path, issuer: str) -> None:
    with pytest.raises(ValidationError, match="YIMA_ROUTING_OIDC_ISSUER must begin with https://"):
        config(tmp_path, **WHOLE | {"oidc_issuer": issuer})


def test_on_this_machine_a_provider_may_do_without_encryption(tmp_path: Path) -> None:
    local = config(tmp_path, **WHOLE | {"oidc_issuer": "http://127.0.0.1:8080/realms/city"})

    assert local.oidc_secret() == "s3cret"


def test_the_secret_may_lie_in_a_file_and_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")

    from_file = config(tmp_path, **WHOLE | {"oidc_client_secret_file": tmp_path / "secret"})

    assert from_file.oidc_secret() == "from a file"
    assert "s3cret" not in repr(from_file)
