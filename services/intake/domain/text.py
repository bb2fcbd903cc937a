"""What people write: brought to one form, and refused where it can not be kept or shown."""

import unicodedata

from services.intake.domain.errors import Fault, Refusal, RefusedFieldsError
from shared.writing import UNPRINTABLE, is_blank

REPORT_CHARACTERS_MAX = 4_000
IMPORT_CHARACTERS_MAX = 20_000
WORDS_CHARACTERS_MAX = 1_000
NAME_CHARACTERS_MAX = 50
REFERENCE_CHARACTERS_MAX = 100


def is_absent(text: str | None) -> bool:
    """Whether what may be left out was left out; control characters are refused, not passed over."""
    return not text or (is_blank(text) and not UNPRINTABLE.search(text))


def clean_text(field: str, text: str, *, characters_max: int = REPORT_CHARACTERS_MAX) -> str:
    """Trimmed, line breaks alike, composed (NFC).

    Raises:
        RefusedFieldsError: nothing of it is seen, it is too long, or holds control characters.
    """
    if UNPRINTABLE.search(text):
        raise RefusedFieldsError([Refusal(field, Fault.NOT_PRINTABLE)])
    cleaned = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").strip())
    if is_blank(cleaned):
        raise RefusedFieldsError([Refusal(field, Fault.REQUIRED)])
    if len(cleaned) > characters_max:
        raise RefusedFieldsError([Refusal(field, Fault.TOO_LONG, characters_max)])
    return cleaned


def clean_line(field: str, text: str, *, characters_max: int = NAME_CHARACTERS_MAX) -> str:
    """The same for what fits on one line, such as a name: white space within becomes one blank.

    Raises:
        RefusedFieldsError: it is empty, too long, or holds control characters.
    """
    return " ".join(clean_text(field, text, characters_max=characters_max).split())
