"""Which edition each district file was last compared with, or published as; kept in the data folder."""

import json
from contextlib import suppress
from pathlib import Path

from shared.embedded.processes import write_private

NAME = "compared-editions.json"


def compared_edition(data_dir: Path, file: Path) -> int | None:
    """The edition that whoever publishes the file knows; none where it was never compared from here."""
    return _read(data_dir).get(_key(file))


def remember_edition(data_dir: Path, file: Path, edition: int) -> None:
    """From now on the file counts as made for what was valid then."""
    # What was published is published, also where nothing can be written here.
    with suppress(OSError):
        data_dir.mkdir(parents=True, exist_ok=True)
        write_private(data_dir / NAME, json.dumps({**_read(data_dir), _key(file): edition}, indent=2))


def _key(file: Path) -> str:
    return str(file.resolve())


def _read(data_dir: Path) -> dict[str, int]:
    # What was half written or meddled with is no reason to keep anybody from publishing: it is only not remembered.
    with suppress(OSError, ValueError):
        read = json.loads((data_dir / NAME).read_text(encoding="utf-8"))
        if isinstance(read, dict):
            return {name: edition for name, edition in read.items() if isinstance(edition, int)}
    return {}
