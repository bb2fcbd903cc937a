"""The colours: every pair of ink and ground that the pages use meets WCAG AA, by day and by night."""

import re
from itertools import product

import pytest

from shared.web.static import STATIC

GROUNDS = ("paper", "surface")
TINTED = ("danger", "warn", "ok", "note")
TEXT_RATIO = 4.5
CONTROL_RATIO = 3.0


def colours() -> dict[str, dict[str, str]]:
    day, night = (STATIC / "tokens.css").read_text(encoding="utf-8").split("@media (prefers-color-scheme: dark)")
    found = {
        scheme: dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))
        for scheme, css in (("day", day), ("night", night))
    }
    return {"day": found["day"], "night": found["day"] | found["night"]}


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def pairs() -> list[tuple[str, str, float]]:
    return [
        *((ink, ground, TEXT_RATIO) for ink, ground in product(("ink", "ink-soft", "brand", *TINTED), GROUNDS)),
        *((tint, f"{tint}-tint", TEXT_RATIO) for tint in TINTED),
        *(("ink", f"{tint}-tint", TEXT_RATIO) for tint in (*TINTED, "brand")),
        *((ink, "brand-tint", TEXT_RATIO) for ink in ("brand", "brand-strong", "ink-soft")),
        ("on-brand", "brand", TEXT_RATIO),
        ("on-brand", "brand-strong", TEXT_RATIO),
        *((line, ground, CONTROL_RATIO) for line, ground in product(("line-strong", "focus"), GROUNDS)),
    ]


@pytest.mark.parametrize("scheme", ["day", "night"])
@pytest.mark.parametrize(("ink", "ground", "ratio_min"), pairs())
def test_ink_stands_out_from_its_ground(*, scheme: str, ink: str, ground: str, ratio_min: float) -> None:
    named = colours()[scheme]

    assert contrast(named[ink], named[ground]) >= ratio_min


def test_white_on_black_is_twenty_one_to_one() -> None:
    assert round(contrast("#ffffff", "#000000"), 1) == 21.0
