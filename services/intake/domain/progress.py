"""How far the handling has come, as the reporter is told: routing's events in the reporter's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.contracts.routing import (
    CaseAccepted,
    CaseAssigned,
    CaseClosed,
    CaseMerged,
    CaseReopened,
    CaseResolved,
    Clock,
    DeadlineRecomputed,
    ExtensionGranted,
    RoutingEvent,
    SuspensionEnded,
    SuspensionGranted,
    VerificationFailed,
    VerificationPassed,
    said_by_another,
)

DISPUTE_WINDOW = timedelta(days=15)


class Step(StrEnum):
    """The ticket's way in the reporter's words."""

    REPORTED = "reported"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    RESOLVED = "resolved"
    REWORK = "rework"
    VERIFIED = "verified"
    CLOSED = "closed"
    REOPENED = "reopened"
    EXTENDED = "extended"
    RECOUNTED = "recounted"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    MERGED = "merged"
    REOPENED_BY_ANOTHER = "reopened_by_another"
    WITHDRAWN = "withdrawn"


# What is still to come after each step where all goes well.
WAY = (Step.REPORTED, Step.ASSIGNED, Step.ACCEPTED, Step.RESOLVED, Step.VERIFIED, Step.CLOSED)
STANDS_LIKE = {
    Step.REWORK: Step.ACCEPTED,
    Step.REOPENED: Step.ASSIGNED,
    Step.EXTENDED: Step.ACCEPTED,
    Step.SUSPENDED: Step.ACCEPTED,
    Step.RESUMED: Step.ACCEPTED,
    Step.MERGED: Step.ACCEPTED,
    Step.REOPENED_BY_ANOTHER: Step.ASSIGNED,
    # Nothing is to come after it.
    Step.WITHDRAWN: Step.CLOSED,
}
# What each of these sets the deadline for.
WITH_DEADLINE: Mapping[type[RoutingEvent], Step] = {
    CaseAssigned: Step.ASSIGNED,
    VerificationFailed: Step.REWORK,
    ExtensionGranted: Step.EXTENDED,
    SuspensionEnded: Step.RESUMED,
    CaseMerged: Step.MERGED,
    CaseReopened: Step.REOPENED,
}
DONE = frozenset({Step.RESOLVED, Step.VERIFIED, Step.CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken:
    """One dated step of a ticket."""

    step: Step
    at: datetime
    unit: str | None = None
    deadline: datetime | None = None
    observed_until: datetime | None = None
    follow_up_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """The steps taken so far, in order; the first is the report itself."""

    steps: Sequence[StepTaken]

    @property
    def now(self) -> StepTaken:
        """Where it stands; another calendar moves the deadline alone."""
        return next(taken for taken in reversed(self.steps) if taken.step is not Step.RECOUNTED)

    @property
    def to_come(self) -> Sequence[Step]:
        """What follows if all goes well."""
        standing = STANDS_LIKE.get(self.now.step, self.now.step)
        return WAY[WAY.index(standing) + 1 :]

    @property
    def deadline(self) -> datetime | None:
        """By when it is to be resolved; none once it is, or is not to be. Accepting it moves no deadline."""
        if self.now.step in (*DONE, Step.WITHDRAWN):
            return None
        return next(taken.deadline for taken in reversed(self.steps) if taken.step is not Step.ACCEPTED)

    @property
    def resolved_at(self) -> datetime | None:
        """When somebody last said that it is fixed; none while it is not."""
        if self.now.step not in DONE:
            return None
        return next((taken.at for taken in reversed(self.steps) if taken.step is Step.RESOLVED), self.now.at)

    @property
    def reopened_at(self) -> datetime | None:
        """When the word of a reporter last reopened it, their own or another's; none where it never was."""
        again = (Step.REOPENED, Step.REOPENED_BY_ANOTHER)
        return next((taken.at for taken in reversed(self.steps) if taken.step in again), None)

    def observed_until(self, now: datetime) -> datetime | None:
        """Until when what was done must prove right; none once that is over, or where nobody observes it."""
        until = self.now.observed_until
        return until if until is not None and until > now else None


def until_withdrawn(steps: Sequence[StepTaken], at: datetime | None) -> Sequence[StepTaken]:
    """The steps of a ticket withdrawn then: what is done for others after that is not its reporter's affair."""
    if at is None:
        return steps
    return [*(taken for taken in steps if taken.at <= at), StepTaken(step=Step.WITHDRAWN, at=at)]


def step_of(event: RoutingEvent) -> StepTaken | None:
    """The step that an event of routing means to the reporter; none for what is the staff's own affair."""
    match event:
        case CaseReopened(at=at, unit=unit, deadlines=deadlines) if said_by_another(event):
            return StepTaken(step=Step.REOPENED_BY_ANOTHER, at=at, unit=unit, deadline=deadlines.resolve_by)
        case (
            CaseAssigned(at=at, unit=unit, deadlines=deadlines)
            | VerificationFailed(at=at, unit=unit, deadlines=deadlines)
            | ExtensionGranted(at=at, unit=unit, deadlines=deadlines)
            | SuspensionEnded(at=at, unit=unit, deadlines=deadlines)
            | CaseMerged(at=at, unit=unit, deadlines=deadlines)
            | CaseReopened(at=at, unit=unit, deadlines=deadlines)
        ):
            return StepTaken(step=WITH_DEADLINE[type(event)], at=at, unit=unit, deadline=deadlines.resolve_by)
        case CaseAccepted(at=at, unit=unit):
            return StepTaken(step=Step.ACCEPTED, at=at, unit=unit)
        case CaseResolved(at=at, unit=unit, observed_until=until):
            return StepTaken(step=Step.RESOLVED, at=at, unit=unit, observed_until=until)
        case VerificationPassed(at=at):
            return StepTaken(step=Step.VERIFIED, at=at)
        case CaseClosed(at=at, unit=unit, follow_up_at=follow_up_at):
            return StepTaken(step=Step.CLOSED, at=at, unit=unit, follow_up_at=follow_up_at)
        case _:
            return _on_clock(event)


def _on_clock(event: RoutingEvent) -> StepTaken | None:
    match event:
        case SuspensionGranted(at=at, unit=unit):
            return StepTaken(step=Step.SUSPENDED, at=at, unit=unit)
        case DeadlineRecomputed(clock=Clock.RESOLVE, at=at, unit=unit, deadline=deadline):
            return StepTaken(step=Step.RECOUNTED, at=at, unit=unit, deadline=deadline)
        case _:
            return None
