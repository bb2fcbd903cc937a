"""Events of routing about more time, by consent of the grid: a deadline moves (延期), a clock stands still (挂账)."""

from pydantic import Field

from shared.contracts.case import CaseEvent, Deadlines, FollowedEvent, Matter
from shared.contracts.envelope import Instant, Sealed


class ExtensionAsked(CaseEvent):
    """The unit asks for more time (申请延期), before its resolve deadline has passed; it stands until granted."""

    unit: str
    by: str
    to_unit: str | None = Field(description="The grid, which decides and is told; none where no grid stands above.")
    resolve_by: Instant = Field(description="By when it would resolve the case.")
    reason: Sealed
    matter: Matter
    answer_by: Instant | None = Field(
        default=None, description="By when that is to be answered; none where no clock runs."
    )
    answer_warnings: tuple[Instant, ...] = Field(default=(), description="When who is asked is reminded before it.")


class ExtensionGranted(FollowedEvent):
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
    answer_by: Instant | None = Field(
        default=None, description="By when that is to be answered; none where no clock runs."
    )
    answer_warnings: tuple[Instant, ...] = Field(default=(), description="When who is asked is reminded before it.")


class SuspensionGranted(FollowedEvent):
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


class SuspensionEnded(FollowedEvent):
    """The resolve clock runs on, with what it had left (恢复计时): its end has come, or somebody ended it before."""

    unit: str
    by: str | None = Field(default=None, description="Id of who ended it; none when its end came.")
    deadlines: Deadlines
    judged_by: Instant | None = Field(
        default=None,
        description="What it is judged by from then on; where it is not said, its deadline or what was promised.",
    )
    matter: Matter


class ExtensionWithdrawn(CaseEvent):
    """The unit needs no more time after all (撤回延期申请): nobody has to answer any more."""

    unit: str
    by: str


class SuspensionWithdrawn(CaseEvent):
    """The unit can go on after all (撤回挂账申请): nobody has to answer any more."""

    unit: str
    by: str
