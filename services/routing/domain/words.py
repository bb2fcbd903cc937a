"""Words that staff write on a case: what is kept of them, and what is wrong with them."""

import unicodedata
from enum import StrEnum

from shared.writing import UNPRINTABLE, is_blank

LENGTH_MAX = 2000
UNASSIGNED = "Cn"


class WordsFault(StrEnum):
    """What can be wrong with words."""

    REQUIRED = "required"
    TOO_LONG = "too_long"
    NOT_PRINTABLE = "not_printable"


def cleaned(written: str) -> str:
    """Composed, with plain line ends, nothing around it."""
    return unicodedata.normalize("NFC", written.replace("\r\n", "\n").replace("\r", "\n")).strip()


def fault_in(words: str) -> WordsFault | None:
    """What is wrong with cleaned words; none when all is well."""
    if is_blank(words):
        return WordsFault.REQUIRED
    if len(words) > LENGTH_MAX:
        return WordsFault.TOO_LONG
    unassigned = any(unicodedata.category(letter) == UNASSIGNED for letter in words)
    return WordsFault.NOT_PRINTABLE if unassigned or UNPRINTABLE.search(words) else None
