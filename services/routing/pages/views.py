"""What the desk's pages show, as plain values; templates read nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl
from uuid import UUID

from services.routing.domain.case.joint import PartState
from services.routing.domain.case.state import Status
from services.routing.domain.deadlines import CountedIn
from services.routing.domain.inbox import Show, Wanted
from services.routing.domain.permissions import Action
from services.routing.pages.follow_ups import FollowUpShown
from services.routing.pages.refused import NOTHING_REFUSED, ActRefused
from shared.contracts.directory import Name
from shared.contracts.intake import Channel, StatedUrgency
from shared.contracts.routing import About, Clock, Verification
from shared.web.forms import EMPTY_FORM, Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who is signed in; every page of the desk shows it, and leads who may to the admin's pages and the phone desk."""

    name: str
    unit_name: Name
    admin: bool = False
    takes_calls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One case of the inbox. `again` marks rework and reopened ones; no deadline once its clocks have stopped.

    `asked` is what waits for the member's answer.
    """

    case_id: UUID
    version: int
    number: str
    words: str
    place_name: Name
    category_name: Name | None
    unit_name: Name | None
    status: Status
    urgent: bool
    again: bool
    opened_at: datetime
    clock: Clock | None
    deadline: datetime | None
    suspended_until: datetime | None = None
    duplicates: int = 0
    asked: Sequence[About] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a list can be narrowed to."""

    id: str
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One thing that a list is narrowed by, and the address of the list without it; or could be, and that with it."""

    what: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseList:
    """Rows by deadline, the exact totals of each list that this member has with its address, and the ways onward.

    `first` is the number of the first row among all; `query` keeps the list in the addresses of its cases; `quick` are
    the ways to what burns.
    """

    wanted: Wanted
    totals: Mapping[Show, int]
    addresses: Mapping[Show, str]
    rows: Sequence[InboxRow]
    first: int
    query: str
    next: str | None = None
    previous: str | None = None
    chips: Sequence[Chip] = ()
    quick: Sequence[Chip] = ()

    @property
    def fields(self) -> Sequence[tuple[str, str]]:
        """The list as a form names it in the address that it leads to."""
        return parse_qsl(self.query)

    @property
    def show(self) -> Show:
        """Which list it is."""
        return self.wanted.show

    @property
    def total(self) -> int:
        """How many cases the list has, exactly."""
        return self.totals[self.show]

    @property
    def last(self) -> int:
        """The number of the last row among all."""
        return self.first + len(self.rows) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    """`inbox.html`: a list, and what it can be narrowed to; `names` are those of what it is narrowed by.

    `live_after` is how far the log went when it was made, so that the page is told what came after.
    `may_pick` is whether its cases can be chosen, to do the same with several.
    """

    staff: Staff
    list: CaseList
    statuses: Sequence[Status]
    units: Sequence[Choice]
    categories: Sequence[Choice]
    names: Mapping[str, Name]
    live_after: int = 0
    may_pick: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture: where it is had from, with the same checks as the case."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One entry of the timeline: `unit_name` is the one that it went to or that acted, `until` a deadline in it.

    `what` is one of `lines`. `unit_names` are those that were at a conference, `category_name` is what the case counts
    as from then on; `by_rule` is what the rule says where nobody wrote words. `before` is the deadline that was counted
    anew by the calendar of the `edition`. `number` is that of the other case, where cases were merged.
    """

    what: str
    at: datetime
    unit_name: Name | None = None
    unit_names: Sequence[Name] = ()
    category_name: Name | None = None
    by: str = ""
    words: str = ""
    until: datetime | None = None
    before: datetime | None = None
    edition: int | None = None
    by_rule: Name | None = None
    number: str = ""
    photos: Sequence[Photo] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOverShown:
    """An earlier rule; `condition` is the field of Conditions that did not hold."""

    rule_name: Name
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyHere:
    """Why this unit has it; no rule's name where a person, the district's change or imported history decided."""

    rule_name: Name | None
    by_district: bool = False
    passed_over: Sequence[PassedOverShown]
    directory_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactShown:
    """How to reach the reporter: masked, or in full in answer to the act of `may_reveal`; empty when anonymous."""

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    may_reveal: bool = False
    in_full: bool = False


# Acts that are about one unit, or several, to be chosen from those that the page offers.
OF_UNITS = frozenset({Action.WHISTLE, Action.CONFER})
OF_A_UNIT = frozenset(
    {
        Action.TRANSFER,
        *OF_UNITS,
        Action.ENTRUST,
        Action.TASK_RELEASE,
        Action.TASK_INSIST,
        Action.TASK_TAKE_OVER,
        Action.FOLLOW_UP,
    }
)
# What the unit that follows up says came of it.
OUTCOMES = frozenset({Action.FOLLOW_UP_DONE, Action.FOLLOW_UP_RECURRED})
OF_A_FOLLOW_UP = OUTCOMES | {Action.FOLLOW_UP_CANCEL}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChoice:
    """A unit to transfer to, to call, or whose task is settled or taken over."""

    id: str
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryChoice:
    """A category that the case can be counted as."""

    id: str
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class PartShown:
    """A called unit in the case's joint work, and its task. `deadline` is for reporting in, while that is awaited."""

    unit_name: Name
    state: PartState
    task: str
    deadline: datetime | None
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedShown:
    """A case that follows this one, or the one that it follows; no words where they were erased, or are not told."""

    case_id: UUID
    number: str
    opened_at: datetime | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """By when a case was to be resolved, as figures judge it, and when it was.

    One that follows another is `counted_late` where that is, also by a later deadline of its own.
    """

    due_at: datetime
    done_at: datetime
    counted_late: bool = False

    @property
    def late_minutes(self) -> float | None:
        """How late, at least a minute; none where it was in time."""
        late_s = (self.done_at - self.due_at).total_seconds()
        return max(1.0, late_s / 60) if late_s > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """`case.html`: `actions` are those allowed now, the likeliest first; `refused` is what was just tried in vain.

    `verifier_name` is the unit that verifies, `observed_until` the end of the time in which it cannot be passed yet.

    `own_task` is what its reader's unit is called to do, until that is done.

    `asked_until` is the deadline, or the end of a suspension, that the unit has asked for and nobody has answered.

    `nearby` are other open cases at its place, for who may merge it into one of them.

    `guessed_by` are the district's words by which the category was guessed, as long as nobody has corrected it.

    `live_after` is how far the log went when it was read; `writer` is whose drafts the browser keeps.

    `beside` is the list that one came from: a wide screen keeps it in view, and acts lead back to it.

    Fields: categorise category; return reason; transfer unit, reason; note, resolve and task-done note, photos;
    verify-pass note; verify-fail and task-decline reason; whistle units, task, and task-<unit> for each;
    confer units, minutes, photos; entrust unit, release, reason;
    merge into; split other, category; task-insist unit, reason; task-release and task-take-over unit;
    extend and suspend working_days, reason; extend-refuse and suspend-refuse reason; follow-up unit, task, after_days,
    rhythm; follow-up-done and follow-up-recurred follow_up, note, photos; follow-up-cancel follow_up, reason; all carry
    the hidden version (the stream's) and form_token. Erased words are None.
    """

    staff: Staff
    case_id: UUID
    version: int
    form_token: str
    number: str
    status: Status
    urgent: bool
    place_name: Name
    area_name: Name
    category_name: Name | None
    unit_name: Name | None
    channel: Channel
    opened_at: datetime
    words: str | None
    photos: Sequence[Photo]
    contact: ContactShown
    clock: Clock | None
    deadline: datetime | None
    judged: Judged | None
    happenings: Sequence[Happening]
    why_here: WhyHere | None
    actions: Sequence[Action]
    units: Mapping[Action, Sequence[UnitChoice]] = field(default_factory=dict)
    categories: Sequence[CategoryChoice] = ()
    guessed_by: Sequence[str] = ()
    parts: Sequence[PartShown] = ()
    open_parts: int = 0
    own_task: str = ""
    follow_ups: Sequence[FollowUpShown] = ()
    of_action: Mapping[Action, Sequence[FollowUpShown]] = field(default_factory=dict)
    counted_in: CountedIn | None = None
    asked_until: datetime | None = None
    verifier_name: Name | None = None
    observed_until: datetime | None = None
    evidence_asked: Verification | None = None
    suspended_until: datetime | None = None
    master: MergedShown | None = None
    duplicates: Sequence[MergedShown] = ()
    split: Sequence[MergedShown] = ()
    again: Sequence[MergedShown] = ()
    nearby: Sequence[MergedShown] = ()
    split_categories: Sequence[CategoryChoice] = ()
    reporter_withdrew: bool = False
    stated_urgency: StatedUrgency | None = None
    taken_by: str | None = None
    refused: ActRefused = NOTHING_REFUSED
    writer: str = ""
    live_after: int = 0
    beside: CaseList | None = None

    def form_of(self, action: Action) -> Form:
        """The form of one action: as typed when it was refused, empty otherwise."""
        return self.refused.form if action == self.refused.action else EMPTY_FORM
