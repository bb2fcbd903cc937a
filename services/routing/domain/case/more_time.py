"""What a unit asked of its resolve clock: that it runs to a later deadline, or stands still for a while."""

from dataclasses import dataclass
from datetime import datetime

from services.routing.domain.case.actor import Actor
from services.routing.domain.case.command import Act, Command
from shared.contracts.envelope import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """More time that somebody asked for, and waits for an answer by `to_unit`, or by any grid where there is none."""

    by: str
    to_unit: str | None
    resolve_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A stand-still that somebody asked for; once granted, since when, and the deadline that it took away.

    Granted after the deadline had passed, it stands still since it was asked for: who asks in time is not late because
    the answer was.
    """

    by: str
    to_unit: str | None
    asked_at: datetime
    until: datetime
    since: datetime | None = None
    deadline: datetime | None = None

    @property
    def is_granted(self) -> bool:
        """Whether the clock stands still."""
        return self.since is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskExtension(Act):
    """The unit would resolve the case by `resolve_by` (申请延期); `to_unit` is the grid that decides, if any does.

    Its answer is due by `answer_by`, and it is reminded at the `warnings`.
    """

    by: Actor
    reason: Sealed
    resolve_by: datetime
    to_unit: str | None = None
    answer_by: datetime | None = None
    warnings: tuple[datetime, ...] = ()
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantExtension(Act):
    """The grid grants what was asked for (同意延期)."""

    by: Actor
    warnings: tuple[datetime, ...] = ()
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseExtension(Act):
    """The grid does not (不同意延期): the deadline stands."""

    by: Actor
    reason: Sealed
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawExtension(Act):
    """The unit takes back what it asked for (撤回)."""

    by: Actor
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSuspension(Act):
    """The unit can not go on before `until`, at the latest (申请挂账); `to_unit` is the grid that decides, if any.

    Its answer is due by `answer_by`, and it is reminded at the `warnings`.
    """

    by: Actor
    reason: Sealed
    until: datetime
    to_unit: str | None = None
    answer_by: datetime | None = None
    warnings: tuple[datetime, ...] = ()
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantSuspension(Act):
    """The grid lets the resolve clock stand still (同意挂账)."""

    by: Actor
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseSuspension(Act):
    """The grid does not (不同意挂账)."""

    by: Actor
    reason: Sealed
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawSuspension(Act):
    """The unit takes back what it asked for (撤回)."""

    by: Actor
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSuspension(Act):
    """The resolve clock runs on to `resolve_by` (恢复计时), which keeps what it had left when it stopped.

    `promised` keeps what the promise had left then, where that is another moment: rework has a clock of its own.
    Besides its unit and who granted it, `grids` may, who coordinate the case now: who granted it may be gone.
    """

    by: Actor
    resolve_by: datetime | None
    promised: datetime | None = None
    warnings: tuple[datetime, ...] = ()
    grids: frozenset[str] = frozenset()
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionReached(Command):
    """The timer of a suspension's end fired; the clock runs on to `resolve_by`."""

    generation: int
    resolve_by: datetime | None
    promised: datetime | None = None
    warnings: tuple[datetime, ...] = ()
    now: datetime
