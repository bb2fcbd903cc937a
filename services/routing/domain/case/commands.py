"""What can be asked of a case. Time, ids, the resolved unit, deadlines and their warnings come with the command."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.routing.domain.case.actor import Actor as Actor
from services.routing.domain.case.command import Act as Act
from services.routing.domain.case.command import Command as Command
from services.routing.domain.case.follow_up import CancelFollowUp as CancelFollowUp
from services.routing.domain.case.follow_up import FinishFollowUp as FinishFollowUp
from services.routing.domain.case.follow_up import FollowUpReached as FollowUpReached
from services.routing.domain.case.follow_up import Plan as Plan
from services.routing.domain.case.follow_up import PlanFollowUp as PlanFollowUp
from services.routing.domain.case.follow_up import ReportRecurrence as ReportRecurrence
from services.routing.domain.case.more_time import AskExtension as AskExtension
from services.routing.domain.case.more_time import AskSuspension as AskSuspension
from services.routing.domain.case.more_time import EndSuspension as EndSuspension
from services.routing.domain.case.more_time import GrantExtension as GrantExtension
from services.routing.domain.case.more_time import GrantSuspension as GrantSuspension
from services.routing.domain.case.more_time import RefuseExtension as RefuseExtension
from services.routing.domain.case.more_time import RefuseSuspension as RefuseSuspension
from services.routing.domain.case.more_time import SuspensionReached as SuspensionReached
from services.routing.domain.case.more_time import WithdrawExtension as WithdrawExtension
from services.routing.domain.case.more_time import WithdrawSuspension as WithdrawSuspension
from services.routing.domain.case.recounting import RecomputeDeadlines as RecomputeDeadlines
from services.routing.domain.case.relocation import MoveCase as MoveCase
from services.routing.domain.case.same_trouble import Join as Join
from services.routing.domain.case.same_trouble import Leave as Leave
from services.routing.domain.case.same_trouble import Merge as Merge
from services.routing.domain.case.state import Case
from services.routing.domain.guessing import Guess
from shared.contracts.envelope import Attachment, Sealed
from shared.contracts.intake import Channel, Link, Milestones, Note, StatedUrgency
from shared.contracts.routing import Clock, Deadlines, FollowUpTerm, Matter, RuleTrace, Term, Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The unit that a rule, or a person, chose, and by when it must act."""

    unit: str
    trace: RuleTrace
    deadlines: Deadlines = field(default_factory=Deadlines)
    terms: tuple[Term, ...] = ()
    verification: Verification | None = None
    follow_ups: tuple[FollowUpTerm, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AtOnce:
    """A unit that the rule calls with the assignment; the district's words are sealed as anybody's are."""

    unit: str
    task: Sealed
    report_by: datetime | None = None
    warnings: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase(Command):
    """A ticket arrived; the rules have chosen its unit, and whom it calls at once."""

    case_id: UUID
    matter: Matter
    channel: Channel
    text: Sealed
    attachments: tuple[Attachment, ...] = ()
    assignment: Assignment
    calls: tuple[AtOnce, ...] = ()
    guess: Guess | None = None
    split_from: UUID | None = None
    link: Link = Link.SECOND_TROUBLE
    stated_urgency: StatedUrgency | None = None
    taken_by: str | None = None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCase(Command):
    """A ticket of another system's past arrived, with its dated milestones."""

    case_id: UUID
    matter: Matter
    text: Sealed
    assignment: Assignment
    opened_at: datetime
    milestones: Milestones = field(default_factory=Milestones)
    notes: tuple[Note, ...] = ()
    stated_urgency: StatedUrgency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(Act):
    """The unit takes the case (接单)."""

    by: Actor
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Act):
    """The unit gives the case back (退单) to `to_unit`, which stands above it and sees to it that somebody has it.

    Where none stands above, nobody would: then it is refused.
    `accept_by` counts when its accept clock had stopped.
    """

    by: Actor
    reason: Sealed
    accept_by: datetime | None
    warnings: tuple[datetime, ...] = ()
    to_unit: str | None = None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Act):
    """The case goes to another unit (转派), which must accept it by `accept_by`."""

    by: Actor
    to_unit: str
    reason: Sealed | None = None
    accept_by: datetime | None
    warnings: tuple[datetime, ...] = ()
    directory_version: int
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote(Act):
    """Somebody writes on the case; also after its end."""

    by: Actor
    note: Sealed
    evidence: tuple[Attachment, ...] = ()
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Remind(Act):
    """Somebody who oversees the case reminds the unit that has it (催办)."""

    by: Actor
    words: Sealed
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A unit that a whistle calls, what it alone is asked, and by when it must report in."""

    unit: str
    task: Sealed | None = None
    report_by: datetime | None = None
    warnings: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BlowWhistle(Act):
    """Other units are called to the case (吹哨), with the common task or each with its own."""

    by: Actor
    calls: tuple[Call, ...]
    task: Sealed
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportIn(Act):
    """The actor's unit, which was called, is there (报到)."""

    by: Actor
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishTask(Act):
    """The actor's unit has done its joint task."""

    by: Actor
    note: Sealed
    evidence: tuple[Attachment, ...] = ()
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineTask(Act):
    """The actor's unit says that the joint task is not its own; `to_unit` is the grid that decides, if there is one."""

    by: Actor
    reason: Sealed
    to_unit: str | None = None
    answer_by: datetime | None = None
    warnings: tuple[datetime, ...] = ()
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseTask(Act):
    """The grid agrees that `unit` need not do its task."""

    by: Actor
    unit: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InsistOnTask(Act):
    """The grid insists that `unit` does its task, and reports in by `report_by`."""

    by: Actor
    unit: str
    reason: Sealed
    report_by: datetime | None
    warnings: tuple[datetime, ...] = ()
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeTaskOver(Act):
    """The actor's unit does what `unit` was called for."""

    by: Actor
    unit: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrust(Act):
    """The called `unit`, which is there, is given the job (交办); `release` lets the other called units go."""

    by: Actor
    unit: str
    reason: Sealed | None = None
    release: bool = False
    directory_version: int
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Confer(Act):
    """The units of the case have conferred (会商): who was `present`, and what they said."""

    by: Actor
    present: tuple[str, ...]
    minutes: Sealed
    evidence: tuple[Attachment, ...] = ()
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealContact(Act):
    """The reporter's contact in full (显示联系方式). `master` is the one that the case follows, as that stands now."""

    by: Actor
    master: Case | None = None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve(Act):
    """The unit says that the work is done (处置). `to_unit` verifies it by `verify_by`, not before `observed_until`."""

    by: Actor
    note: Sealed | None = None
    evidence: tuple[Attachment, ...] = ()
    to_unit: str | None = None
    observed_until: datetime | None = None
    verify_by: datetime | None = None
    warnings: tuple[datetime, ...] = ()
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PassVerification(Act):
    """Somebody other than the doer confirms the fix (核查)."""

    by: Actor
    note: Sealed | None = None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FailVerification(Act):
    """Somebody other than the doer finds it undone; rework (返工) is due by `resolve_by`."""

    by: Actor
    reason: Sealed
    resolve_by: datetime | None
    warnings: tuple[datetime, ...] = ()
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Act):
    """The verified case ends (结单); `follow_ups` are what its rule wants planned then."""

    by: Actor
    follow_ups: tuple[Plan, ...] = ()
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Act):
    """The reporter says that it is not fixed (重开); the unit gets fresh deadlines.

    `said_of` is the merged case whose reporter says so, where it is not the case's own.
    """

    words: Sealed
    deadlines: Deadlines
    said_of: UUID | None = None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Act):
    """Somebody finds a second trouble in the report: `words` tell of it alone, and `other` is the id that it gets."""

    by: Actor
    other: UUID
    words: Sealed
    category: str | None = None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw(Command):
    """The reporter wants nothing done any more (撤回)."""

    words: Sealed | None = None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Categorise(Act):
    """The case counts as of another category (改类别)."""

    by: Actor
    category: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineReached(Command):
    """A timer fired, of the unit `called` if any; `next_unit` is the next level, told again above it at `next_due`."""

    clock: Clock
    called: str | None = None
    generation: int
    next_unit: str | None
    next_due: datetime | None
    now: datetime
