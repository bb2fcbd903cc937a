"""What is counted of the cases of a group in a period: the numbers that all rates are made of."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

MIN_TO_RANK = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts for one period; "at its end" is now while the period still runs."""

    # Tickets opened in the period.
    received: int = 0
    # Cases resolved in the period for the first time; closing one that nobody resolved counts as resolving it.
    handled: int = 0
    # Never resolved, and past the resolve deadline at the end.
    overdue_unhandled: int = 0
    # Closed in the period and closed at its end: one that was reopened before the end is not.
    closed: int = 0
    # Of these, resolved by the deadline; a case without SLA is never in it.
    closed_in_time: int = 0
    # Of these, those without SLA: said beside the on-time rate, since they can never be on time.
    closed_without_sla: int = 0
    # Not closed, and past the resolve deadline at the end.
    overdue_open: int = 0
    # Not closed at the end, whether late or not.
    open: int = 0
    # Due to close, and failed a verification at least once.
    reworked: int = 0
    # Handled in the period, and reopened before its end.
    reopened: int = 0
    # Reporters whose newest answer came in the period.
    rated: int = 0
    # Of these, satisfied; so-so is rated and not satisfied.
    satisfied: int = 0
    # Closed in the period, whose reporter was asked: the message of this closing was sent on its way.
    asked: int = 0
    # Of these, answered by its end.
    answered_when_asked: int = 0
    # Steps of the escalation ladder taken in the period.
    escalations: int = 0
    # Received in the period, and merged into another by its end.
    merged: int = 0
    # Received in the period, and split off another ticket.
    split_off: int = 0
    # Not closed at the end, and the clock stands still.
    suspended: int = 0
    # Due to close, and granted more time at least once.
    extended: int = 0
    # Calls of a whistle whose deadline for reporting in lies in the period.
    called_in: int = 0
    # Of these, reported in by it.
    reported_in: int = 0
    # Follow-ups whose deadline lies in the period.
    follow_up_due: int = 0
    # Of these, done by it.
    follow_up_kept: int = 0
    # Received in the period, at most 30 days after another report of the place.
    repeat_reports: int = 0
    # Messages that got their first final answer of a provider in the period.
    messages_sent: int = 0
    # Of these, delivered by the period's end.
    messages_delivered: int = 0
    # Walks through each stage that ended in the period, and units' returns.
    stage_accept: int = 0
    stage_resolve: int = 0
    stage_verify: int = 0
    stage_close: int = 0
    returned: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)})

    @property
    def due_to_close(self) -> int:
        """应结案: closed, and overdue and still open. What is suspended or still in time is not in it."""
        return self.closed + self.overdue_open

    def __neg__(self) -> "Tally":
        return Tally(**{each.name: -getattr(self, each.name) for each in fields(self)})

    @property
    def cases(self) -> int:
        """How many cases a group speaks of: received, due to be handled, due to close or rated."""
        return max(self.received, self.handled + self.overdue_unhandled, self.due_to_close, self.rated)

    @property
    def lengths(self) -> int:
        """How many times a stage was walked through, or a case returned: each took its time."""
        return self.stage_accept + self.stage_resolve + self.stage_verify + self.stage_close + self.returned

    @property
    def may_be_ranked(self) -> bool:
        """A group of a few cases is shown and never ranked: one case more would turn it upside down."""
        return self.cases >= MIN_TO_RANK


PARTS = tuple(each.name for each in fields(Tally))


def total(tallies: Iterable[Tally]) -> Tally:
    """The tallies of several groups as one."""
    several = list(tallies)
    if len(several) == 1:
        return several[0]
    # A year by area has some thousand: a column at a time is several times as quick as one after the other.
    return Tally(**{part: sum(getattr(each, part) for each in several) for part in PARTS})
