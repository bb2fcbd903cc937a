"""As root, PostgreSQL's user may pass to its files, and nobody else may do more than before."""

import os
import stat
from pathlib import Path

import pytest

from shared.embedded.system_user import open_tree, open_way

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root opens directories to another user")


@as_root
def test_user_may_pass_a_closed_directory_and_others_still_may_not(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    opened = open_way(closed / "data", "nobody")

    assert closed in opened
    assert not closed.stat().st_mode & stat.S_IRWXO


@as_root
def test_way_that_is_open_is_left_alone(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    open_way(closed / "data", "nobody")

    again = open_way(closed / "data", "nobody")

    assert again == []


def test_programs_that_a_strict_umask_closed_can_be_read_and_run(tmp_path: Path) -> None:
    tree = tmp_path / "bin"
    tree.mkdir(mode=0o700)
    (tree / "postgres").touch(mode=0o700)
    (tree / "sample.conf").touch(mode=0o600)

    open_tree(tree)

    assert stat.S_IMODE(tree.stat().st_mode) == 0o705
    assert stat.S_IMODE((tree / "postgres").stat().st_mode) == 0o705
    assert stat.S_IMODE((tree / "sample.conf").stat().st_mode) == 0o604
