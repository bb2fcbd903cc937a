"""Figures a second time, straight from the events and in plain Python: nothing of the tables, nothing of their SQL.

Each ticket is played up to the period's end and then asked where it stands. What is answered are tickets, so that a
number and the tickets behind it are compared at once; one that counts twice stands there twice.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from shared.contracts import notify, routing
from shared.contracts.envelope import Event
from shared.contracts.intake import Link, Rating, TicketEvent, TicketImported, TicketOpened, TicketRated
from shared.contracts.notify import NotificationEvent

# A closing's message is wanted within moments, days later after an outage.
ASKED_FROM, ASKED_TO = timedelta(minutes=-1), timedelta(days=7)
REPEATED_WITHIN = timedelta(days=30)


@dataclass(slots=True)
class History:
    """Everything that was said of one ticket, each publisher's in its order."""

    ticket: UUID
    of_ticket: list[TicketEvent] = field(default_factory=list)
    of_case: list[routing.CaseEvent] = field(default_factory=list)
    of_messages: list[NotificationEvent] = field(default_factory=list)

    @property
    def opening(self) -> TicketOpened | TicketImported:
        return next(event for event in self.of_ticket if isinstance(event, TicketOpened | TicketImported))

    @property
    def opened_at(self) -> datetime:
        return self.opening.at


@dataclass(slots=True)
class Standing:
    """Where a case stands after what has been said of it so far."""

    closed: routing.CaseClosed | None = None
    withdrawn: bool = False
    suspended: bool = False
    handled_at: datetime | None = None
    reopened: bool = False
    failed: bool = False
    extended: bool = False
    history: bool = False
    promises: list[datetime | None] = field(default_factory=list)
    granted: list[datetime] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return self.closed is None and not self.withdrawn

    def overdue(self, ends: datetime) -> bool:
        moments = [moment for moment in (*self.promises[:1], *self.granted) if moment is not None]
        return self.open and not self.suspended and not self.history and bool(moments) and max(moments) < ends

    def hear(self, event: Event) -> None:
        match event:
            case routing.CaseAssigned():
                self.promises.append(event.deadlines.resolve_by)
            case routing.CaseResolved() | routing.CaseClosed():
                self.handled_at = self.handled_at or event.at
            case routing.VerificationFailed():
                self.failed = True
            case routing.CaseReopened() | routing.CaseMerged():
                self.promises, self.granted = [event.deadlines.resolve_by], []
                self.reopened = self.reopened or isinstance(event, routing.CaseReopened)
            case routing.DeadlineRecomputed(clock=routing.Clock.RESOLVE):
                self.promises, self.granted = [event.judged_by], []
            case routing.ExtensionGranted() if event.deadlines.resolve_by:
                self.granted.append(event.deadlines.resolve_by)
            case routing.SuspensionEnded() if judged_by := event.judged_by or event.deadlines.resolve_by:
                self.granted.append(judged_by)
            case _:
                pass
        self._turn(event)

    def _turn(self, event: Event) -> None:
        match event:
            case routing.CaseClosed():
                self.closed = event
            case routing.CaseWithdrawn():
                self.withdrawn, self.closed = True, None
            case routing.CaseReopened():
                self.closed = None
            case routing.SuspensionGranted() | routing.SuspensionEnded():
                self.suspended = isinstance(event, routing.SuspensionGranted)
            case routing.ExtensionGranted():
                self.extended = True
            case _:
                pass
        if isinstance(event, routing.CaseEvent) and not isinstance(event, routing.CaseCategorised):
            self.history = event.history


@dataclass(frozen=True, slots=True)
class Played:
    """A ticket as it stood at a period's end."""

    told: History
    starts: datetime
    ends: datetime
    standing: Standing

    def counts(self, at: datetime | None) -> bool:
        return at is not None and self.starts <= at < self.ends

    @property
    def closed(self) -> bool:
        return self.standing.closed is not None and self.counts(self.standing.closed.at)

    @property
    def overdue(self) -> bool:
        return self.standing.overdue(self.ends)

    @property
    def due(self) -> bool:
        return self.closed or self.overdue

    @property
    def handled(self) -> bool:
        return self.counts(self.standing.handled_at)

    @property
    def rating(self) -> TicketRated | None:
        withdrawn = [event.at for event in self.told.of_case if isinstance(event, routing.CaseWithdrawn)]
        given = [event for event in self.told.of_ticket if isinstance(event, TicketRated) and event.at < self.ends]
        meant = [event for event in given if not any(at <= event.at for at in withdrawn)]
        return meant[-1] if meant else None

    @property
    def asked(self) -> bool:
        closed = self.standing.closed
        wanted = [event.at for event in self.told.of_messages if isinstance(event, notify.NotificationQueued)]
        return self.closed and closed is not None and any(ASKED_FROM <= at - closed.at <= ASKED_TO for at in wanted)

    @property
    def answered(self) -> bool:
        closed, rating = self.standing.closed, self.rating
        return self.asked and closed is not None and rating is not None and rating.at >= closed.at + ASKED_FROM


Sides = tuple[list[UUID], list[UUID]]
Test = Callable[[Played], bool]


def _rate(numerator: Test, denominator: Test) -> Callable[[Sequence[Played]], Sides]:
    def count(tickets: Sequence[Played]) -> Sides:
        return (
            [each.told.ticket for each in tickets if numerator(each)],
            [each.told.ticket for each in tickets if denominator(each)],
        )

    return count


def _whistles(tickets: Sequence[Played]) -> Sides:
    kept, due = [], []
    for each in tickets:
        for number, call in enumerate(each.told.of_case):
            if not isinstance(call, CALLS):
                continue
            later = each.told.of_case[number + 1 :]
            report_by = _report_by(call, later)
            if report_by is not None and each.counts(report_by):
                came, ended = _answer(later, call.unit, report_by)
                kept += [each.told.ticket] * came
                due += [each.told.ticket] * (came or not ended)
    return kept, due


def _report_by(
    call: routing.WhistleBlown | routing.JointTaskInsisted, later: Iterable[routing.CaseEvent]
) -> datetime | None:
    report_by = call.report_by
    for event in later:
        if isinstance(event, CALLS) and event.unit == call.unit:
            break
        moved = isinstance(event, routing.DeadlineRecomputed) and event.clock is routing.Clock.REPORT_IN
        if moved and isinstance(event, routing.DeadlineRecomputed) and event.unit == call.unit:
            report_by = event.deadline
    return report_by


def _answer(later: Iterable[routing.CaseEvent], unit: str, report_by: datetime) -> tuple[bool, bool]:
    came = ended = False
    for event in later:
        if event.at > report_by:
            continue
        mine = getattr(event, "unit", None) == unit
        came = came or (mine and isinstance(event, routing.UnitReportedIn))
        refused = isinstance(event, routing.JointTaskDeclined | routing.JointTaskReleased | routing.JointTaskTakenOver)
        ended = ended or (mine and refused) or isinstance(event, routing.CaseMerged)
    return came, ended


def _follow_ups(tickets: Sequence[Played]) -> Sides:
    kept, due = [], []
    for each in tickets:
        occurrences: dict[tuple[UUID, int], list[routing.CaseEvent]] = defaultdict(list)
        for event in each.told.of_case:
            if isinstance(event, FOLLOW_UPS) and event.follow_up and event.occurrence:
                occurrences[event.follow_up, event.occurrence].append(event)
        for events in occurrences.values():
            by = next(
                e.deadline
                for e in reversed(events)
                if isinstance(e, routing.FollowUpPlanned | routing.FollowUpReminded | routing.DeadlineRecomputed)
            )
            done = [e.at for e in events if isinstance(e, routing.FollowUpDone | routing.FollowUpRecurred)]
            dropped = [e.at for e in events if isinstance(e, routing.FollowUpCancelled) and e.at < by and not done]
            if each.counts(by) and not dropped:
                due.append(each.told.ticket)
                kept += [each.told.ticket] * any(at <= by for at in done)
    return kept, due


CALLS = (routing.WhistleBlown, routing.JointTaskInsisted)
FOLLOW_UPS = (
    routing.FollowUpPlanned,
    routing.FollowUpReminded,
    routing.FollowUpDone,
    routing.FollowUpRecurred,
    routing.FollowUpCancelled,
    routing.DeadlineRecomputed,
)


def _repeats(tickets: Sequence[Played]) -> Sides:
    repeated = []
    for each in tickets:
        for other in tickets:
            earlier = (other.told.opened_at, other.told.ticket) < (each.told.opened_at, each.told.ticket)
            near = each.told.opened_at - other.told.opened_at <= REPEATED_WITHIN
            if earlier and near and _at_one_place(other, each) and each.counts(each.told.opened_at):
                repeated.append(each.told.ticket)
                break
    return repeated, [each.told.ticket for each in tickets if each.counts(each.told.opened_at)]


def _at_one_place(one: Played, other: Played) -> bool:
    """Two reports of one place."""
    opened = (one.told.opening, other.told.opening)
    return all(_is_report(each) for each in opened) and opened[0].place == opened[1].place


def _is_report(opened: TicketOpened | TicketImported) -> bool:
    """What was split off a ticket is no report of its own, and what a follow-up found back is one."""
    return isinstance(opened, TicketImported) or opened.split_from is None or opened.link is Link.CAME_BACK


def _deliveries(tickets: Sequence[Played]) -> Sides:
    arrived, sent = [], []
    for each in tickets:
        messages: dict[UUID, list[NotificationEvent]] = defaultdict(list)
        for event in each.told.of_messages:
            messages[event.notification_id].append(event)
        for events in messages.values():
            if each.counts(next((event.at for event in events if _final(event)), None)):
                sent.append(each.told.ticket)
                arrived += [each.told.ticket] * any(_delivered(event) and event.at < each.ends for event in events)
    return arrived, sent


def _final(event: NotificationEvent) -> bool:
    refused = isinstance(event, notify.SendRejected) and event.retry_at is None
    return refused or isinstance(event, notify.SendAccepted | notify.SendUnknown)


def _delivered(event: NotificationEvent) -> bool:
    return isinstance(event, notify.DeliveryReported) and event.status is notify.DeliveryStatus.DELIVERED


def _satisfied(each: Played) -> bool:
    return _rated(each) and each.rating is not None and each.rating.rating is Rating.SATISFIED


def _rated(each: Played) -> bool:
    return each.rating is not None and each.counts(each.rating.at)


FIGURES: Mapping[str, Callable[[Sequence[Played]], Sides]] = {
    "handling_rate": _rate(
        lambda each: each.handled,
        lambda each: each.handled or (each.overdue and each.standing.handled_at is None),
    ),
    "closing_rate": _rate(lambda each: each.closed, lambda each: each.due),
    "on_time_closing_rate": _rate(
        lambda each: each.closed and each.standing.closed is not None and each.standing.closed.in_time is True,
        lambda each: each.due,
    ),
    "rework_rate": _rate(lambda each: each.due and each.standing.failed, lambda each: each.due),
    "reopen_rate": _rate(lambda each: each.handled and each.standing.reopened, lambda each: each.handled),
    "satisfaction": _rate(_satisfied, _rated),
    "feedback_coverage": _rate(lambda each: each.answered, lambda each: each.asked),
    "suspended_share": _rate(
        lambda each: each.standing.open and each.standing.suspended, lambda each: each.standing.open
    ),
    "extension_share": _rate(lambda each: each.due and each.standing.extended, lambda each: each.due),
    "whistle_report_in": _whistles,
    "follow_ups_kept": _follow_ups,
    "repeat_reports": _repeats,
    "delivery_rate": _deliveries,
}


def recomputed(log: Iterable[tuple[UUID, Event]], *, starts: datetime, ends: datetime) -> dict[str, Sides]:
    """The tickets behind both sides of each figure; `log` is each event with its ticket, in order."""
    opened = [each for each in _histories(log) if each.of_ticket and each.opened_at < ends]
    tickets = [Played(history, starts, ends, _played(history, ends)) for history in opened]
    return {figure: count(tickets) for figure, count in FIGURES.items()}


def categories(log: Iterable[tuple[UUID, Event]], *, ends: datetime) -> dict[UUID, str | None]:
    """As what each ticket counted at a period's end."""
    found = {}
    for history in _histories(log):
        said = [event for event in history.of_case if isinstance(event, routing.CaseCategorised) and event.at < ends]
        found[history.ticket] = said[-1].category if said else history.opening.category
    return found


def _histories(log: Iterable[tuple[UUID, Event]]) -> Iterable[History]:
    histories: dict[UUID, History] = {}
    for ticket, event in log:
        history = histories.setdefault(ticket, History(ticket))
        match event:
            case TicketEvent():
                history.of_ticket.append(event)
            case routing.CaseEvent():
                history.of_case.append(event)
            case NotificationEvent():
                history.of_messages.append(event)
            case _:
                raise AssertionError(event)
    return histories.values()


def _played(history: History, ends: datetime) -> Standing:
    standing = Standing()
    for event in history.of_case:
        if event.at < ends:
            standing.hear(event)
    return standing
