"""What we say to people, by key, in each language: gettext catalogues read as they are, no compiled files."""

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from shared.web.language import LANGUAGES, Language

LOCALES = Path(__file__).parent / "locales"
SHARED_DOMAIN = "web"

Text = str | tuple[str, ...]

log = structlog.get_logger()


class MissingMessageError(LookupError):
    """The catalogue has no such message; add the key to both languages."""


class DuplicateMessageError(ValueError):
    """Two catalogues of one service hold the same key; each key has one home."""


def raise_missing(key: str) -> str:
    """In tests a missing message is a failure."""
    raise MissingMessageError(key)


def show_key(key: str) -> str:
    """In production a reader is better served by a page with one odd word than by no page."""
    log.error("message_missing", key=key)
    return key


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The messages of one language; a message with several forms picks by `count`."""

    language: Language
    texts: Mapping[str, Text]
    plural_form: Callable[[int], int]
    on_missing: Callable[[str], str] = show_key

    def say(self, key: str, **params: object) -> str:
        """The message of this key, its `{placeholders}` filled; with markup in one of them all is, the rest escaped."""
        text = self.texts.get(key)
        if text is None:
            return self.on_missing(key)
        form = self._form(text, params.get("count", 0))
        marked_up = any(isinstance(value, Markup) for value in params.values())
        return escape(form).format_map(params) if marked_up else form.format_map(params)

    def _form(self, text: Text, count: object) -> str:
        if isinstance(text, str):
            return text
        return text[self.plural_form(count if isinstance(count, int) else 0)]


def load_catalogues(
    domain: str, *, locales: Path = LOCALES, on_missing: Callable[[str], str] = show_key
) -> dict[Language, Catalogue]:
    """What one service says, and what all say, in every language; read once, at the start."""
    return {language: _load(language, domain, locales, on_missing) for language in LANGUAGES}


def _load(language: Language, domain: str, locales: Path, on_missing: Callable[[str], str]) -> Catalogue:
    folder = locales / language / "LC_MESSAGES"
    texts: dict[str, Text] = {}
    expression = "0"
    for name in dict.fromkeys((SHARED_DOMAIN, domain)):
        own, expression = read_texts(folder / f"{name}.po")
        if doubled := sorted(own.keys() & texts.keys()):
            raise DuplicateMessageError(", ".join(doubled))
        texts |= own
    return Catalogue(language=language, texts=texts, plural_form=gettext.c2py(expression), on_missing=on_missing)


def read_texts(path: Path) -> tuple[dict[str, Text], str]:
    """The messages of one `.po` file, and its rule of plurals as gettext writes it."""
    with path.open("rb") as file:
        catalog = read_po(file, abort_invalid=True)
    texts: dict[str, Text] = {}
    for message in catalog:
        if message.id and message.string:
            key = message.id if isinstance(message.id, str) else message.id[0]
            texts[key] = message.string if isinstance(message.string, str) else tuple(message.string)
    return texts, catalog.plural_expr
