"""Tickets as other services tell of them, for reporting's tests: what happened to each, and when."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from shared.contracts.directory import (
    AreaDefined,
    AreaLevel,
    CalendarDefined,
    CategoryDefined,
    DirectoryRecord,
    Name,
    PlaceDefined,
    UnitDefined,
)
from shared.contracts.envelope import Sealed
from shared.contracts.intake import (
    Channel,
    Link,
    Milestones,
    Rating,
    TicketEvent,
    TicketImported,
    TicketOpened,
    TicketRated,
)
from shared.contracts.notify import (
    Audience,
    DeliveryReported,
    DeliveryStatus,
    NotificationEvent,
    NotificationQueued,
    NotificationSuppressed,
    SendAccepted,
    SuppressionReason,
)
from shared.contracts.routing import (
    CaseAccepted,
    CaseAssigned,
    CaseCategorised,
    CaseClosed,
    CaseEscalated,
    CaseEvent,
    CaseMerged,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    CaseReturned,
    CaseTransferred,
    CaseWithdrawn,
    Clock,
    DeadlineRecomputed,
    Deadlines,
    ExtensionGranted,
    FollowUpCancelled,
    FollowUpDone,
    FollowUpPlanned,
    FollowUpRecurred,
    JointTaskDeclined,
    JointTaskInsisted,
    Matter,
    RuleTrace,
    SuspensionEnded,
    SuspensionGranted,
    UnitReportedIn,
    Urgency,
    VerificationFailed,
    VerificationPassed,
    WhistleBlown,
)

SEALED = Sealed(person="reporter-1", key_version=1, box="AAECAwQFBgcICQoLo7pK8lJNJK0FqA85WGnihAJFb5Zbnv")
UNIT = "property"
# A unit that a whistle calls.
CALLED = "police"
OTHER = UUID(int=1)
PLACE = "C7K2MP9"
AREA = "chunhe"
# A Tuesday, 09:00 in Shanghai.
OPENED_AT = datetime(2026, 4, 14, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def name(zh: str) -> Name:
    return Name(zh=zh, en=zh)


def directory() -> list[DirectoryRecord]:
    """One estate in its community, grid, town and district, and a unit that works round the clock."""
    path = ("district", "town", "grid", "community", AREA)
    levels = (AreaLevel.DISTRICT, AreaLevel.TOWN, AreaLevel.GRID, AreaLevel.COMMUNITY, AreaLevel.ESTATE)
    areas = [
        AreaDefined(
            at=OPENED_AT,
            id=area,
            edition=1,
            name=name(area),
            level=level,
            parent=path[n - 1] if n else None,
            path=path[: n + 1],
        )
        for n, (area, level) in enumerate(zip(path, levels, strict=True))
    ]
    hours = dict.fromkeys(range(1, 8), ((0, 1440),))
    return [
        *areas,
        PlaceDefined(at=OPENED_AT, id=PLACE, edition=1, name=name("东门"), area=AREA, path=path),
        UnitDefined(at=OPENED_AT, id=UNIT, edition=1, name=name("物业"), area=AREA, calendar="always"),
        CalendarDefined(at=OPENED_AT, id="always", edition=1, hours=hours, years=(2026,)),
        CategoryDefined(at=OPENED_AT, id="order", edition=1, name=name("公共秩序")),
    ]


@dataclass(slots=True)
class Story:
    """One ticket, told by intake and by routing; each act is added in order."""

    ticket: UUID = field(default_factory=uuid4)
    opened_at: datetime = OPENED_AT
    place: str = PLACE
    split_from: UUID | None = None
    link: Link = Link.SECOND_TROUBLE
    category: str | None = "order"
    # Who accepts it.
    unit: str = UNIT
    resolve_by: datetime | None = OPENED_AT + DAY
    # What rework has to be done by; whether a case was in time is judged by what was promised first.
    rework_by: datetime | None = None
    # What was promised before its clock stood still.
    promise: datetime | None = None
    history: bool = False
    phone: bool = True
    intake: list[TicketEvent] = field(default_factory=list)
    routing: list[CaseEvent] = field(default_factory=list)
    # What was wanted or kept back of the messages that ask after a closing.
    notify: list[NotificationEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.intake.append(self._imported() if self.history else self._opened())
        self.routing += [
            CaseOpened(
                case_id=self.ticket,
                at=self.opened_at,
                history=self.history,
                matter=self.matter,
                channel=Channel.QR,
                text=SEALED,
            ),
            self._assigned(self.opened_at, self.resolve_by),
        ]

    def _assigned(self, at: datetime, resolve_by: datetime | None) -> CaseAssigned:
        return CaseAssigned(
            case_id=self.ticket,
            at=at,
            history=self.history,
            unit=UNIT,
            matter=self.matter,
            trace=RuleTrace(rule="r", directory_version=1),
            deadlines=Deadlines(resolve_by=resolve_by),
        )

    @property
    def matter(self) -> Matter:
        return Matter(
            number="482913057",
            place=self.place,
            area=AREA,
            category=self.category,
            urgency=Urgency.NORMAL,
            reporter="reporter-1",
            tracking_token=SEALED,
        )

    def _opened(self) -> TicketOpened:
        return TicketOpened(
            ticket_id=self.ticket,
            at=self.opened_at,
            number="482913057",
            place=self.place,
            channel=Channel.QR,
            split_from=self.split_from,
            link=self.link,
            category=self.category,
            text=SEALED,
            reporter="reporter-1",
            tracking_token=SEALED,
        )

    def _imported(self) -> TicketImported:
        return TicketImported(
            ticket_id=self.ticket,
            at=self.opened_at,
            number="482913057",
            place=self.place,
            category=self.category,
            text=SEALED,
            reporter="reporter-1",
            tracking_token=SEALED,
            source="old",
            source_id=str(self.ticket),
            milestones=Milestones(),
        )

    def accepted(self, at: datetime) -> "Story":
        return self._then(CaseAccepted(case_id=self.ticket, at=at, history=self.history, unit=self.unit))

    def resolved(self, at: datetime) -> "Story":
        return self._then(CaseResolved(case_id=self.ticket, at=at, history=self.history, unit=UNIT))

    def failed(self, at: datetime, *, resolve_by: datetime | None) -> "Story":
        self.rework_by = resolve_by
        return self._then(
            VerificationFailed(
                case_id=self.ticket,
                at=at,
                unit=UNIT,
                by="p",
                reason=SEALED,
                matter=self.matter,
                deadlines=Deadlines(resolve_by=resolve_by),
            )
        )

    def extended(self, at: datetime, *, resolve_by: datetime) -> "Story":
        """More time is granted: it is worked to, and judged by it where that is later."""
        self.resolve_by = max(resolve_by, self.resolve_by or resolve_by)
        self.rework_by = resolve_by
        granted = ExtensionGranted(
            case_id=self.ticket,
            at=at,
            unit=UNIT,
            by="p",
            deadlines=Deadlines(resolve_by=resolve_by),
            matter=self.matter,
        )
        return self._then(granted)

    def recounted(self, at: datetime, *, resolve_by: datetime, unit: str | None = UNIT) -> "Story":
        """Another calendar moves the deadline, and what it is judged by."""
        before = self.resolve_by or resolve_by
        self.resolve_by = self.rework_by = resolve_by
        return self._recounted(at, Clock.RESOLVE, unit, before, resolve_by)

    def call_recounted(self, at: datetime, *, report_by: datetime) -> "Story":
        """Another calendar moves by when the called unit is to report in."""
        return self._recounted(at, Clock.REPORT_IN, CALLED, report_by, report_by)

    def follow_up_recounted(self, at: datetime, *, deadline: datetime, occurrence: int) -> "Story":
        """Another calendar moves by when its next time must be done."""
        of = {"follow_up": self.ticket, "occurrence": occurrence}
        return self._recounted(at, Clock.FOLLOW_UP, UNIT, deadline, deadline, **of)

    def _recounted(
        self,
        at: datetime,
        clock: Clock,
        unit: str | None,
        before: datetime,
        deadline: datetime,
        **of: Any,
    ) -> "Story":
        return self._then(
            DeadlineRecomputed(
                **of,
                case_id=self.ticket,
                at=at,
                clock=clock,
                unit=unit,
                edition=2,
                before=before,
                deadline=deadline,
                judged_by=deadline if clock is Clock.RESOLVE else None,
            )
        )

    def suspended(self, at: datetime) -> "Story":
        """Its clock stands still: nothing is promised until it runs on."""
        self.promise, self.resolve_by, self.rework_by = self.resolve_by, None, None
        granted = SuspensionGranted(
            case_id=self.ticket, at=at, unit=UNIT, by="p", until=at + 90 * DAY, matter=self.matter
        )
        return self._then(granted)

    def resumed(self, at: datetime, *, resolve_by: datetime, judged_by: datetime | None = None) -> "Story":
        """It runs on, to a later deadline; what it is judged by is said where rework got another."""
        self.resolve_by = max(judged_by or resolve_by, self.promise or resolve_by)
        self.rework_by = resolve_by
        deadlines = Deadlines(resolve_by=resolve_by)
        ended = SuspensionEnded(
            case_id=self.ticket, at=at, unit=UNIT, deadlines=deadlines, judged_by=judged_by, matter=self.matter
        )
        return self._then(ended)

    def categorised(self, at: datetime, category: str) -> "Story":
        """It counts as of this category from now on, and in every figure of a period that ends later."""
        self.category = category
        categorised = CaseCategorised(
            case_id=self.ticket, at=at, history=self.history, category=category, by="p", matter=self.matter
        )
        return self._then(categorised)

    def merged(self, at: datetime, *, resolve_by: datetime | None) -> "Story":
        """It follows another case, and is judged by the earlier of both promises."""
        self.resolve_by = min(filter(None, (resolve_by, self.resolve_by)), default=None)
        deadlines = Deadlines(resolve_by=self.resolve_by)
        merged = CaseMerged(
            case_id=self.ticket,
            at=at,
            into=OTHER,
            into_number="482913065",
            unit=UNIT,
            by="p",
            matter=self.matter,
            deadlines=deadlines,
        )
        return self._then(merged)

    def withdrawn(self, at: datetime) -> "Story":
        """Its reporter wants nothing more."""
        return self._then(CaseWithdrawn(case_id=self.ticket, at=at, unit=UNIT, matter=self.matter))

    def transferred(self, at: datetime) -> "Story":
        transfer = CaseTransferred(
            case_id=self.ticket, at=at, history=self.history, from_unit=UNIT, to_unit=UNIT, by="p"
        )
        return self._then(transfer)._then(self._assigned(at, self.rework_by or self.resolve_by))

    def verified(self, at: datetime) -> "Story":
        return self._then(VerificationPassed(case_id=self.ticket, at=at, history=self.history))

    def closed(self, at: datetime) -> "Story":
        done = [event.at for event in self.routing if isinstance(event, CaseResolved)]
        self.notify.append(self._asking(at))
        in_time = None if self.resolve_by is None else max(done, default=at) <= self.resolve_by
        return self._then(
            CaseClosed(
                case_id=self.ticket,
                at=at,
                history=self.history,
                unit=UNIT,
                matter=self.matter,
                deadlines=Deadlines(resolve_by=self.resolve_by),
                in_time=in_time,
            )
        )

    def _asking(self, at: datetime) -> NotificationQueued | NotificationSuppressed:
        message, template = uuid5(self.ticket, at.isoformat()), "case_closed"
        if self.history or not self.phone:
            reason = SuppressionReason.HISTORY if self.history else SuppressionReason.NO_PHONE
            return NotificationSuppressed(
                at=at,
                notification_id=message,
                ticket_id=self.ticket,
                audience=Audience.REPORTER,
                template=template,
                reason=reason,
            )
        return NotificationQueued(
            at=at,
            notification_id=message,
            ticket_id=self.ticket,
            audience=Audience.REPORTER,
            template=template,
            locale="zh",
            recipient=SEALED,
            params={},
        )

    def reopened(self, at: datetime, *, resolve_by: datetime | None) -> "Story":
        self.resolve_by, self.rework_by, self.history = resolve_by, None, False
        return self._then(
            CaseReopened(
                case_id=self.ticket,
                at=at,
                unit=UNIT,
                words=SEALED,
                matter=self.matter,
                deadlines=Deadlines(resolve_by=resolve_by),
            )
        )

    def escalated(self, at: datetime) -> "Story":
        return self._then(
            CaseEscalated(
                case_id=self.ticket,
                at=at,
                clock=Clock.RESOLVE,
                level=1,
                from_unit=UNIT,
                to_unit="grid",
                matter=self.matter,
            )
        )

    def rated(self, at: datetime, rating: Rating) -> "Story":
        self.intake.append(TicketRated(ticket_id=self.ticket, at=at, rating=rating))
        return self

    def handled(self) -> "Story":
        """The usual way, within its day."""
        at = self.opened_at
        return self.accepted(at + HOUR).resolved(at + 2 * HOUR).verified(at + 3 * HOUR).closed(at + 4 * HOUR)

    def returned(self, at: datetime) -> "Story":
        """The unit gives it back to the one above."""
        return self._then(CaseReturned(case_id=self.ticket, at=at, unit=UNIT, reason=SEALED, to_unit="grid"))

    def whistled(self, at: datetime, *, report_by: datetime | None) -> "Story":
        """Another unit is called to it."""
        call = WhistleBlown(
            case_id=self.ticket,
            at=at,
            unit=CALLED,
            lead=UNIT,
            by="p",
            by_unit=UNIT,
            task=SEALED,
            matter=self.matter,
            report_by=report_by,
        )
        return self._then(call)

    def reported_in(self, at: datetime, *, in_time: bool) -> "Story":
        return self._then(UnitReportedIn(case_id=self.ticket, at=at, unit=CALLED, by="q", in_time=in_time))

    def declined(self, at: datetime) -> "Story":
        """The called unit says that it is not for it."""
        refusal = JointTaskDeclined(
            case_id=self.ticket, at=at, unit=CALLED, by="q", to_unit="grid", reason=SEALED, matter=self.matter
        )
        return self._then(refusal)

    def insisted(self, at: datetime, *, report_by: datetime) -> "Story":
        """The grid does not agree: it is called again."""
        again = JointTaskInsisted(
            case_id=self.ticket, at=at, unit=CALLED, by="g", reason=SEALED, matter=self.matter, report_by=report_by
        )
        return self._then(again)

    def planned(self, at: datetime, *, deadline: datetime, occurrence: int = 1) -> "Story":
        """Work that keeps the fix."""
        plan = FollowUpPlanned(
            case_id=self.ticket,
            at=at,
            follow_up=self.ticket,
            occurrence=occurrence,
            unit=UNIT,
            due=deadline,
            deadline=deadline,
            matter=self.matter,
        )
        return self._then(plan)

    def followed_up(self, at: datetime, *, occurrence: int = 1) -> "Story":
        done = FollowUpDone(
            case_id=self.ticket,
            at=at,
            follow_up=self.ticket,
            occurrence=occurrence,
            unit=UNIT,
            by="p",
            note=SEALED,
            matter=self.matter,
        )
        return self._then(done)

    def recurred(self, at: datetime, *, occurrence: int = 1) -> "Story":
        """Whoever followed up found the trouble back."""
        back = FollowUpRecurred(
            case_id=self.ticket,
            at=at,
            follow_up=self.ticket,
            occurrence=occurrence,
            unit=UNIT,
            other=OTHER,
            by="p",
            words=SEALED,
            matter=self.matter,
        )
        return self._then(back)

    def cancelled(self, at: datetime, *, occurrence: int = 1) -> "Story":
        """The follow-up is not needed."""
        dropped = FollowUpCancelled(
            case_id=self.ticket,
            at=at,
            follow_up=self.ticket,
            occurrence=occurrence,
            unit=UNIT,
            by="p",
            reason=SEALED,
        )
        return self._then(dropped)

    def sent(self, at: datetime, *, delivered_at: datetime | None) -> "Story":
        """A message of its was taken by the provider, and perhaps arrived."""
        names = {"notification_id": uuid5(self.ticket, f"sent {at}"), "ticket_id": self.ticket}
        self.notify.append(SendAccepted(at=at, attempt=1, provider_message_id="m", **names))
        if delivered_at is not None:
            self.notify.append(DeliveryReported(at=delivered_at, status=DeliveryStatus.DELIVERED, **names))
        return self

    def _then(self, event: CaseEvent) -> "Story":
        self.routing.append(event)
        return self
