"""What to do about each refusal that an HTTP answer can name, in Chinese and English, from `remedies.toml`."""

import tomllib
from functools import cache
from pathlib import Path

CATALOGUE = Path(__file__).with_name("remedies.toml")


@cache
def remedies() -> dict[str, dict[str, str]]:
    """What to do about each problem, by its name and language."""
    return tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))


def in_answers() -> dict[str, str]:
    """What to do, by the problem's name, as the interface says it: in English, like the rest of its answers."""
    return {name: said["en"] for name, said in remedies().items()}
