"""Files that commands write: whole, in the place that was named, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from xlsxwriter.exceptions import FileCreateError

from services.cli.errors import UnwritableFileError


@contextmanager
def written_whole(wanted: Path) -> Iterator[Path]:
    """A file beside the one that is wanted, to take its place once all is written: what is broken off leaves nothing.

    A link stays, and what it leads to is written; what is no file (a directory, a device, a pipe) is not replaced.

    Raises:
        UnwritableFileError: nothing can be written there.
    """
    try:
        path = _led_to(wanted)
        with TemporaryDirectory(prefix=".yima-", dir=path.parent) as folder:
            half = Path(folder) / path.name
            yield half
            if path.exists():
                # Who kept a file to themselves goes on to; what was made for fewer still stays so.
                half.chmod(half.stat().st_mode & path.stat().st_mode)
            half.replace(path)
    except (ConnectionError, TimeoutError):
        # A server's, not the file's.
        raise
    except (OSError, FileCreateError):
        raise UnwritableFileError(str(wanted)) from None


def _led_to(wanted: Path) -> Path:
    try:
        path = wanted.resolve()
    except RuntimeError:
        # Python's before 3.13 for links that lead to each other.
        raise UnwritableFileError(str(wanted)) from None
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UnwritableFileError(str(wanted))
    return path
