"""SQL by name: `-- name:` blocks from files, each with a line of purpose, native `$1` parameters."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

NAME = re.compile(r"^-- name: (?P<name>\w+)$", re.MULTILINE)
PARAMETER = re.compile(r"\$(\d+)")


class QueryFileError(Exception):
    """A query file names a query twice, or gives one no line of purpose."""


class Queries(Mapping[str, str]):
    """The named queries of one folder."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)

    @classmethod
    def load(cls, folder: Path) -> "Queries":
        """Read every `*.sql` file below `folder`.

        Raises:
            QueryFileError: a name stands twice, or a query has no line of purpose.
        """
        texts: dict[str, str] = {}
        for file in sorted(folder.glob("*.sql")):
            for name, text in _blocks(file):
                if name in texts:
                    raise QueryFileError(f"{file.name}: {name} stands twice")
                texts[name] = text
        return cls(texts)

    def __getitem__(self, name: str) -> str:
        return self._texts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def _blocks(file: Path) -> Iterator[tuple[str, str]]:
    text = file.read_text(encoding="utf-8")
    starts = list(NAME.finditer(text))
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        body = text[start.end() : following.start() if following else len(text)].strip()
        if not body.startswith("-- "):
            raise QueryFileError(f"{file.name}: {start['name']} has no line of purpose")
        yield start["name"], body.rstrip(";")


def written_in(query: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    """The query with what is absent, and what is yes or no, written into it; and the values that are left to be passed.

    Of filters that are mostly absent a plan for whatever may come knows nothing; of those that are left one plan can be
    as good as one made anew.
    """
    left: list[Any] = []
    written: dict[int, str] = {}
    for number, value in enumerate(values, 1):
        if value is None or isinstance(value, bool):
            written[number] = "NULL" if value is None else str(value).lower()
        else:
            left.append(value)
            written[number] = f"${len(left)}"
    return PARAMETER.sub(lambda found: written[int(found[1])], query), left
