"""Backlog."""

from services.reporting.domain.backlog import Backlog, backlog
from services.reporting.domain.tally import Tally


def test_the_backlog_is_what_is_open_and_how_much_of_it_is_late() -> None:
    assert backlog(Tally(open=5, overdue_open=2, escalations=3)) == Backlog(open=5, overdue=2, escalations=3)
