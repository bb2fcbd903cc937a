"""Events of routing on `yima.routing.v1`: the handling of a ticket. Stream: the case; key: its id, the ticket's too."""

from uuid import UUID

from pydantic import Field

from shared.contracts.case import About as About
from shared.contracts.case import CaseEvent as CaseEvent
from shared.contracts.case import Clock as Clock
from shared.contracts.case import Deadlines as Deadlines
from shared.contracts.case import FollowedEvent as FollowedEvent
from shared.contracts.case import Matter as Matter
from shared.contracts.case import PassedOver as PassedOver
from shared.contracts.case import RuleTrace as RuleTrace
from shared.contracts.case import Term as Term
from shared.contracts.case import Urgency as Urgency
from shared.contracts.case import Verification as Verification
from shared.contracts.envelope import Attachment, Instant, Sealed, events_of
from shared.contracts.follow_ups import FOLLOW_UP_DAYS_MAX as FOLLOW_UP_DAYS_MAX
from shared.contracts.follow_ups import FOLLOW_UP_TIMES_MAX as FOLLOW_UP_TIMES_MAX
from shared.contracts.follow_ups import FollowUpCancelled as FollowUpCancelled
from shared.contracts.follow_ups import FollowUpDone as FollowUpDone
from shared.contracts.follow_ups import FollowUpMissed as FollowUpMissed
from shared.contracts.follow_ups import FollowUpPlanned as FollowUpPlanned
from shared.contracts.follow_ups import FollowUpRecurred as FollowUpRecurred
from shared.contracts.follow_ups import FollowUpReminded as FollowUpReminded
from shared.contracts.follow_ups import FollowUpTerm as FollowUpTerm
from shared.contracts.follow_ups import Wording as Wording
from shared.contracts.intake import Channel, Link, StatedUrgency
from shared.contracts.joint_work import ConferenceHeld as ConferenceHeld
from shared.contracts.joint_work import ConferenceMissed as ConferenceMissed
from shared.contracts.joint_work import JointTaskDeclined as JointTaskDeclined
from shared.contracts.joint_work import JointTaskDone as JointTaskDone
from shared.contracts.joint_work import JointTaskEntrusted as JointTaskEntrusted
from shared.contracts.joint_work import JointTaskInsisted as JointTaskInsisted
from shared.contracts.joint_work import JointTaskReleased as JointTaskReleased
from shared.contracts.joint_work import JointTaskTakenOver as JointTaskTakenOver
from shared.contracts.joint_work import UnitReportedIn as UnitReportedIn
from shared.contracts.joint_work import WhistleBlown as WhistleBlown
from shared.contracts.merging import CaseJoined as CaseJoined
from shared.contracts.merging import CaseLeft as CaseLeft
from shared.contracts.merging import CaseMerged as CaseMerged
from shared.contracts.more_time import ExtensionAsked as ExtensionAsked
from shared.contracts.more_time import ExtensionGranted as ExtensionGranted
from shared.contracts.more_time import ExtensionRefused as ExtensionRefused
from shared.contracts.more_time import ExtensionWithdrawn as ExtensionWithdrawn
from shared.contracts.more_time import SuspensionAsked as SuspensionAsked
from shared.contracts.more_time import SuspensionEnded as SuspensionEnded
from shared.contracts.more_time import SuspensionGranted as SuspensionGranted
from shared.contracts.more_time import SuspensionRefused as SuspensionRefused
from shared.contracts.more_time import SuspensionWithdrawn as SuspensionWithdrawn
from shared.contracts.recounting import DeadlineRecomputed as DeadlineRecomputed
from shared.contracts.replacing import AwaitedUnitReplaced as AwaitedUnitReplaced
from shared.contracts.splitting import CaseSplit as CaseSplit
from shared.contracts.withdrawal import CaseWithdrawn as CaseWithdrawn
from shared.contracts.withdrawal import ReporterWithdrew as ReporterWithdrew

TOPIC = "yima.routing.v1"


class CaseOpened(CaseEvent):
    """A ticket became a case."""

    matter: Matter
    channel: Channel
    text: Sealed
    attachments: tuple[Attachment, ...] = ()
    split_from: UUID | None = Field(default=None, description="The case that it comes from: see `link`.")
    link: Link = Field(default=Link.SECOND_TROUBLE, description="What `split_from` is to it.")
    stated_urgency: StatedUrgency | None = Field(
        default=None, description="As it was reported; what the rules made of it is the matter's `urgency`."
    )
    taken_by: str | None = Field(default=None, description="Id of who took it down by telephone.")


class CaseCategorised(CaseEvent):
    """It counts as of this category: guessed by the district's words, or corrected by staff (改类别)."""

    category: str
    by: str | None = Field(default=None, description="Id of who corrected it; none where it was guessed.")
    matched: tuple[str, ...] = Field(
        default=(), description="By which of the district's own words it was guessed; none of them is the reporter's."
    )
    matter: Matter


class CaseAssigned(CaseEvent):
    """A unit was asked to handle the case."""

    unit: str
    matter: Matter
    trace: RuleTrace
    deadlines: Deadlines = Deadlines()
    terms: tuple[Term, ...] = Field(
        default=(), description="What the deadlines come from; later clocks of the case run by the same."
    )
    entrusted: bool = Field(default=False, description="It was called and is there: it need not accept any more.")
    verification: Verification | None = Field(default=None, description="None where the rule asks nothing of it.")
    follow_ups: tuple[FollowUpTerm, ...] = Field(default=(), description="What is planned when the case is closed.")


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
# Who moved a case that a new edition of the district would have stranded.
DISTRICT = "district"


class CaseNoted(CaseEvent):
    """Somebody wrote on the case."""

    by: str | None = Field(default=None, description="A person's id, or `reporter`.")
    note: Sealed
    evidence: tuple[Attachment, ...] = ()


class CaseReminded(CaseEvent):
    """Somebody who oversees the case reminded the unit that has it (催办); no clock moves."""

    unit: str = Field(description="Who has the case, and is told.")
    by: str
    by_unit: str
    words: Sealed
    matter: Matter


class ContactRevealed(CaseEvent):
    """Somebody who handles the case looked at the reporter's contact in full (查看联系方式)."""

    by: str
    unit: str


class CaseResolved(FollowedEvent):
    """The unit says that the work is done, with evidence (处置). Not yet verified."""

    unit: str
    by: str | None = None
    note: Sealed | None = None
    evidence: tuple[Attachment, ...] = ()
    to_unit: str | None = Field(default=None, description="Who verifies it, and is told; none where nobody is named.")
    matter: Matter | None = None
    observed_until: Instant | None = Field(default=None, description="Not passed before: it must prove right (观察期).")
    deadlines: Deadlines = Field(default=Deadlines(), description="By when it is verified, from the observation's end.")


class VerificationPassed(FollowedEvent):
    """Somebody other than the doer confirmed it (核查)."""

    by: str | None = None
    note: Sealed | None = None


class VerificationFailed(FollowedEvent):
    """Somebody other than the doer found it undone: rework (返工) with the reason and a fresh clock."""

    unit: str
    by: str
    reason: Sealed
    matter: Matter
    deadlines: Deadlines = Deadlines()


class CaseClosed(FollowedEvent):
    """The ticket ends (结单); the reporter is asked."""

    by: str | None = None
    unit: str
    matter: Matter
    deadlines: Deadlines = Deadlines()
    in_time: bool | None = Field(
        default=None, description="Resolved by its first deadline, whatever rework got; none where there is no SLA."
    )
    withdrawn: bool = Field(
        default=False, description="Its own reporter withdrew it before, and is asked nothing: it went on for others."
    )
    follow_up_at: Instant | None = Field(
        default=None, description="When the first work that keeps the fix is due (回头看); none where none is planned."
    )


class CaseReopened(FollowedEvent):
    """The reporter says it is not fixed (重开); the handler gets the words and a fresh clock."""

    unit: str
    words: Sealed
    matter: Matter
    deadlines: Deadlines = Deadlines()
    said_of: UUID | None = Field(
        default=None, description="The merged case whose reporter says so; none where it is this one's own."
    )


def said_by_another(event: CaseReopened) -> bool:
    """Whether it is not this case's own reporter who says so: where cases were merged, one word reopens them all."""
    own = event.case_id if event.via is not None else None
    return event.said_of not in (own, event.case_id)


class DeadlineWarned(CaseEvent):
    """A clock has run to a warn point (催办): the unit that it runs for is reminded, and nobody else."""

    clock: Clock
    unit: str | None = Field(description="Who must act; none while unassigned.")
    matter: Matter
    deadline: Instant
    next_due: Instant = Field(description="The next warn point, or the deadline.")
    asked_by: str | None = Field(default=None, description="Of an answer clock: whose question waits.")
    about: About | None = Field(default=None, description="Of an answer clock: what that unit asks.")


class DeadlineMissed(CaseEvent):
    """A clock ran out while its reason still stood."""

    clock: Clock
    unit: str | None = Field(description="Who should have; none while unassigned.")
    matter: Matter
    deadline: Instant
    asked_by: str | None = Field(default=None, description="Of an answer clock: whose question waits.")
    about: About | None = Field(default=None, description="Of an answer clock: what that unit asks.")


class CaseEscalated(CaseEvent):
    """The ladder told the next level (升级): who is told, and why."""

    clock: Clock
    level: int = Field(ge=1, description="Step of the ladder, 1 for the first.")
    from_unit: str | None
    to_unit: str
    matter: Matter
    next_due: Instant | None = Field(default=None, description="When the level above is told; none at the last level.")
    asked_by: str | None = Field(default=None, description="Of an answer clock: whose question waits.")
    about: About | None = Field(default=None, description="Of an answer clock: what that unit asks.")


RoutingEvent = CaseEvent
# Those above, and those of each subject whose file is imported here.
EVENTS = events_of(CaseEvent)
