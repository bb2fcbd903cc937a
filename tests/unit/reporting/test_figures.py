"""All figures together: rates are shares, whatever is counted."""

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.figures import Figures, figures
from services.reporting.domain.first_response import FirstResponse
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally


@st.composite
def possible_tallies(draw: st.DrawFn) -> Tally:
    """Counts as a table of cases can give them: a part is never more than what it is a part of."""
    closed, overdue_open, handled, rated = (draw(st.integers(0, 50)) for _ in range(4))
    asked = draw(st.integers(0, closed))
    closed_in_time = draw(st.integers(0, closed))
    return Tally(
        handled=handled,
        overdue_unhandled=draw(st.integers(0, overdue_open)),
        closed=closed,
        closed_in_time=closed_in_time,
        closed_without_sla=draw(st.integers(0, closed - closed_in_time)),
        overdue_open=overdue_open,
        reworked=draw(st.integers(0, closed + overdue_open)),
        reopened=draw(st.integers(0, handled)),
        rated=rated,
        satisfied=draw(st.integers(0, rated)),
        asked=asked,
        answered_when_asked=draw(st.integers(0, asked)),
    )


def rates(told: Figures) -> list[Rate]:
    return [value for name in Figures.__slots__ if isinstance(value := getattr(told, name), Rate)]


@given(possible_tallies())
def test_every_rate_lies_between_0_and_100_or_is_none(tally: Tally) -> None:
    told = rates(figures(tally, FirstResponse(count=0)))

    assert len(told) == 13
    assert all(rate.per_cent is None or 0 <= rate.per_cent <= 100 for rate in told)


@given(possible_tallies())
def test_on_time_is_never_more_than_closed(tally: Tally) -> None:
    told = figures(tally, FirstResponse(count=0))

    assert told.on_time_closing_rate.numerator <= told.closing_rate.numerator
    assert told.on_time_closing_rate.denominator == told.closing_rate.denominator
