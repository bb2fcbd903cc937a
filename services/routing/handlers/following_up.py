"""回头看: what staff, a rule and the clock do with the work that keeps a fix."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from services.routing.adapters.photos import Picture
from services.routing.domain.case.commands import (
    Act,
    CancelFollowUp,
    FinishFollowUp,
    FollowUpReached,
    Plan,
    PlanFollowUp,
    ReportRecurrence,
)
from services.routing.domain.case.follow_up import FollowUpState
from services.routing.domain.errors.directory import UnitUnknownError
from services.routing.domain.errors.handling import ReporterForgottenError
from services.routing.domain.occasions import deadline_from, next_occasion, occasion
from services.routing.handlers.cases import carry_out, stream_of
from services.routing.handlers.choices import nameable
from services.routing.handlers.performing import Asked, Moment, perform
from services.routing.handlers.service import CASE, Routing
from services.routing.handlers.stranding import heir_of
from shared.contracts.routing import FollowUpTerm
from shared.kernel.event_store import Cause
from shared.kernel.work import Timer, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A follow-up as somebody asks for it: what, by whom, in how many days first, and how often."""

    task: str = field(repr=False)
    unit: str
    after_days: int
    every_days: int | None = None
    working_days: bool = False
    times: int = 1


async def plan_follow_up(service: Routing, asked: Asked, wanted: Wanted) -> None:
    """安排回头看.

    Raises:
        UnitUnknownError: the place has no such unit.
    """

    def command(at: Moment) -> Act:
        if wanted.unit not in nameable(at):
            raise UnitUnknownError("unit")
        first = occasion(
            at.rulebook.units,
            wanted.unit,
            start=at.now,
            days=wanted.after_days,
            working_days=wanted.working_days,
            terms=at.case.terms,
        )
        plan = Plan(
            id=uuid4(),
            unit=wanted.unit,
            occasion=first,
            after_days=wanted.after_days,
            every_days=wanted.every_days,
            working_days=wanted.working_days,
            times=wanted.times,
        )
        return PlanFollowUp(by=at.by, plan=plan, task=at.sealed, now=at.now)

    rhythm = (wanted.unit, wanted.after_days, wanted.every_days, wanted.working_days, wanted.times)
    await perform(service, asked, "follow-up", command, words=wanted.task, more=",".join(map(str, rhythm)))


async def finish_follow_up(
    service: Routing, asked: Asked, *, follow_up: UUID, note: str, evidence: Sequence[Picture] = ()
) -> None:
    """回头看完成."""
    attached = tuple(picture.attachment for picture in evidence)

    def command(at: Moment) -> Act:
        known = at.case.follow_ups.get(follow_up)
        again = next_occasion(at.rulebook.units, known, now=at.now, terms=at.case.terms) if known else None
        return FinishFollowUp(by=at.by, follow_up=follow_up, note=at.sealed, evidence=attached, again=again, now=at.now)

    named = ",".join([str(follow_up), *(each.sha256 for each in attached)])
    await perform(service, asked, "follow-up-done", command, words=note, more=named, pictures=evidence)


async def report_recurrence(
    service: Routing, asked: Asked, *, follow_up: UUID, words: str, evidence: Sequence[Picture] = ()
) -> None:
    """回头看发现问题又出现.

    Raises:
        ReporterForgottenError: nobody is left whose trouble it could be.
    """
    attached = tuple(picture.attachment for picture in evidence)

    def command(at: Moment) -> Act:
        if at.sealed.person != at.case.matter.reporter:
            raise ReporterForgottenError
        known = at.case.follow_ups.get(follow_up)
        again = next_occasion(at.rulebook.units, known, now=at.now, terms=at.case.terms) if known else None
        return ReportRecurrence(
            by=at.by,
            follow_up=follow_up,
            other=uuid4(),
            words=at.sealed,
            evidence=attached,
            again=again,
            now=at.now,
        )

    named = ",".join([str(follow_up), *(each.sha256 for each in attached)])
    await perform(service, asked, "follow-up-recurred", command, words=words, more=named, pictures=evidence)


async def cancel_follow_up(service: Routing, asked: Asked, *, follow_up: UUID, reason: str) -> None:
    """取消回头看."""

    def command(at: Moment) -> Act:
        return CancelFollowUp(by=at.by, follow_up=follow_up, reason=at.sealed, now=at.now)

    await perform(service, asked, "follow-up-cancel", command, words=reason, more=str(follow_up))


def plans_of_rule(at: Moment) -> tuple[Plan, ...]:
    """What the case's rule wants planned when it is closed now."""
    return tuple(plan for term in at.case.follow_up_terms if (plan := _plan_of(at, term)) is not None)


def _plan_of(at: Moment, term: FollowUpTerm) -> Plan | None:
    units = at.rulebook.units
    # Where the place has lost such a unit since, who had the case sees to it.
    unit = units.unit_for(term.unit, at.rulebook.place(at.case.matter.place).path) or at.case.unit
    if unit is None:
        return None
    first = occasion(
        units, unit, start=at.now, days=term.after_days, working_days=term.working_days, terms=at.case.terms
    )
    return Plan(
        id=uuid4(),
        unit=unit,
        by_rule=term.task,
        occasion=first,
        after_days=term.after_days,
        every_days=term.every_days,
        working_days=term.working_days,
        times=term.times,
    )


async def follow_up_fires(service: Routing, work: Work, timer: Timer) -> None:
    """A follow-up's day has come, or has passed."""
    case_id, _, written = timer.subject.partition("/")
    follow_up = UUID(written)
    loaded = await work.load(stream_of(UUID(case_id)), CASE)
    known = loaded.state.follow_ups.get(follow_up) if loaded.state else None
    if loaded.state is None or known is None:
        return
    rulebook = await service.rulebooks.current(work.connection)
    heir = heir_of(known.unit, loaded.state, rulebook)
    if heir is not None and known.state is FollowUpState.PLANNED:
        # Who was reminded before its unit went has missed it, and the level above hears so.
        known = replace(known, unit=heir)
    units = rulebook.units
    ladder = units.ladder(known.unit)
    command = FollowUpReached(
        follow_up=follow_up,
        generation=timer.generation,
        unit=known.unit,
        deadline=deadline_from(units, known, now=work.now),
        again=next_occasion(units, known, now=work.now, terms=loaded.state.terms),
        next_unit=ladder[0] if ladder else None,
        now=work.now,
    )
    command_id = uuid5(NAMESPACE_URL, f"timer/{timer.kind}/{timer.subject}/{timer.generation}")
    await carry_out(work, loaded, command, Cause(command_id, "routing", case_id))
