"""One figure of those that are told together, by its name."""

from services.reporting.domain.duration import Duration
from services.reporting.domain.figures import Figures
from services.reporting.domain.first_response import FirstResponse
from services.reporting.domain.rate import Rate

Value = Rate | Duration | FirstResponse | int
OF_THE_BACKLOG = ("open", "overdue", "escalations")


def value_of(figures: Figures, figure: str) -> Value:
    """What the figure is."""
    value: Value = getattr(figures.backlog if figure in OF_THE_BACKLOG else figures, figure)
    return value


def count_of(value: Value) -> int | None:
    """How many things a rate or a length is told of; none for what is itself a number of things."""
    match value:
        case Rate():
            return value.denominator
        case Duration() | FirstResponse():
            return value.count
        case _:
            return None


def size_of(value: Value) -> float | None:
    """The one number that groups are drawn and put in order by; none of nothing."""
    match value:
        case Rate():
            return None if value.per_cent is None else float(value.per_cent)
        case Duration() | FirstResponse():
            return value.median_minutes
        case _:
            return float(value)
