"""How many segments an SMS is billed as: GSM-7 where its alphabet suffices, otherwise UCS-2, as 3GPP 23.038 counts."""

from enum import StrEnum
from math import ceil

GSM7_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each of these takes an escape and a letter.
GSM7_EXTENDED = frozenset("\f^{}\\[~]|€")

GSM7_ALONE, GSM7_JOINED = 160, 153
UCS2_ALONE, UCS2_JOINED = 70, 67


class Encoding(StrEnum):
    """How a phone receives the text."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


def encoding_of(text: str) -> Encoding:
    """One letter beyond GSM-7 makes the whole message UCS-2."""
    return Encoding.GSM7 if set(text) <= GSM7_BASIC | GSM7_EXTENDED else Encoding.UCS2


def segment_count(text: str) -> int:
    """Segments, one for an empty text; a letter that needs two units is never cut in two."""
    if encoding_of(text) is Encoding.GSM7:
        return _count([2 if letter in GSM7_EXTENDED else 1 for letter in text], alone=GSM7_ALONE, joined=GSM7_JOINED)
    return _count([2 if ord(letter) > 0xFFFF else 1 for letter in text], alone=UCS2_ALONE, joined=UCS2_JOINED)


def _count(widths: list[int], *, alone: int, joined: int) -> int:
    if sum(widths) <= alone:
        return 1
    if 2 not in widths:
        return ceil(len(widths) / joined)
    segments, room = 1, joined
    for width in widths:
        if width > room:
            segments, room = segments + 1, joined
        room -= width
    return segments
