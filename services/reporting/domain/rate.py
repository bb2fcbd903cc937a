"""A rate is never shown without its denominator: a share of something counted."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt

TWO_PLACES = Decimal("0.01")
# How far the middle 95 % of a normal distribution reach, in standard deviations.
Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a share lies with 95 % confidence, in per cent."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many. Of nothing there is no rate: neither 0 % nor 100 %."""

    numerator: int
    denominator: int

    @property
    def per_cent(self) -> Decimal | None:
        """In per cent, rounded half up to two places as circulars print it; none where nothing was counted."""
        if self.denominator == 0:
            return None
        return (Decimal(100 * self.numerator) / Decimal(self.denominator)).quantize(TWO_PLACES, ROUND_HALF_UP)

    @property
    def capped(self) -> Decimal | None:
        """As circulars print a rate whose numerator may exceed what was due: never more than 100."""
        per_cent = self.per_cent
        return None if per_cent is None else min(per_cent, Decimal(100).quantize(TWO_PLACES))

    @property
    def interval(self) -> Interval | None:
        """The Wilson interval, by which two groups are compared: of few cases it is wide. None where it is no share."""
        count = self.denominator
        if count == 0 or not 0 <= self.numerator <= count:
            return None
        share, spread = self.numerator / count, Z_95 * Z_95 / count
        middle = (share + spread / 2) / (1 + spread)
        reach = Z_95 * sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
        return Interval(round(max(0.0, 100 * (middle - reach)), 2), round(min(100.0, 100 * (middle + reach)), 2))
