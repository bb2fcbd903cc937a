"""Events of routing on `yima.routing.v1`: the handling of a ticket. Stream: the case; key: its id, the ticket's too."""

from enum import StrEnum
from typing import ClassVar, get_args
from uuid import UUID

from pydantic import Field, model_validator

from shared.contracts.envelope import Attachment, Event, Instant, Sealed, Value
from shared.contracts.intake import Channel, Contact

TOPIC = "yima.routing.v1"


class Urgency(StrEnum):
    """How fast: urgent matters run round the clock, the others in working time."""

    NORMAL = "normal"
    URGENT = "urgent"


class Clock(StrEnum):
    """What a deadline is for."""

    ACCEPT = "accept"
    RESOLVE = "resolve"
    REPORT_IN = "report_in"


class Term(Value):
    """How long a clock runs. Working minutes and days count in the unit's hours, other minutes round the clock."""

    clock: Clock
    minutes: int | None = Field(default=None, ge=1)
    working_days: int | None = Field(default=None, ge=1)
    working_time: bool = True

    @model_validator(mode="after")
    def _says_how_long_once(self) -> "Term":
        if (self.minutes is None) == (self.working_days is None):
            message = "a term needs either minutes or working_days"
            raise ValueError(message)
        if self.working_days is not None and not self.working_time:
            message = "working_days are counted in working time"
            raise ValueError(message)
        return self


class PassedOver(Value):
    """An earlier rule, and the condition of it that did not hold."""

    rule: str
    condition: str


class RuleTrace(Value):
    """Why this unit: which rule matched, why the earlier ones did not, by which edition of the directory."""

    rule: str = Field(description="Id of the rule; `history` where the imported row named the unit; `staff` by hand.")
    passed_over: tuple[PassedOver, ...] = ()
    directory_version: int


class Deadlines(Value):
    """By when, worked out once and kept: a later calendar changes nothing that has passed. None means no SLA."""

    accept_by: Instant | None = None
    resolve_by: Instant | None = None


class Matter(Value):
    """What the case is about, carried by the events whose readers need it, so that a reaction needs one topic."""

    number: str
    place: str
    area: str = Field(description="The place's own area: an estate or community.")
    category: str | None = None
    urgency: Urgency = Urgency.NORMAL
    reporter: str
    contact: Contact = Contact()
    tracking_token: Sealed
    locale: str = "zh"


class CaseEvent(Event):
    """What all of routing's events carry."""

    publisher: ClassVar[str] = "routing"

    case_id: UUID = Field(description="The ticket's id.")
    history: bool = Field(default=False, description="Imported as it was: no message, no clock.")


class CaseOpened(CaseEvent):
    """A ticket became a case."""

    matter: Matter
    channel: Channel
    text: Sealed
    attachments: tuple[Attachment, ...] = ()


class CaseAssigned(CaseEvent):
    """A unit was asked to handle the case."""

    unit: str
    matter: Matter
    trace: RuleTrace
    deadlines: Deadlines = Deadlines()
    terms: tuple[Term, ...] = Field(
        default=(), description="What the deadlines come from; later clocks of the case run by the same."
    )


class CaseAccepted(CaseEvent):
    """The unit's duty holder took it (接单)."""

    unit: str
    by: str | None = Field(default=None, description="Id of the staff member, none in imported history.")


class CaseReturned(CaseEvent):
    """The unit gave it back with a reason (退单); the unit above it sees to it that somebody has it."""

    unit: str
    by: str | None = None
    reason: Sealed
    to_unit: str | None = Field(default=None, description="The unit above, which is told; none at the ladder's end.")
    matter: Matter | None = None
    deadlines: Deadlines = Field(
        default=Deadlines(), description="The accept clock runs on, or anew when the unit had accepted."
    )


class CaseTransferred(CaseEvent):
    """It goes from one unit to another (转派). `CaseAssigned` for the new unit follows at once."""

    from_unit: str | None
    to_unit: str
    by: str
    reason: Sealed | None = None


# Who wrote on a case when it was nobody of the staff.
REPORTER = "reporter"
# Who blew a whistle that the district's rule blows with the assignment.
RULE = "rule"


class CaseNoted(CaseEvent):
    """Somebody wrote on the case."""

    by: str | None = Field(default=None, description="A person's id, or `reporter`.")
    note: Sealed


class WhistleBlown(CaseEvent):
    """The case is more than its unit can do (吹哨): another is called to it with its task. One event for each unit."""

    unit: str = Field(description="Who is called.")
    lead: str = Field(description="The unit that has the case, and keeps it.")
    by: str
    by_unit: str = Field(description="Whose whistle it is: the unit that hears of a refusal.")
    task: Sealed
    matter: Matter
    report_by: Instant | None = Field(default=None, description="By when the unit must report in; none means no clock.")


class UnitReportedIn(CaseEvent):
    """A called unit is there (报到)."""

    unit: str
    by: str
    in_time: bool | None = Field(default=None, description="By the moment that its whistle named; none without one.")


class JointTaskDone(CaseEvent):
    """A called unit has done its task, with evidence."""

    unit: str
    by: str
    to_unit: str = Field(description="The unit that has the case, or whose whistle it was; it is told.")
    note: Sealed
    matter: Matter
    evidence: tuple[Attachment, ...] = ()


class JointTaskDeclined(CaseEvent):
    """A called unit says that the task is not its own. It stays open until the grid agrees or insists."""

    unit: str
    by: str
    to_unit: str = Field(description="The grid, which decides and is told; without one, whose whistle it was.")
    reason: Sealed
    matter: Matter


class JointTaskReleased(CaseEvent):
    """The grid agrees with a refusal: the unit need not do its task."""

    unit: str
    by: str


class JointTaskInsisted(CaseEvent):
    """The grid does not agree with a refusal: the unit is asked again, with the reason and a fresh clock."""

    unit: str
    by: str
    reason: Sealed
    matter: Matter
    report_by: Instant | None = None


class JointTaskTakenOver(CaseEvent):
    """Another unit of the case does what a called one was asked to do."""

    unit: str
    by: str
    by_unit: str


class ExtensionAsked(CaseEvent):
    """The unit asks for more time (申请延期), before its resolve deadline has passed; it stands until granted."""

    unit: str
    by: str
    to_unit: str | None = Field(description="The grid, which decides and is told; none where no grid stands above.")
    resolve_by: Instant = Field(description="By when it would resolve the case.")
    reason: Sealed
    matter: Matter


class ExtensionGranted(CaseEvent):
    """The grid grants more time (同意延期): from now on the case is worked to, and judged by, the later deadline."""

    unit: str
    by: str
    deadlines: Deadlines
    matter: Matter


class ExtensionRefused(CaseEvent):
    """The grid refuses more time (不同意延期): the deadline stands."""

    unit: str
    by: str
    reason: Sealed
    matter: Matter


class SuspensionAsked(CaseEvent):
    """The unit asks that the resolve clock stands still until then (申请挂账); it runs until that is granted."""

    unit: str
    by: str
    to_unit: str | None = Field(description="The grid, which decides and is told; none where no grid stands above.")
    until: Instant = Field(description="When the clock would run on at the latest.")
    reason: Sealed
    matter: Matter


class SuspensionGranted(CaseEvent):
    """The grid lets the resolve clock stand still (同意挂账): the case is not late, and not due, until it ends."""

    unit: str
    by: str
    until: Instant
    matter: Matter


class SuspensionRefused(CaseEvent):
    """The grid does not (不同意挂账): the clock runs on."""

    unit: str
    by: str
    reason: Sealed
    matter: Matter


class SuspensionEnded(CaseEvent):
    """The resolve clock runs on, with what it had left (恢复计时): its end has come, or somebody ended it before."""

    unit: str
    by: str | None = Field(default=None, description="Id of who ended it; none when its end came.")
    deadlines: Deadlines
    matter: Matter


class CaseResolved(CaseEvent):
    """The unit says that the work is done, with evidence (处置). Not yet verified."""

    unit: str
    by: str | None = None
    note: Sealed | None = None
    evidence: tuple[Attachment, ...] = ()


class VerificationPassed(CaseEvent):
    """Somebody other than the doer confirmed it (核查)."""

    by: str | None = None
    note: Sealed | None = None


class VerificationFailed(CaseEvent):
    """Somebody other than the doer found it undone: rework (返工) with the reason and a fresh clock."""

    unit: str
    by: str
    reason: Sealed
    matter: Matter
    deadlines: Deadlines = Deadlines()


class CaseClosed(CaseEvent):
    """The ticket ends (结单); the reporter is asked."""

    by: str | None = None
    unit: str
    matter: Matter
    deadlines: Deadlines = Deadlines()
    in_time: bool | None = Field(
        default=None, description="Resolved by its first deadline, whatever rework got; none where there is no SLA."
    )


class CaseReopened(CaseEvent):
    """The reporter says it is not fixed (重开); the handler gets the words and a fresh clock."""

    unit: str
    words: Sealed
    matter: Matter
    deadlines: Deadlines = Deadlines()


class DeadlineMissed(CaseEvent):
    """A clock ran out while its reason still stood."""

    clock: Clock
    unit: str | None = Field(description="Who should have; none while unassigned.")
    matter: Matter
    deadline: Instant


class CaseEscalated(CaseEvent):
    """The ladder told the next level (升级): who is told, and why."""

    clock: Clock
    level: int = Field(ge=1, description="Step of the ladder, 1 for the first.")
    from_unit: str | None
    to_unit: str
    matter: Matter
    next_due: Instant | None = Field(default=None, description="When the level above is told; none at the last level.")


RoutingEvent = (
    CaseOpened
    | CaseAssigned
    | CaseAccepted
    | CaseReturned
    | CaseTransferred
    | CaseNoted
    | WhistleBlown
    | UnitReportedIn
    | JointTaskDone
    | JointTaskDeclined
    | JointTaskReleased
    | JointTaskInsisted
    | JointTaskTakenOver
    | ExtensionAsked
    | ExtensionGranted
    | ExtensionRefused
    | SuspensionAsked
    | SuspensionGranted
    | SuspensionRefused
    | SuspensionEnded
    | CaseResolved
    | VerificationPassed
    | VerificationFailed
    | CaseClosed
    | CaseReopened
    | DeadlineMissed
    | CaseEscalated
)
EVENTS: tuple[type[Event], ...] = get_args(RoutingEvent)
