"""What the command line says: every sentence in Chinese and English, from one catalogue."""

import tomllib
from functools import cache
from pathlib import Path

CATALOGUE = Path(__file__).with_name("texts.toml")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every text by its key."""
    return tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))


def worded(key: str, **values: object) -> str:
    """One line for both readers."""
    text = catalogue()[key]
    return " · ".join(text[language].format(**values) for language in ("zh", "en"))


def worded_lines(key: str, **values: object) -> list[str]:
    """A line for each reader, where one line would be too long."""
    text = catalogue()[key]
    return [text[language].format(**values) for language in ("zh", "en")]


def by_language(key: str, **values: object) -> dict[str, str]:
    """The same for a machine, which shows its reader one of the two."""
    return dict(zip(("zh", "en"), worded_lines(key, **values), strict=True))
