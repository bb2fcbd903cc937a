"""Placeholders in a wording, such as `{place}`: which it names, and the wording filled."""

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def named_in(wording: str) -> frozenset[str]:
    """The names of its placeholders."""
    return frozenset(PLACEHOLDER.findall(wording))


def has_stray_brace(wording: str) -> bool:
    """Whether a brace is left that belongs to no placeholder."""
    return not {"{", "}"}.isdisjoint(PLACEHOLDER.sub("", wording))


def filled(wording: str, values: Mapping[str, str]) -> str:
    """Each placeholder replaced once: what stands in a value is never taken for one. Without a value it stays."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), wording)
