"""Events of routing about joint work (吹哨报到): units that are called to a case, and what becomes of their tasks."""

from pydantic import Field

from shared.contracts.case import CaseEvent, Matter
from shared.contracts.envelope import Attachment, Instant, Sealed


class WhistleBlown(CaseEvent):
    """The case is more than its unit can do (吹哨): another is called to it with its task. One event for each unit."""

    unit: str = Field(description="Who is called.")
    lead: str = Field(description="The unit that has the case, and keeps it.")
    by: str
    by_unit: str = Field(description="Whose whistle it is: the unit that hears of a refusal.")
    task: Sealed
    matter: Matter
    report_by: Instant | None = Field(default=None, description="By when the unit must report in; none means no clock.")
    report_warnings: tuple[Instant, ...] = Field(default=(), description="When it is reminded before that.")


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
    answer_by: Instant | None = Field(
        default=None, description="By when that is to be answered; none where no clock runs."
    )
    answer_warnings: tuple[Instant, ...] = Field(default=(), description="When who is asked is reminded before it.")


class JointTaskReleased(CaseEvent):
    """The grid agrees with a refusal: the unit need not do its task. Or nobody need, since the report was withdrawn."""

    unit: str
    by: str = Field(description="Id of who said so; `reporter` where the reporter withdrew it.")
    matter: Matter | None = Field(default=None, description="For who is told of it; none where a person let it go.")


class JointTaskInsisted(CaseEvent):
    """The grid does not agree with a refusal: the unit is asked again, with the reason and a fresh clock."""

    unit: str
    by: str
    reason: Sealed
    matter: Matter
    report_by: Instant | None = None
    report_warnings: tuple[Instant, ...] = ()


class JointTaskTakenOver(CaseEvent):
    """Another unit of the case does what a called one was asked to do."""

    unit: str
    by: str
    by_unit: str


class ConferenceHeld(CaseEvent):
    """The units of a case have conferred (会商), and this is what they said."""

    by: str
    by_unit: str
    present: tuple[str, ...] = Field(description="The units that were there.")
    minutes: Sealed
    matter: Matter
    evidence: tuple[Attachment, ...] = ()


class ConferenceMissed(CaseEvent):
    """A called unit was not there when the others conferred; it is told what they said. One event for each unit."""

    unit: str
    by: str
    minutes: Sealed
    matter: Matter


class JointTaskEntrusted(CaseEvent):
    """A called unit that has reported in is given the job (交办): it leads from now on. `CaseTransferred` follows."""

    unit: str
    by: str
    by_unit: str
    from_unit: str | None = Field(description="The unit that led until now; none while nobody did.")
