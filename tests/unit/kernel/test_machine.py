"""Free space and the newest backup, as whoever asks for the metrics is told."""

import math
import os
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from shared.kernel.machine import free_and_size, newest_backup_at, watch


def put(directory: Path, name: str, *, finished_at: int) -> None:
    (directory / name).write_bytes(b"PGDMP")
    os.utime(directory / name, (finished_at, finished_at))


def test_newest_dump_counts_whatever_its_name(tmp_path: Path) -> None:
    put(tmp_path, "b.dump", finished_at=1_000)
    put(tmp_path, "a.dump", finished_at=2_000)

    assert newest_backup_at(tmp_path) == 2_000


def test_one_that_is_still_being_written_is_none(tmp_path: Path) -> None:
    put(tmp_path, "a.dump.part", finished_at=2_000)

    assert newest_backup_at(tmp_path) == 0


def test_one_that_was_refused_before_its_first_byte_is_none(tmp_path: Path) -> None:
    put(tmp_path, "whole.dump", finished_at=1_000)
    (tmp_path / "refused.dump").touch()

    assert newest_backup_at(tmp_path) == 1_000


def test_no_backup_is_as_one_that_is_very_old(tmp_path: Path) -> None:
    assert newest_backup_at(tmp_path / "not-there") == 0


def test_disk_that_is_not_there_hinders_no_other_metric(tmp_path: Path) -> None:
    assert all(math.isnan(each) for each in free_and_size(tmp_path / "not-there"))


def test_disk_and_backup_are_looked_at_whenever_somebody_asks(tmp_path: Path) -> None:
    watch(tmp_path, tmp_path)
    before = REGISTRY.get_sample_value("yima_backup_finished_timestamp_seconds", {"kind": "dump"})
    put(tmp_path, "a.dump", finished_at=3_000)

    assert before == 0
    assert REGISTRY.get_sample_value("yima_backup_finished_timestamp_seconds", {"kind": "dump"}) == 3_000
    free, size = free_and_size(tmp_path)
    assert REGISTRY.get_sample_value("yima_disk_size_bytes") == size
    assert REGISTRY.get_sample_value("yima_disk_free_bytes") == pytest.approx(free, rel=0.05)
