"""What the command line says: every sentence in Chinese and English, from one catalogue."""

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
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


def moment(at: datetime, *, to: str = "minutes") -> str:
    """`2026-04-28 21:05+08:00`: Shanghai's clock, and that it is."""
    return at.astimezone(SHANGHAI).isoformat(" ", to)


def by_language(key: str, **values: object) -> dict[str, str]:
    """The same for a machine, which shows its reader one of the two."""
    return dict(zip(("zh", "en"), worded_lines(key, **values), strict=True))
