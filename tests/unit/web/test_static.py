"""Style sheets and scripts: kept for a year under an address that changes with them."""

import gzip
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from shared.web.static import Assets, UnknownAssetError, load_assets


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    (tmp_path / "tokens.css").write_text(":root { --ink: #000 }", encoding="utf-8")
    return load_assets(tmp_path)


@pytest.fixture
def visitor(assets: Assets) -> TestClient:
    return TestClient(Starlette(routes=[assets.route()]))


def test_a_file_is_kept_for_a_year(assets: Assets, visitor: TestClient) -> None:
    answer = visitor.get(assets.url("tokens.css"))

    assert answer.text == ":root { --ink: #000 }"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_a_changed_file_has_another_address(assets: Assets, tmp_path: Path) -> None:
    (tmp_path / "tokens.css").write_text(":root { --ink: #111 }", encoding="utf-8")

    assert load_assets(tmp_path).url("tokens.css") != assets.url("tokens.css")


def test_the_same_files_have_the_same_address_in_every_process(assets: Assets, tmp_path: Path) -> None:
    assert load_assets(tmp_path).url("tokens.css") == assets.url("tokens.css")


def test_an_address_of_an_older_release_gets_todays_file_and_does_not_keep_it(visitor: TestClient) -> None:
    answer = visitor.get("/static/000000000000/tokens.css")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["none.css", "../static.py", "%2e%2e/static.py", "/etc/passwd"])
def test_what_is_not_among_the_files_is_not_found(assets: Assets, visitor: TestClient, name: str) -> None:
    assert visitor.get(f"/static/{assets.edition}/{name}").status_code == 404


def test_a_phone_that_takes_no_gzip_gets_the_plain_file(assets: Assets, visitor: TestClient) -> None:
    answer = visitor.get(assets.url("tokens.css"), headers={"accept-encoding": "identity"})

    assert "content-encoding" not in answer.headers
    assert answer.content == gzip.decompress(assets.files["tokens.css"].compressed)


def test_a_template_that_names_no_file_is_refused(assets: Assets) -> None:
    with pytest.raises(UnknownAssetError):
        assets.url("none.css")
