"""The figures counted a second time, in plain Python from the stories themselves, to hold the SQL against."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from services.reporting.domain.tally import Tally
from shared.contracts.intake import Rating, TicketRated
from shared.contracts.notify import NotificationQueued
from shared.contracts.routing import (
    CaseAssigned,
    CaseCategorised,
    CaseClosed,
    CaseEscalated,
    CaseEvent,
    CaseMerged,
    CaseReopened,
    CaseResolved,
    CaseWithdrawn,
    DeadlineRecomputed,
    ExtensionGranted,
    SuspensionEnded,
    SuspensionGranted,
    VerificationFailed,
)
from tests.integration.reporting.stories import Story

Found = TypeVar("Found")

# What moves the deadline that a case is judged by, or takes it away for a while.
MOVING = (ExtensionGranted, SuspensionGranted, SuspensionEnded)
# What begins the promise anew; these stories count no other clock by another calendar than the resolve clock.
ANEW = (CaseReopened, CaseMerged, DeadlineRecomputed)


def tally_of(stories: Iterable[Story], *, starts: datetime, ends: datetime) -> Tally:
    """What docs/domain.md's definitions count of these stories in a period."""
    tallies = [_tally(story, starts, ends) for story in stories if story.opened_at < ends]
    return sum(tallies, Tally())


def _last(events: Sequence[object], kind: type[Found]) -> Found | None:
    found = [event for event in events if isinstance(event, kind)]
    return found[-1] if found else None


def _tally(story: Story, starts: datetime, ends: datetime) -> Tally:
    # Another category moves nothing.
    told = [event for event in story.routing if event.at < ends and not isinstance(event, CaseCategorised)]
    turns = [event for event in told if not isinstance(event, CaseEscalated)]
    closing = _last(told, CaseClosed)
    closed = bool(turns) and isinstance(turns[-1], CaseClosed)
    over = bool(turns) and isinstance(turns[-1], CaseClosed | CaseWithdrawn)
    overdue = not over and _late(told, ends)
    handled_at = next((event.at for event in told if isinstance(event, CaseResolved | CaseClosed)), None)
    answer = _last([event for event in story.intake if event.at < ends], TicketRated)
    counted = {
        "received": story.opened_at >= starts,
        "handled": handled_at is not None and handled_at >= starts,
        "closed": closed and closing is not None and closing.at >= starts,
        "overdue_open": overdue,
        "rated": answer is not None and answer.at >= starts,
    }
    return Tally(
        **counted,
        overdue_unhandled=overdue and handled_at is None,
        closed_in_time=counted["closed"] and closing is not None and closing.in_time is True,
        closed_without_sla=counted["closed"] and closing is not None and closing.in_time is None,
        open=not over,
        reworked=(counted["closed"] or overdue) and _last(told, VerificationFailed) is not None,
        reopened=counted["handled"] and _last(told, CaseReopened) is not None,
        satisfied=counted["rated"] and answer is not None and answer.rating is Rating.SATISFIED,
        asked=counted["closed"] and _asked(story, closing),
        answered_when_asked=counted["closed"] and _asked(story, closing) and _answers(answer, closing),
        escalations=sum(isinstance(event, CaseEscalated) and event.at >= starts for event in told),
    )


def _asked(story: Story, closing: CaseClosed | None) -> bool:
    """A message that is wanted within a week of a closing asks about it."""
    wanted = [message.at for message in story.notify if isinstance(message, NotificationQueued)]
    return closing is not None and any(closing.at <= at <= closing.at + timedelta(days=7) for at in wanted)


def _answers(answer: TicketRated | None, closing: CaseClosed | None) -> bool:
    """An answer to an earlier closing is none to this one."""
    return answer is not None and closing is not None and answer.at >= closing.at - timedelta(minutes=1)


def _judged_by(event: CaseAssigned | CaseReopened | CaseMerged | ExtensionGranted | SuspensionEnded) -> datetime | None:
    own = event.judged_by if isinstance(event, SuspensionEnded) else None
    return own or event.deadlines.resolve_by


def _late(told: Sequence[CaseEvent], ends: datetime) -> bool:
    """Past what was promised, whatever rework got; what another system left without outcome is outside the clocks."""
    anew = next((event for event in reversed(told) if isinstance(event, ANEW)), None)
    promise = anew or next((event for event in told if isinstance(event, CaseAssigned)), None)
    since = told.index(anew) if anew else 0
    moved = [event for event in told[since:] if isinstance(event, MOVING)]
    if promise is None or (moved and isinstance(moved[-1], SuspensionGranted)):
        return False
    moments = [
        event.judged_by if isinstance(event, DeadlineRecomputed) else _judged_by(event)
        for event in (promise, *moved)
        if not isinstance(event, SuspensionGranted)
    ]
    resolve_by = max((moment for moment in moments if moment is not None), default=None)
    outside = bool(told) and told[-1].history
    return resolve_by is not None and resolve_by < ends and not outside
