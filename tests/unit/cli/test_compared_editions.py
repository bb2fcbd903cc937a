"""Which edition a district file was last compared with, as the command line remembers it."""

from pathlib import Path

import pytest

from services.cli.compared_editions import NAME, compared_edition, remember_edition


def test_each_file_has_the_edition_that_it_was_last_seen_beside(tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine.yaml", tmp_path / "theirs.yaml"

    remember_edition(tmp_path / "data", mine, 5)
    remember_edition(tmp_path / "data", theirs, 6)
    remember_edition(tmp_path / "data", mine, 7)

    assert [compared_edition(tmp_path / "data", file) for file in (mine, theirs)] == [7, 6]
    assert compared_edition(tmp_path / "data", tmp_path / "." / "mine.yaml") == 7
    assert compared_edition(tmp_path / "data", tmp_path / "new.yaml") is None


def test_a_file_is_the_same_however_its_path_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "districts").mkdir()
    monkeypatch.chdir(tmp_path / "districts")

    remember_edition(tmp_path / "data", Path("mine.yaml"), 5)

    assert compared_edition(tmp_path / "data", tmp_path / "districts" / "mine.yaml") == 5
    assert compared_edition(tmp_path / "data", Path("..") / "districts" / "mine.yaml") == 5
    monkeypatch.chdir(tmp_path)
    assert compared_edition(tmp_path / "data", Path("mine.yaml")) is None


def test_what_can_not_be_read_is_not_remembered_and_keeps_nobody_from_publishing(tmp_path: Path) -> None:
    for written in ("", "[1]", "{", '{"a": "b"}'):
        (tmp_path / NAME).write_text(written, encoding="utf-8")

        assert compared_edition(tmp_path, tmp_path / "a") is None

    remember_edition(tmp_path, tmp_path / "a", 1)
    assert compared_edition(tmp_path, tmp_path / "a") == 1
