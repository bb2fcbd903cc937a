"""What staff do with a case, one function an act."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from services.routing.adapters.photos import Picture
from services.routing.domain.case.commands import (
    Accept,
    Act,
    AddNote,
    AskExtension,
    AskSuspension,
    Categorise,
    Close,
    EndSuspension,
    FailVerification,
    GrantExtension,
    GrantSuspension,
    PassVerification,
    RefuseExtension,
    RefuseSuspension,
    Remind,
    Resolve,
    Return,
    Split,
    Transfer,
    WithdrawExtension,
    WithdrawSuspension,
)
from services.routing.domain.errors.directory import UnitUnknownError
from services.routing.domain.errors.handling import CategoryUnknownError, ReporterForgottenError
from services.routing.domain.escalation import coordinating, told_of_return
from services.routing.handlers.cases import resumed_deadline, resumed_promise
from services.routing.handlers.choices import nameable
from services.routing.handlers.following_up import (
    Wanted,
    cancel_follow_up,
    finish_follow_up,
    plan_follow_up,
    plans_of_rule,
    report_recurrence,
)
from services.routing.handlers.joint_work import (
    blow_whistle,
    confer,
    decline_task,
    entrust,
    finish_task,
    insist_on_task,
    release_task,
    report_in,
    take_task_over,
)
from services.routing.handlers.merging import merge
from services.routing.handlers.performing import Asked, Moment, perform
from services.routing.handlers.service import Routing
from shared.contracts.routing import Clock


async def accept(service: Routing, asked: Asked) -> None:
    """接单."""
    await perform(service, asked, "accept", lambda at: Accept(by=at.by, now=at.now))


async def return_case(service: Routing, asked: Asked, *, reason: str) -> None:
    """退单."""

    def command(at: Moment) -> Act:
        accept = at.run(Clock.ACCEPT, at.case.unit)
        return Return(
            by=at.by,
            reason=at.sealed,
            accept_by=accept.until,
            warnings=accept.warnings,
            to_unit=told_of_return(at.case, at.rulebook.units),
            now=at.now,
        )

    await perform(service, asked, "return", command, words=reason)


async def transfer(service: Routing, asked: Asked, *, to_unit: str, reason: str) -> None:
    """转派.

    Raises:
        UnitUnknownError: the place has no such unit.
    """

    def command(at: Moment) -> Act:
        if to_unit not in nameable(at):
            raise UnitUnknownError("unit")
        accept = at.run(Clock.ACCEPT, to_unit)
        return Transfer(
            by=at.by,
            to_unit=to_unit,
            reason=at.words,
            accept_by=accept.until,
            warnings=accept.warnings,
            directory_version=at.rulebook.edition,
            now=at.now,
        )

    await perform(service, asked, "transfer", command, words=reason, more=to_unit)


async def categorise(service: Routing, asked: Asked, *, category: str) -> None:
    """改类别.

    Raises:
        CategoryUnknownError: the district has no such category.
    """

    def command(at: Moment) -> Act:
        if category not in at.rulebook.open_categories:
            raise CategoryUnknownError
        return Categorise(by=at.by, category=category, now=at.now)

    await perform(service, asked, "categorise", command, more=category)


async def split(service: Routing, asked: Asked, *, words: str, category: str) -> None:
    """拆分.

    Raises:
        CategoryUnknownError: the district has no such category.
        ReporterForgottenError: nobody is left whose trouble it could be.
    """

    def command(at: Moment) -> Act:
        if category and category not in at.rulebook.open_categories:
            raise CategoryUnknownError
        if at.sealed.person != at.case.matter.reporter:
            raise ReporterForgottenError
        return Split(by=at.by, other=uuid4(), words=at.sealed, category=category or None, now=at.now)

    await perform(service, asked, "split", command, words=words, more=category)


async def add_note(service: Routing, asked: Asked, *, note: str, evidence: Sequence[Picture] = ()) -> None:
    """备注."""
    attached = tuple(picture.attachment for picture in evidence)

    def command(at: Moment) -> Act:
        return AddNote(by=at.by, note=at.sealed, evidence=attached, now=at.now)

    named = ",".join(each.sha256 for each in attached)
    await perform(service, asked, "note", command, words=note, more=named, pictures=evidence)


async def remind(service: Routing, asked: Asked, *, words: str) -> None:
    """催办."""
    await perform(service, asked, "remind", lambda at: Remind(by=at.by, words=at.sealed, now=at.now), words=words)


async def resolve(service: Routing, asked: Asked, *, note: str, evidence: Sequence[Picture] = ()) -> None:
    """处置."""
    attached = tuple(picture.attachment for picture in evidence)

    def command(at: Moment) -> Act:
        verifier, until = at.verifier(), at.observed_until()
        run = replace(at, now=until or at.now).run(Clock.VERIFY, verifier or at.case.unit)
        return Resolve(
            by=at.by,
            note=at.words,
            evidence=attached,
            to_unit=verifier,
            observed_until=until,
            verify_by=run.until,
            warnings=run.warnings,
            now=at.now,
        )

    named = ",".join(each.sha256 for each in attached)
    await perform(service, asked, "resolve", command, words=note, more=named, pictures=evidence)


async def pass_verification(service: Routing, asked: Asked, *, note: str = "") -> None:
    """核查通过."""

    def command(at: Moment) -> Act:
        return PassVerification(by=at.by, note=at.words, now=at.now)

    await perform(service, asked, "verify-pass", command, words=note)


async def fail_verification(service: Routing, asked: Asked, *, reason: str) -> None:
    """核查不通过: rework with a fresh clock."""

    def command(at: Moment) -> Act:
        rework = at.run(Clock.RESOLVE, at.case.unit)
        return FailVerification(
            by=at.by, reason=at.sealed, resolve_by=rework.until, warnings=rework.warnings, now=at.now
        )

    await perform(service, asked, "verify-fail", command, words=reason)


async def close(service: Routing, asked: Asked) -> None:
    """结单."""

    def command(at: Moment) -> Act:
        return Close(by=at.by, follow_ups=plans_of_rule(at), now=at.now)

    await perform(service, asked, "close", command)


async def ask_extension(service: Routing, asked: Asked, *, working_days: int, reason: str) -> None:
    """申请延期: so many of the unit's working days later than the deadline."""

    def command(at: Moment) -> Act:
        unit, deadline = at.case.unit, at.case.resolve.deadline
        later = at.rulebook.units.later(unit, deadline, working_days) if unit and deadline else at.now
        grid = at.rulebook.units.grid_of(unit) if unit else None
        answer = at.run(Clock.ANSWER, grid)
        return AskExtension(
            by=at.by,
            reason=at.sealed,
            resolve_by=later,
            to_unit=grid,
            answer_by=answer.until,
            warnings=answer.warnings,
            now=at.now,
        )

    await perform(service, asked, "extend", command, words=reason, more=str(working_days))


async def grant_extension(service: Routing, asked: Asked) -> None:
    """同意延期."""

    def command(at: Moment) -> Act:
        granted = at.run_to(at.case.extension.resolve_by if at.case.extension else None)
        return GrantExtension(by=at.by, warnings=granted.warnings, now=at.now)

    await perform(service, asked, "extend-grant", command)


async def refuse_extension(service: Routing, asked: Asked, *, reason: str) -> None:
    """不同意延期."""

    def command(at: Moment) -> Act:
        return RefuseExtension(by=at.by, reason=at.sealed, now=at.now)

    await perform(service, asked, "extend-refuse", command, words=reason)


async def withdraw_extension(service: Routing, asked: Asked) -> None:
    """撤回延期申请."""
    await perform(service, asked, "extend-withdraw", lambda at: WithdrawExtension(by=at.by, now=at.now))


async def ask_suspension(service: Routing, asked: Asked, *, working_days: int, reason: str) -> None:
    """申请挂账: for so many of the unit's working days from now."""

    def command(at: Moment) -> Act:
        unit = at.case.unit
        until = at.rulebook.units.later(unit, at.now, working_days) if unit else at.now
        grid = at.rulebook.units.grid_of(unit) if unit else None
        answer = at.run(Clock.ANSWER, grid)
        return AskSuspension(
            by=at.by,
            reason=at.sealed,
            until=until,
            to_unit=grid,
            answer_by=answer.until,
            warnings=answer.warnings,
            now=at.now,
        )

    await perform(service, asked, "suspend", command, words=reason, more=str(working_days))


async def grant_suspension(service: Routing, asked: Asked) -> None:
    """同意挂账."""
    await perform(service, asked, "suspend-grant", lambda at: GrantSuspension(by=at.by, now=at.now))


async def refuse_suspension(service: Routing, asked: Asked, *, reason: str) -> None:
    """不同意挂账."""

    def command(at: Moment) -> Act:
        return RefuseSuspension(by=at.by, reason=at.sealed, now=at.now)

    await perform(service, asked, "suspend-refuse", command, words=reason)


async def withdraw_suspension(service: Routing, asked: Asked) -> None:
    """撤回挂账申请."""
    await perform(service, asked, "suspend-withdraw", lambda at: WithdrawSuspension(by=at.by, now=at.now))


async def end_suspension(service: Routing, asked: Asked) -> None:
    """恢复计时."""

    def command(at: Moment) -> Act:
        left = at.run_to(resumed_deadline(at.case, at.rulebook.units, at.now))
        promised = resumed_promise(at.case, at.rulebook.units, at.now)
        return EndSuspension(
            by=at.by,
            resolve_by=left.until,
            promised=promised,
            warnings=left.warnings,
            grids=coordinating(at.case, at.rulebook),
            now=at.now,
        )

    await perform(service, asked, "suspend-end", command)


NONE = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What comes with an act; which of it counts depends on the act."""

    words: str = field(default="", repr=False)
    unit: str = ""
    units: Sequence[str] = ()
    category: str = ""
    own_tasks: Mapping[str, str] = field(default_factory=dict, repr=False)
    release: bool = False
    working_days: int = 0
    into: str = ""
    evidence: Sequence[Picture] = ()
    follow_up: UUID = NONE
    after_days: int = 0
    every_days: int | None = None
    in_working_days: bool = False
    times: int = 1

    def wanted(self) -> Wanted:
        """The follow-up that is asked for."""
        return Wanted(
            task=self.words,
            unit=self.unit,
            after_days=self.after_days,
            every_days=self.every_days,
            working_days=self.in_working_days,
            times=self.times,
        )


ACTS: dict[str, Callable[[Routing, Asked, Given], Awaitable[None]]] = {
    "accept": lambda service, asked, _given: accept(service, asked),
    "return": lambda service, asked, given: return_case(service, asked, reason=given.words),
    "transfer": lambda service, asked, given: transfer(service, asked, to_unit=given.unit, reason=given.words),
    "categorise": lambda service, asked, given: categorise(service, asked, category=given.category),
    "split": lambda service, asked, given: split(service, asked, words=given.words, category=given.category),
    "note": lambda service, asked, given: add_note(service, asked, note=given.words, evidence=given.evidence),
    "remind": lambda service, asked, given: remind(service, asked, words=given.words),
    "resolve": lambda service, asked, given: resolve(service, asked, note=given.words, evidence=given.evidence),
    "verify-pass": lambda service, asked, given: pass_verification(service, asked, note=given.words),
    "verify-fail": lambda service, asked, given: fail_verification(service, asked, reason=given.words),
    "close": lambda service, asked, _given: close(service, asked),
    "merge": lambda service, asked, given: merge(service, asked, into=given.into),
    "whistle": lambda service, asked, given: blow_whistle(
        service, asked, units=given.units, task=given.words, own=given.own_tasks
    ),
    "report-in": lambda service, asked, _given: report_in(service, asked),
    "task-done": lambda service, asked, given: finish_task(service, asked, note=given.words, evidence=given.evidence),
    "task-decline": lambda service, asked, given: decline_task(service, asked, reason=given.words),
    "task-release": lambda service, asked, given: release_task(service, asked, unit=given.unit),
    "task-insist": lambda service, asked, given: insist_on_task(service, asked, unit=given.unit, reason=given.words),
    "task-take-over": lambda service, asked, given: take_task_over(service, asked, unit=given.unit),
    "confer": lambda service, asked, given: confer(
        service, asked, present=given.units, minutes=given.words, evidence=given.evidence
    ),
    "entrust": lambda service, asked, given: entrust(
        service, asked, unit=given.unit, reason=given.words, release=given.release
    ),
    "extend": lambda service, asked, given: ask_extension(
        service, asked, working_days=given.working_days, reason=given.words
    ),
    "extend-grant": lambda service, asked, _given: grant_extension(service, asked),
    "extend-refuse": lambda service, asked, given: refuse_extension(service, asked, reason=given.words),
    "extend-withdraw": lambda service, asked, _given: withdraw_extension(service, asked),
    "suspend": lambda service, asked, given: ask_suspension(
        service, asked, working_days=given.working_days, reason=given.words
    ),
    "suspend-grant": lambda service, asked, _given: grant_suspension(service, asked),
    "suspend-refuse": lambda service, asked, given: refuse_suspension(service, asked, reason=given.words),
    "suspend-withdraw": lambda service, asked, _given: withdraw_suspension(service, asked),
    "suspend-end": lambda service, asked, _given: end_suspension(service, asked),
    "follow-up": lambda service, asked, given: plan_follow_up(service, asked, given.wanted()),
    "follow-up-done": lambda service, asked, given: finish_follow_up(
        service, asked, follow_up=given.follow_up, note=given.words, evidence=given.evidence
    ),
    "follow-up-recurred": lambda service, asked, given: report_recurrence(
        service, asked, follow_up=given.follow_up, words=given.words, evidence=given.evidence
    ),
    "follow-up-cancel": lambda service, asked, given: cancel_follow_up(
        service, asked, follow_up=given.follow_up, reason=given.words
    ),
}
