"""Kafka's files are those we know, from a place that can be written."""

import re
from pathlib import Path

import pytest

from shared.embedded import jars
from shared.embedded.errors import DownloadError


def test_every_known_file_has_a_coordinate_and_a_hash() -> None:
    known = jars.known_jars()

    assert jars.KAFKA in known
    assert jars.LOG_WRITER in known
    assert all(coordinate.count(":") == 2 for coordinate in known)
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in known.values())


def test_downloads_are_kept_where_the_user_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert jars.cache_directory() == tmp_path / "yima"


def test_user_whose_home_is_a_file_still_has_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    directory = jars.cache_directory()

    assert directory.parent == tmp_path
    assert directory.name.startswith("yima-cache-")


def test_unreachable_mirror_is_told_and_nothing_half_fetched_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv(jars.MIRROR, "http://127.0.0.1:9")

    with pytest.raises(DownloadError):
        jars.fetch()

    assert not jars.are_here()


def test_fetched_files_need_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv(jars.MIRROR, "http://127.0.0.1:9")
    jars.jars_directory().mkdir(parents=True)

    assert jars.fetch() == jars.jars_directory()


def test_mirror_is_asked_for_the_very_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(jars.MIRROR, "http://mirror.test/maven/")

    address = jars.source()

    assert address == "http://mirror.test/maven/org/apache/kafka/kafka_2.13/4.4.0/kafka_2.13-4.4.0.pom"
