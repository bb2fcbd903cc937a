"""What events of a case are made of: its matter, its clocks with terms and deadlines, why it went where it did."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field, model_validator

from shared.contracts.envelope import Event, Instant, Sealed, Value
from shared.contracts.intake import Contact
from shared.contracts.messages import Message


class Urgency(StrEnum):
    """How fast: urgent matters run round the clock, the others in working time."""

    NORMAL = "normal"
    URGENT = "urgent"


class Clock(StrEnum):
    """What a deadline is for."""

    ACCEPT = "accept"
    FIRST_RESPONSE = "first_response"
    RESOLVE = "resolve"
    REPORT_IN = "report_in"
    VERIFY = "verify"
    FOLLOW_UP = "follow_up"
    ANSWER = "answer"


class About(StrEnum):
    """What a unit asks of another."""

    EXTENSION = "extension"
    SUSPENSION = "suspension"
    TASK = "task"


class Term(Value):
    """How long a clock runs: in the unit's hours, while somebody of it is on duty by its rota, or round the clock.

    Days are working days.
    """

    clock: Clock
    minutes: int | None = Field(default=None, ge=1)
    working_days: int | None = Field(default=None, ge=1)
    working_time: bool = True
    on_duty: bool = Field(
        default=False, description="Its minutes count while the unit's rota has somebody on duty, not in its hours."
    )
    warn_at: tuple[int, ...] = Field(
        default=(), description="Per cent of its run, counted as it is counted, at which its unit is reminded (催办)."
    )

    @model_validator(mode="after")
    def _says_how_long_once(self) -> "Term":
        if (self.minutes is None) == (self.working_days is None):
            message = "a term needs either minutes or working_days"
            raise ValueError(message)
        if self.working_days is not None and not self.working_time:
            message = "working_days are counted in working time"
            raise ValueError(message)
        if self.on_duty and (self.minutes is None or not self.working_time):
            message = "on_duty counts minutes, neither days nor round the clock"
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
    verify_by: Instant | None = None
    accept_warnings: tuple[Instant, ...] = Field(default=(), description="When the unit is reminded before it.")
    resolve_warnings: tuple[Instant, ...] = Field(default=(), description="When the unit is reminded before it.")
    first_response_by: Instant | None = Field(
        default=None,
        description="By when anybody must have accepted the case, counted from its opening (首次响应): no transfer "
        "moves it. None once somebody has.",
    )
    first_response_warnings: tuple[Instant, ...] = Field(default=(), description="When the unit is reminded before it.")
    verify_warnings: tuple[Instant, ...] = Field(default=(), description="When who verifies is reminded before it.")


class Verification(Value):
    """What the rule asks before work counts as done (核查): by whom, with what evidence, observed how long (观察期)."""

    unit: str | None = Field(default=None, description="Who verifies; none for the unit above who resolves it.")
    note: bool = Field(default=False, description="Whether it is resolved with words.")
    photos_min: int = Field(default=0, ge=0, description="With how many photos it is resolved.")
    observe_minutes: int | None = Field(default=None, ge=1, description="Round the clock.")
    observe_working_days: int | None = Field(default=None, ge=1)


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
    templates: dict[Message, str] = Field(
        default_factory=dict, description="Which of the district's templates word its messages, as its rule says."
    )


class CaseEvent(Event):
    """What all of routing's events carry."""

    publisher: ClassVar[str] = "routing"

    case_id: UUID = Field(description="The ticket's id.")
    history: bool = Field(default=False, description="Imported as it was: no message, no clock.")


class FollowedEvent(CaseEvent):
    """What happens to a case happens in the same moment to those that were merged into it."""

    via: UUID | None = Field(
        default=None, description="The case that it happened to, where this one was merged into that and follows it."
    )
