"""A rate is never shown without its denominator: a share of something counted."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

TWO_PLACES = Decimal("0.01")


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
