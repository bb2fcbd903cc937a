"""A category guessed (猜测类别) from a report: by the district file's words only, and always said to be a guess."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.routing.domain.rules import plain
from shared.contracts.directory import CategoryDefined


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """The category, and the district's words for it that the report has."""

    category: str
    words: tuple[str, ...]


def guess(categories: Iterable[CategoryDefined], text: str) -> Guess | None:
    """The category of most of whose words the text has; of as many, the one with the longest; then the file's order."""
    seen = plain(text)
    found = [(category, _found(category.words, seen)) for category in categories if not category.retired]
    best = min(((category, words) for category, words in found if words), key=_rank, default=None)
    return Guess(category=best[0].id, words=best[1]) if best else None


def _found(words: Iterable[str], text: str) -> tuple[str, ...]:
    return tuple(word for word in words if plain(word) in text)


def _rank(found: tuple[CategoryDefined, tuple[str, ...]]) -> tuple[int, int, int, str]:
    category, words = found
    return -len(words), -max(map(len, words)), category.order, category.id
