"""What a figure is, defined once: for people to read, and for the tables to be counted by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from services.reporting.domain.errors import NoDenominatorError
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from shared.contracts.directory import Name

PER_CENT = "per cent, rounded half up to two places"
OUR_DOMAIN = 'docs/domain.md, "Figures"'
# The name of what takes working minutes.
FIRST_RESPONSE = "first_response"
MERGED = "A merged ticket counts once, as itself, whatever its master does."


def told_by(doc: str | None) -> str:
    """What a figure's module says of it, after its first line; its source stands in the definition."""
    return (doc or "").partition("\n")[2].partition("Source:")[0].strip()


class Side(StrEnum):
    """Which part of a figure is opened into its tickets; the rest is what stands in the denominator alone."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    REST = "rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that is counted: in words, and by the names that rows of the figures' tables carry."""

    words: str
    names: Sequence[str]
    # Of these, what carries one of those is left out.
    without: Sequence[str] = ()

    def of(self, tally: Tally) -> int:
        """How many there are."""
        counted: int = sum([getattr(tally, name) for name in self.names])
        left_out: int = sum([getattr(tally, name) for name in self.without])
        return counted - left_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A figure that is a number of its own. `period` is the moment that places what is counted in a period."""

    id: str
    name: Name
    formula: str
    numerator: Part
    exclusions: str
    period: str
    unit: str = "number"
    source: str = OUR_DOMAIN
    # Why it is counted so, where the formula alone does not say.
    why: str = ""
    # The figures that are said beside it wherever it stands alone.
    beside: Sequence[str] = ()
    # What it is told of comes several times of each case: ten are not of ten cases.
    several_of_a_case: bool = False
    # It is a number of what is open, which is in none of a group's cases while it is in time.
    of_what_is_open: bool = False

    @property
    def lengths(self) -> Sequence[str]:
        """The names of what takes time, where the figure tells how long."""
        return ()

    def part(self, side: Side) -> Part:
        """What is counted on a side.

        Raises:
            NoDenominatorError: the figure is no rate.
        """
        if side is not Side.NUMERATOR:
            raise NoDenominatorError
        return self.numerator


@dataclass(frozen=True, slots=True, kw_only=True)
class RateDefinition(Definition):
    """A figure that is a share of something counted, never shown without it."""

    denominator: Part
    unit: str = PER_CENT

    def part(self, side: Side) -> Part:
        """What is counted on a side."""
        match side:
            case Side.NUMERATOR:
                return self.numerator
            case Side.DENOMINATOR:
                return self.denominator
            case Side.REST:
                return replace(self.denominator, words="what else is due", without=self.numerator.names)

    def of(self, tally: Tally) -> Rate:
        """The share in a group."""
        return Rate(self.numerator.of(tally), self.denominator.of(tally))


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationDefinition(Definition):
    """A figure that is how long what is counted took."""

    unit: str = "minutes round the clock: how many, median, p90 and sum"

    @property
    def lengths(self) -> Sequence[str]:
        """What is counted is what took time."""
        return self.numerator.names


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseDefinition(Definition):
    """A figure that is how long reporters waited for a first response."""

    unit: str = "working minutes of the unit that accepted: how many, median and p90"

    @property
    def lengths(self) -> Sequence[str]:
        """Waiting times are kept apart from the stage's own: they are of another clock."""
        return (FIRST_RESPONSE,)


DUE_TO_CLOSE = Part(
    words="应结案: closed in the period and still closed at its end, and open past the resolve deadline at its end",
    names=("closed", "overdue_open"),
)
