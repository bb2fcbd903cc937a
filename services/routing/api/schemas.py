"""What the interface takes and gives, field by field."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.routing.domain.case.extension import EXTENSION_DAYS_MAX
from services.routing.domain.case.follow_up import FollowUpState
from services.routing.domain.case.joint import PartState
from services.routing.domain.case.state import Status
from services.routing.domain.inbox import (
    CURSOR_LENGTH_MAX,
    CursorNotValidError,
    Days,
    Due,
    Narrowing,
    Show,
    Wanted,
    cursor_in,
)
from services.routing.domain.words import LENGTH_MAX, WordsFault, cleaned, fault_in
from shared.contracts.directory import Name
from shared.contracts.intake import Channel, Link, StatedUrgency
from shared.contracts.routing import FOLLOW_UP_DAYS_MAX, FOLLOW_UP_TIMES_MAX, Clock, Wording

# What pydantic calls each fault of words; `shared.kernel.misread` has its reason and remedy.
KINDS = {
    WordsFault.REQUIRED: "blank",
    WordsFault.TOO_LONG: "string_too_long",
    WordsFault.NOT_PRINTABLE: "not_printable",
}


def _printable(words: str) -> str:
    fault = fault_in(words := cleaned(words))
    if fault is not None:
        raise PydanticCustomError(KINDS[fault], "not as words must be", {"max_length": LENGTH_MAX})
    return words


Words = Annotated[str, AfterValidator(_printable)]
CategoryId = Annotated[str, Field(max_length=64)]
UnitId = Annotated[str, Field(max_length=64)]
CodeInQuery = Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")]


class Body(BaseModel):
    """A body; a field that nobody reads is a mistake, and is said to be one."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def given(self) -> Mapping[str, Any]:
        """What comes with the act."""
        return self.model_dump(exclude_none=True)


class Credentials(Body):
    """Who signs in."""

    account: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
    password: Annotated[str, Field(max_length=200)] = Field(repr=False)


class NothingMore(Body):
    """The act says all: an empty object, or no body."""


class PerhapsWords(Body):
    """The act, and words if there is something to say."""

    words: Words | None = Field(default=None, repr=False, description=f"At most {LENGTH_MAX} characters.")


class WithWords(Body):
    """The act in words."""

    words: Words = Field(repr=False, description=f"At most {LENGTH_MAX} characters.")


class OfUnit(Body):
    """The unit that the act is about."""

    unit: UnitId = Field(description="Id of a unit of the case's `parts`.")


class OfCategory(Body):
    """The category that the case is of."""

    category: CategoryId = Field(description="Id of one of the case's `categories`.")


class OfUnitWithWords(WithWords):
    """The unit that the act is about, and why."""

    unit: UnitId = Field(description="Id of a unit: of the case's `units`, or of its `parts` for a joint task.")


class OwnTask(Body):
    """A unit to call, and what it alone is asked."""

    unit: UnitId = Field(description="Id out of the case's `units`.")
    task: Words = Field(repr=False, description=f"At most {LENGTH_MAX} characters.")


class Whistle(WithWords):
    """Whom to call, and what for: `words` is what all are asked who have no task of their own."""

    units: tuple[UnitId, ...] = Field(min_length=1, max_length=50, description="Ids out of the case's `units`.")
    calls: tuple[OwnTask, ...] = Field(
        default=(), max_length=50, description="What single units are asked in place of `words`; they are called too."
    )

    def given(self) -> Mapping[str, Any]:
        """As the act takes it."""
        own = {each.unit: each.task for each in self.calls}
        return {"words": self.words, "units": self.units, "own_tasks": own}


class Entrusted(PerhapsWords):
    """The unit that gets the job."""

    unit: UnitId = Field(description="Id of a unit of the case's `parts` that has reported in.")
    release: bool = Field(default=False, strict=True, description="Whether the others are let go; the grid alone can.")


class Conference(WithWords):
    """Who was there, and what they said."""

    units: tuple[UnitId, ...] = Field(
        min_length=1, max_length=100, description="The case's `unit`, your own, or ids out of its `parts`."
    )


class MoreTime(WithWords):
    """How much time, and why."""

    working_days: int = Field(
        strict=True, ge=1, le=EXTENSION_DAYS_MAX, description="So many of the unit's working days."
    )


class FollowUpToPlan(WithWords):
    """What is to be done after the fix, by whom, in how many days, and how often."""

    unit: UnitId = Field(description="Id of a unit: of the case's `units`, or the one that has it.")
    after_days: int = Field(strict=True, ge=1, le=FOLLOW_UP_DAYS_MAX, description="In so many days the first time.")
    every_days: int | None = Field(default=None, strict=True, ge=1, le=FOLLOW_UP_DAYS_MAX)
    in_working_days: bool = Field(default=False, strict=True, description="Whether the days are the unit's workdays.")
    times: int = Field(default=1, strict=True, ge=1, le=FOLLOW_UP_TIMES_MAX, description="1 without `every_days`.")

    @model_validator(mode="after")
    def _says_how_often(self) -> "FollowUpToPlan":
        if (self.every_days is None) != (self.times == 1):
            raise PydanticCustomError("value_error", "every_days and times above 1 go together")
        return self


class OfFollowUp(WithWords):
    """The follow-up that the act is about, and what was done or found, or why it is not to be."""

    follow_up: UUID = Field(description="Id out of the case's `follow_ups`.")


class OtherTrouble(WithWords):
    """The second trouble of the report, alone, in your words; without a category the district's words say it."""

    category: CategoryId | None = Field(default=None, description="Id of one of the district's open categories.")


class Into(Body):
    """The case that this one is merged into."""

    into: Annotated[str, Field(max_length=64)] = Field(description="The number of another open case that you see.")


class Session(BaseModel):
    """A session that has begun: send the token as `Authorization: Bearer`."""

    token: str = Field(repr=False)
    expires_at: datetime


class PassIssued(BaseModel):
    """A pass to read the tickets behind figures: send it as `Authorization: Bearer` to `/api/v1/figures/…`."""

    token: str = Field(repr=False)
    expires_at: datetime


class CaseShown(BaseModel):
    """A case as the inbox has it. Words are none when the reporter was erased."""

    id: UUID
    version: int = Field(description="As its `ETag`.")
    number: str
    status: Status
    unit: str | None
    place: str
    area: str
    category: str | None
    urgent: bool
    opened_at: datetime
    clock: Clock | None
    due_at: datetime | None
    suspended_until: datetime | None
    duplicates: int = Field(description="How many cases were merged into it.")
    words: str | None


def _ours(written: str) -> str:
    try:
        cursor_in(written)
    except CursorNotValidError:
        raise PydanticCustomError("cursor_not_ours", "not a cursor") from None
    return written


class ListQuery(Body):
    """Which cases: one of the desk's lists, narrowed by all that is named, from a cursor on."""

    show: Show = Field(
        default=Show.UNIT,
        description="Yours, your unit's, all that you see, nobody's, those that wait for your answer, or closed ones.",
    )
    status: Status | None = None
    unit: CodeInQuery | None = None
    category: CodeInQuery | None = Field(default=None, description="With all below it.")
    urgent: bool = Field(default=False, description="Only urgent ones.")
    due: Due | None = Field(default=None, description="Past their deadline, or before today is over.")
    place: CodeInQuery | None = Field(default=None, description="Its code, or a part of its name.")
    words: CodeInQuery | None = Field(
        default=None,
        description="Stand in what was reported: of the 500 open cases that are due first, and the 500 closed last.",
    )
    number: Annotated[str, Field(pattern=r"^[0-9]{1,20}$")] | None = Field(default=None, description="Or a part of it.")
    days: Days = Field(default=Days.MONTH, description="How far back closed ones are looked for, in days.")
    cursor: Annotated[str, Field(max_length=CURSOR_LENGTH_MAX), AfterValidator(_ours)] | None = Field(
        default=None, description="The `next` or `previous` of a page of the same list."
    )

    def wanted(self) -> Wanted:
        """The page that is asked for."""
        narrowing = Narrowing(
            status=self.status,
            unit=self.unit,
            categories=(self.category,) if self.category else (),
            urgent=self.urgent,
            due=self.due,
            place=self.place,
            words=self.words,
            number=self.number,
            days=self.days,
        )
        return Wanted(show=self.show, narrowing=narrowing, cursor=cursor_in(self.cursor) if self.cursor else None)


class CasesShown(BaseModel):
    """One page of a list, how many the list has in all, and how many each list that the desk offers you would have."""

    total: int
    totals: Mapping[Show, int]
    before: int = Field(description="How many come before this page.")
    next: str | None = Field(description="The cursor of the page after this one.")
    previous: str | None = Field(description="The cursor of the page before this one.")
    cases: Sequence[CaseShown]


class PartInFull(BaseModel):
    """A unit that was called to the case, and how far its task has come."""

    unit: str
    called_by: str
    task: str | None = Field(description="What it was last asked to do; none when the reporter was erased.")
    state: PartState
    report_by: datetime | None
    reported_at: datetime | None
    late: bool


class FollowUpInFull(BaseModel):
    """Work that keeps the fix, as its latest time stands."""

    id: UUID
    unit: str
    task: str | None = Field(description="What somebody asked for; none where the rule does, or it was erased.")
    by_rule: Wording | None = Field(description="What the rule asks for.")
    state: FollowUpState
    due: datetime
    deadline: datetime
    every_days: int | None
    in_working_days: bool
    occurrence: int = Field(description="Which of `times` this is.")
    times: int
    done: int
    missed: int


class HappenedInFull(BaseModel):
    """One event of the case, such as `CaseAccepted`; words are none when there are none, or none any more."""

    event: str
    at: datetime
    unit: str | None
    by: str | None
    words: str | None


class Change(BaseModel):
    """What happened to a case since it was read: as in its `way`, which alone has the words, lest they be logged."""

    event: str
    at: datetime
    unit: str | None
    by: str | None


class UnitChoice(BaseModel):
    """A unit that an act can name."""

    id: str
    name: Name


class CategoryChoice(BaseModel):
    """A category that a case can be counted as."""

    id: str
    name: Name


class ContactInFull(BaseModel):
    """How to reach the reporter; empty where they stayed anonymous, or were erased."""

    name: str = Field(repr=False)
    phone: str = Field(repr=False)


class CaseInFull(BaseModel):
    """One case; `acts` are those that it would not refuse you now."""

    id: UUID
    version: int
    number: str
    status: Status
    unit: str | None
    place: str
    area: str
    category: str | None
    urgent: bool = Field(description="As its rule says.")
    stated_urgency: StatedUrgency | None = Field(
        description="As it was reported, by who or what `channel` tells; none where nobody said."
    )
    channel: Channel = Field(description="How it came in.")
    history: bool
    rule: str | None
    accept_by: datetime | None
    first_response_by: datetime | None = Field(
        description="By when anybody must have accepted it, however often it is handed on; none once somebody has."
    )
    resolve_by: datetime | None
    verify_by: datetime | None = Field(description="By when it is to be verified, while it is resolved.")
    verifier: str | None = Field(description="The unit that verifies it; none for anybody but who did the work.")
    observed_until: datetime | None = Field(description="It can not be passed before; none once that is over.")
    asked_until: datetime | None = Field(
        description="The later deadline, or the end of a suspension, that its unit asks for, not yet answered."
    )
    answer_by: datetime | None = Field(description="By when what units ask is to be answered, the earliest.")
    suspended_until: datetime | None = Field(description="Until when its resolve clock stands still.")
    master: UUID | None = Field(description="The case that it was merged into, and follows.")
    duplicates: Sequence[UUID] = Field(description="The cases that were merged into it, and follow it.")
    split_from: UUID | None = Field(description="The case that it comes of: see `link`.")
    link: Link | None = Field(description="Whether that one told of this trouble too, or of the same one before.")
    split_off: Sequence[UUID] = Field(description="The cases that came of it in either way; there in a moment.")
    withdrawn: bool = Field(description="Its own reporter withdrew it: it is closed, or goes on for its `duplicates`.")
    words: str | None
    contact: ContactInFull = Field(description="Masked, such as `138****0000`; `POST …/contact` tells it in full.")
    parts: Sequence[PartInFull] = Field(description="The joint work: who was called by a whistle.")
    follow_ups: Sequence[FollowUpInFull] = Field(description="What is done after the fix so that it lasts.")
    way: Sequence[HappenedInFull] = Field(description="What has happened, in order.")
    units: Sequence[UnitChoice] = Field(description="Whom it could be transferred to, or whom a whistle could call.")
    categories: Sequence[CategoryChoice] = Field(description="What it could be counted as.")
    acts: Sequence[str] = Field(description="Names of the acts, the likeliest first.")
