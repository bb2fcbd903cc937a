"""What commands write is there whole or not at all, and what could not be written is told of what kept it."""

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.cli.errors import UnwritableFileError
from services.cli.files import written_whole
from services.reporting.adapters.sheets import write_xlsx
from services.reporting.domain.circular import Table

TABLE = Table(id="units", title="units", note="", head=["unit"], rows=[["property"]] * 100)


@pytest.fixture
def a_full_disk() -> Iterator[None]:
    """No file may be longer than this, which Python is told of as it is of a full disk."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, usual[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def test_links_that_lead_to_each_other_are_no_place_to_write_to(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.symlink_to(other)
    other.symlink_to(one)

    with pytest.raises(UnwritableFileError), written_whole(one):
        pytest.fail("it was opened")

    assert one.is_symlink()
    assert other.is_symlink()


def test_who_kept_a_file_to_themselves_goes_on_to(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.touch(mode=0o600)

    with written_whole(file) as half:
        half.touch(mode=0o644)

    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("a_full_disk")
def test_a_workbook_that_has_no_room_is_refused_as_every_file_is(tmp_path: Path) -> None:
    with pytest.raises(UnwritableFileError), written_whole(tmp_path / "a.xlsx") as half:
        write_xlsx(half, "April", [TABLE])

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [TimeoutError, ConnectionResetError])
def test_a_server_that_does_not_answer_meanwhile_is_not_told_as_the_file(tmp_path: Path, error: type[OSError]) -> None:
    with pytest.raises(error), written_whole(tmp_path / "a.csv"):
        raise error

    assert list(tmp_path.iterdir()) == []
