"""What staff do with a case, one function an act: load, check who asks, decide, append, set timers."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from services.routing.adapters.photos import Picture
from services.routing.domain.access import Sight
from services.routing.domain.case import Case, decide
from services.routing.domain.case.commands import (
    Accept,
    Act,
    AddNote,
    BlowWhistle,
    Call,
    Close,
    DeclineTask,
    FailVerification,
    FinishTask,
    InsistOnTask,
    PassVerification,
    ReleaseTask,
    ReportIn,
    Resolve,
    Return,
    TakeTaskOver,
    Transfer,
)
from services.routing.domain.case.joint import PartState
from services.routing.domain.errors import (
    CaseUnknownError,
    ChangedMeanwhileError,
    NobodyLeftError,
    ReadsOnlyError,
    RoutingError,
    UnitUnknownError,
)
from services.routing.domain.rulebook import Rulebook
from services.routing.handlers.accounts import Member
from services.routing.handlers.cases import carry_out, stream_of
from services.routing.handlers.service import CASE, Routing, nonce
from shared.contracts.directory import UnitDefined
from shared.contracts.envelope import Sealed
from shared.kernel.event_store import Cause
from shared.kernel.work import Work, transact_once
from shared.privacy import Forgotten, seal

# They are as right after what others did meanwhile: called units report in all at once.
WHATEVER_ELSE_HAPPENED = frozenset({"note", "report-in"})
SOME_WORDS = Sealed(person="", key_version=1, box="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks for what case: `key` makes a repetition harmless, `version` is the one that they looked at."""

    member: Member
    case_id: UUID
    key: str
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The case as it stands when an act is decided."""

    case: Case
    words: Sealed | None
    rulebook: Rulebook
    now: datetime

    @property
    def sealed(self) -> Sealed:
        """Words of an act that can not be without."""
        return self.words or SOME_WORDS

    def accept_by(self, unit: str | None) -> datetime | None:
        """By when this unit must accept, starting now."""
        return self.rulebook.units.deadlines(self.case.terms, unit=unit, start=self.now).accept_by if unit else None

    def report_by(self, unit: str) -> datetime | None:
        """By when this unit must report in, called now."""
        return self.rulebook.units.report_by(self.case.terms, unit=unit, start=self.now)

    def resolve_by(self) -> datetime | None:
        """By when the unit that has it must resolve it, starting now."""
        unit = self.case.unit
        return self.rulebook.units.deadlines(self.case.terms, unit=unit, start=self.now).resolve_by if unit else None


async def accept(service: Routing, asked: Asked) -> None:
    """接单."""
    await _perform(service, asked, "accept", lambda at: Accept(by=asked.member.actor, now=at.now))


async def return_case(service: Routing, asked: Asked, *, reason: str) -> None:
    """退单."""

    def command(at: Moment) -> Act:
        above = at.rulebook.units.ladder(at.case.unit)
        return Return(
            by=asked.member.actor,
            reason=at.sealed,
            accept_by=at.accept_by(at.case.unit),
            to_unit=above[0] if above else None,
            now=at.now,
        )

    await _perform(service, asked, "return", command, words=reason)


async def transfer(service: Routing, asked: Asked, *, to_unit: str, reason: str) -> None:
    """转派.

    Raises:
        UnitUnknownError: the place has no such unit.
    """

    def command(at: Moment) -> Act:
        if to_unit not in _nameable(at):
            raise UnitUnknownError("unit")
        return Transfer(
            by=asked.member.actor,
            to_unit=to_unit,
            reason=at.words,
            accept_by=at.accept_by(to_unit),
            directory_version=at.rulebook.edition,
            now=at.now,
        )

    await _perform(service, asked, "transfer", command, words=reason, more=to_unit)


async def add_note(service: Routing, asked: Asked, *, note: str) -> None:
    """备注."""
    await _perform(
        service, asked, "note", lambda at: AddNote(by=asked.member.actor, note=at.sealed, now=at.now), words=note
    )


async def resolve(service: Routing, asked: Asked, *, note: str, evidence: Sequence[Picture] = ()) -> None:
    """处置."""
    attached = tuple(picture.attachment for picture in evidence)

    def command(at: Moment) -> Act:
        return Resolve(by=asked.member.actor, note=at.words, evidence=attached, now=at.now)

    named = ",".join(each.sha256 for each in attached)
    await _perform(service, asked, "resolve", command, words=note, more=named, pictures=evidence)


async def pass_verification(service: Routing, asked: Asked, *, note: str = "") -> None:
    """核查通过."""

    def command(at: Moment) -> Act:
        return PassVerification(by=asked.member.actor, note=at.words, now=at.now)

    await _perform(service, asked, "verify-pass", command, words=note)


async def fail_verification(service: Routing, asked: Asked, *, reason: str) -> None:
    """核查不通过: rework with a fresh clock."""

    def command(at: Moment) -> Act:
        return FailVerification(by=asked.member.actor, reason=at.sealed, resolve_by=at.resolve_by(), now=at.now)

    await _perform(service, asked, "verify-fail", command, words=reason)


async def close(service: Routing, asked: Asked) -> None:
    """结单."""
    await _perform(service, asked, "close", lambda at: Close(by=asked.member.actor, now=at.now))


async def blow_whistle(service: Routing, asked: Asked, *, units: Sequence[str], task: str) -> None:
    """吹哨.

    Raises:
        UnitUnknownError: no unit is named, or the place has no such unit.
    """

    def command(at: Moment) -> Act:
        known = _nameable(at)
        strangers = [f"units.{number}" for number, unit in enumerate(units) if unit not in known]
        if strangers or not units:
            raise UnitUnknownError(*strangers)
        calls = tuple(Call(unit=unit, report_by=at.report_by(unit)) for unit in dict.fromkeys(units))
        return BlowWhistle(by=asked.member.actor, calls=calls, task=at.sealed, now=at.now)

    await _perform(service, asked, "whistle", command, words=task, more=",".join(units))


async def report_in(service: Routing, asked: Asked) -> None:
    """报到."""
    await _perform(service, asked, "report-in", lambda at: ReportIn(by=asked.member.actor, now=at.now))


async def finish_task(service: Routing, asked: Asked, *, note: str, evidence: Sequence[Picture] = ()) -> None:
    """联合处置完成."""
    attached = tuple(picture.attachment for picture in evidence)

    def command(at: Moment) -> Act:
        return FinishTask(by=asked.member.actor, note=at.sealed, evidence=attached, now=at.now)

    named = ",".join(each.sha256 for each in attached)
    await _perform(service, asked, "task-done", command, words=note, more=named, pictures=evidence)


async def decline_task(service: Routing, asked: Asked, *, reason: str) -> None:
    """不属本单位: the grid decides."""

    def command(at: Moment) -> Act:
        part = at.case.joint.get(asked.member.actor.unit)
        grid = at.rulebook.units.grid_of(part.called_by) if part else None
        return DeclineTask(by=asked.member.actor, reason=at.sealed, to_unit=grid, now=at.now)

    await _perform(service, asked, "task-decline", command, words=reason)


async def release_task(service: Routing, asked: Asked, *, unit: str) -> None:
    """同意不办."""

    def command(at: Moment) -> Act:
        return ReleaseTask(by=asked.member.actor, unit=unit, now=at.now)

    await _perform(service, asked, "task-release", command, more=unit)


async def insist_on_task(service: Routing, asked: Asked, *, unit: str, reason: str) -> None:
    """不同意: asked again, with a fresh clock."""

    def command(at: Moment) -> Act:
        report_by = at.report_by(unit) if unit in at.case.joint else None
        return InsistOnTask(by=asked.member.actor, unit=unit, reason=at.sealed, report_by=report_by, now=at.now)

    await _perform(service, asked, "task-insist", command, words=reason, more=unit)


async def take_task_over(service: Routing, asked: Asked, *, unit: str) -> None:
    """代办: the actor's unit does it."""

    def command(at: Moment) -> Act:
        return TakeTaskOver(by=asked.member.actor, unit=unit, now=at.now)

    await _perform(service, asked, "task-take-over", command, more=unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What comes with an act; which of it counts depends on the act."""

    words: str = field(default="", repr=False)
    unit: str = ""
    units: Sequence[str] = ()
    evidence: Sequence[Picture] = ()


ACTS: dict[str, Callable[[Routing, Asked, Given], Awaitable[None]]] = {
    "accept": lambda service, asked, _given: accept(service, asked),
    "return": lambda service, asked, given: return_case(service, asked, reason=given.words),
    "transfer": lambda service, asked, given: transfer(service, asked, to_unit=given.unit, reason=given.words),
    "note": lambda service, asked, given: add_note(service, asked, note=given.words),
    "resolve": lambda service, asked, given: resolve(service, asked, note=given.words, evidence=given.evidence),
    "verify-pass": lambda service, asked, given: pass_verification(service, asked, note=given.words),
    "verify-fail": lambda service, asked, given: fail_verification(service, asked, reason=given.words),
    "close": lambda service, asked, _given: close(service, asked),
    "whistle": lambda service, asked, given: blow_whistle(service, asked, units=given.units, task=given.words),
    "report-in": lambda service, asked, _given: report_in(service, asked),
    "task-done": lambda service, asked, given: finish_task(service, asked, note=given.words, evidence=given.evidence),
    "task-decline": lambda service, asked, given: decline_task(service, asked, reason=given.words),
    "task-release": lambda service, asked, given: release_task(service, asked, unit=given.unit),
    "task-insist": lambda service, asked, given: insist_on_task(service, asked, unit=given.unit, reason=given.words),
    "task-take-over": lambda service, asked, given: take_task_over(service, asked, unit=given.unit),
}


def units_for(case: Case, rulebook: Rulebook) -> list[UnitDefined]:
    """The units that a case can be transferred to: those whose area its place lies in."""
    path = rulebook.place(case.matter.place).path
    units = (unit for unit in rulebook.units.by_id.values() if not unit.retired and unit.area in path)
    return [unit for unit in units if unit.id != case.unit]


def _nameable(at: Moment) -> set[str | None]:
    """Also the unit that has the case: that it has it already is said by the decider."""
    return {at.case.unit, *(unit.id for unit in units_for(at.case, at.rulebook))}


def allowed(sight: Sight, case: Case, *, now: datetime) -> tuple[str, ...]:
    """The acts that the case would not refuse this member now, the likeliest first: asked of the decider itself."""
    if not sight.may_act(case):
        return ()
    by = sight.actor
    unfinished = next((part.unit for part in case.open_parts), "")
    declined = next((part.unit for part in case.open_parts if part.state is PartState.DECLINED), "")
    tries: dict[str, Act] = {
        "accept": Accept(by=by, now=now),
        "report-in": ReportIn(by=by, now=now),
        "task-done": FinishTask(by=by, note=SOME_WORDS, now=now),
        "resolve": Resolve(by=by, now=now),
        "verify-pass": PassVerification(by=by, now=now),
        "close": Close(by=by, now=now),
        "verify-fail": FailVerification(by=by, reason=SOME_WORDS, resolve_by=None, now=now),
        "task-release": ReleaseTask(by=by, unit=declined, now=now),
        "task-insist": InsistOnTask(by=by, unit=declined, reason=SOME_WORDS, report_by=None, now=now),
        "whistle": BlowWhistle(by=by, calls=(Call(unit=""),), task=SOME_WORDS, now=now),
        "task-take-over": TakeTaskOver(by=by, unit=unfinished, now=now),
        "transfer": Transfer(by=by, to_unit="", accept_by=None, directory_version=0, now=now),
        "note": AddNote(by=by, note=SOME_WORDS, now=now),
        "task-decline": DeclineTask(by=by, reason=SOME_WORDS, now=now),
        "return": Return(by=by, reason=SOME_WORDS, accept_by=None, now=now),
    }
    acts = tuple(name for name, command in tries.items() if _would_do(case, command))
    # While called units are at work their lead has only to wait; nothing bigger is to be suggested.
    waits = bool(case.open_parts) and by.unit == case.unit
    return ("note", *(name for name in acts if name != "note")) if waits else acts


def _would_do(case: Case, command: Act) -> bool:
    try:
        decide(case, command)
    except RoutingError:
        return False
    return True


async def _perform(
    service: Routing,
    asked: Asked,
    operation: str,
    command: Callable[[Moment], Act],
    *,
    words: str = "",
    more: str = "",
    pictures: Sequence[Picture] = (),
) -> None:
    """One act in one transaction, once for its key.

    Raises:
        RoutingError: who asks may not do this, or the case is not where it could be done.
        IdempotencyConflictError: the key was used for something else.
    """
    body = json.dumps([str(asked.case_id), words, more])
    caller = f"staff:{asked.member.actor.person}"
    request = service.request(caller=caller, operation=operation, key=asked.key, body=body)
    rulebook = await service.rulebooks.current()

    async def act(work: Work) -> str:
        loaded = await work.load(stream_of(asked.case_id), CASE)
        case = _may_be_acted_on(loaded.state, asked, loaded.version, operation)
        sealed = await _sealed(service, work, case, asked.member, words) if words else None
        cause = Cause(uuid4(), asked.member.actor.role.value, str(asked.case_id))
        carry_out(work, loaded, command(Moment(case=case, words=sealed, rulebook=rulebook, now=work.now)), cause)
        # Only what was not refused is kept, and before anything names it.
        await service.photos.keep(pictures)
        return "{}"

    await transact_once(service.runtime.store, service.runtime.ground.clock.now, request, act)


def _may_be_acted_on(case: Case | None, asked: Asked, version: int, operation: str) -> Case:
    # What one may not see does not exist for them: an id that was guessed tells nothing.
    if case is None or not asked.member.sight.sees(case):
        raise CaseUnknownError
    if not asked.member.sight.may_act(case):
        raise ReadsOnlyError
    if asked.version not in (None, version) and operation not in WHATEVER_ELSE_HAPPENED:
        raise ChangedMeanwhileError
    return case


async def _sealed(service: Routing, work: Work, case: Case, member: Member, words: str) -> Sealed:
    """Words about a reporter go when the reporter is forgotten; after that, they are sealed as the writer's own."""
    key = await service.keyring.key_of(work.connection, case.matter.reporter)
    if isinstance(key, Forgotten):
        key = await service.keyring.key_of(work.connection, member.record.name.person)
    if isinstance(key, Forgotten):
        raise NobodyLeftError
    return seal(key, words, nonce=nonce())
