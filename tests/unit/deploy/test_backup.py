"""Backups of the composed district: whole or not there, and looked at where they are put."""

import os
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[3]
SERVICES: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"]
DUMPS = '#!/bin/sh\nfor last; do :; done\necho dumped > "${last#--file=}"\n'
FOLDERS = ("photos", "evidence")
# What reads the folder has another photo come, and the one that it has seen go.
CHANGES = "exec=rm -f $FILES/photos/one.jpg; touch $FILES/photos/two.jpg"
BREAKS_OFF = f"{DUMPS}exit 1\n"


def backup(act: str, place: Path, pg_dump: str = DUMPS, folders: Sequence[str] = FOLDERS, **settings: str) -> int:
    """The script with a database that answers so, its exit code."""
    for name in ("bin", "backups", "files", *(f"files/{folder}" for folder in folders)):
        (place / name).mkdir(parents=True, exist_ok=True)
    for folder in folders:
        (place / "files" / folder / "one.jpg").touch()
    (place / "bin" / "pg_dump").write_text(pg_dump)
    (place / "bin" / "pg_dump").chmod(0o755)
    environment = {
        "PATH": f"{place / 'bin'}:{os.environ['PATH']}",
        "BACKUPS": str(place / "backups"),
        "FILES": str(place / "files"),
        **settings,
    }
    return subprocess.run(
        ["sh", "deploy/compose/backup.sh", act], cwd=ROOT, env=environment, capture_output=True, check=False, timeout=30
    ).returncode


def test_backup_is_a_dump_with_the_photos_beside_it(tmp_path: Path) -> None:
    made = backup("once", tmp_path)

    assert (made, backup("check", tmp_path)) == (0, 0)
    [dump] = (tmp_path / "backups").glob("*.dump")
    with tarfile.open(dump.with_suffix(".files.tar")) as files:
        assert "photos/one.jpg" in files.getnames()


def test_dump_that_breaks_off_is_no_backup(tmp_path: Path) -> None:
    made = backup("once", tmp_path, BREAKS_OFF)

    assert made != 0
    assert list((tmp_path / "backups").glob("*.dump")) == []
    assert backup("check", tmp_path) != 0


def test_dump_of_no_bytes_is_no_backup_for_the_script_either(tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "yima-20261128T121858Z.dump").touch()

    assert backup("check", tmp_path) != 0


@pytest.mark.parametrize("folders", [(), ("photos",)])
def test_without_photos_it_is_a_backup_only_where_they_are_in_a_bucket(
    tmp_path: Path, folders: tuple[str, ...]
) -> None:
    refused = backup("once", tmp_path, folders=folders)
    made = backup("once", tmp_path, folders=folders, PHOTOS_URL="s3://yima-photos/district")

    assert (refused != 0, made) == (True, 0)
    [dump] = (tmp_path / "backups").glob("*.dump")
    with tarfile.open(dump.with_suffix(".files.tar")) as files:
        assert files.getnames() == [each for folder in folders for each in (folder, f"{folder}/one.jpg")]


def test_photos_that_come_or_go_while_they_are_read_are_no_reason_to_have_no_backup(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    tar = f"{shutil.which('tar')} --record-size=512 --checkpoint=1 --checkpoint-action='{CHANGES}'"
    (tmp_path / "bin" / "tar").write_text(f'#!/bin/sh\n{tar} "$@"\n')
    (tmp_path / "bin" / "tar").chmod(0o755)

    made = backup("once", tmp_path)

    assert made == 0
    [dump] = (tmp_path / "backups").glob("*.dump")
    with tarfile.open(dump.with_suffix(".files.tar")) as files:
        assert "evidence/one.jpg" in files.getnames()


def test_backup_of_two_days_ago_is_too_old(tmp_path: Path) -> None:
    backup("once", tmp_path)
    [dump] = (tmp_path / "backups").glob("*.dump")
    before = dump.stat().st_mtime - 48 * 3600
    os.utime(dump, (before, before))

    assert backup("check", tmp_path) != 0


@pytest.mark.parametrize("profile", ["core", "monitoring"])
def test_backups_are_made_wherever_residents_report_and_told_to_prometheus(profile: str) -> None:
    made, told = SERVICES["backup"], SERVICES["intake"]

    assert profile in made["profiles"]
    assert "backups:/backups" in made["volumes"]
    assert f"backups:{told['environment']['YIMA_BACKUPS_DIR']}:ro" in told["volumes"]
