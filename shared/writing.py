"""What people write: which letters can not be kept or shown, and whether there is anything to see."""

import re
import unicodedata

# Line breaks and tabs are writing. Other control characters corrupt terminals and exports, lone surrogates can not be
# stored, and direction overrides make a text read as another one.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
# Unicode calls these letters, marks and symbols; on a screen they are blank.
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe0e\ufe0f\uffa0")
# Separators, control and format characters. Code points without a meaning here may be signs of a later Unicode.
WITHOUT_A_SHAPE = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs"})


def is_blank(text: str) -> bool:
    """Whether nothing of a text is seen: it is empty, or made of white space and invisible characters."""
    return all(letter in BLANKS or unicodedata.category(letter) in WITHOUT_A_SHAPE for letter in text)
