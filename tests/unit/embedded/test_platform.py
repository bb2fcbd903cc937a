"""Where a platform stands, and where people think that it does."""

from pathlib import Path

import pytest

from shared.embedded.platform import Platform


@pytest.mark.parametrize(
    ("public_origin", "host"),
    [(None, "127.0.0.1"), ("https://yima.example", "yima.example"), ("http://127.0.0.1:8044", "127.0.0.1")],
)
def test_beyond_a_proxy_people_are_elsewhere_than_where_it_listens(public_origin: str | None, host: str) -> None:
    platform = Platform(database_url="", kafka_bootstrap="", port=8000, data_dir=Path(), public_origin=public_origin)

    assert platform.public_host == host
