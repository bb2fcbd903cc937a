"""What a case takes from a member now, and the units that acts can name."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from services.routing.domain.access import Sight
from services.routing.domain.case import Case, decide
from services.routing.domain.case.commands import (
    Accept,
    Act,
    AddNote,
    AskExtension,
    AskSuspension,
    BlowWhistle,
    Call,
    CancelFollowUp,
    Categorise,
    Close,
    Confer,
    DeclineTask,
    EndSuspension,
    Entrust,
    FailVerification,
    FinishFollowUp,
    FinishTask,
    GrantExtension,
    GrantSuspension,
    InsistOnTask,
    Merge,
    PassVerification,
    Plan,
    PlanFollowUp,
    RefuseExtension,
    RefuseSuspension,
    ReleaseTask,
    Remind,
    ReportIn,
    ReportRecurrence,
    Resolve,
    Return,
    Split,
    TakeTaskOver,
    Transfer,
    WithdrawExtension,
    WithdrawSuspension,
)
from services.routing.domain.case.follow_up import FollowUp, Occasion
from services.routing.domain.case.joint import PartState
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.finishing import EvidenceMissingError
from services.routing.domain.escalation import coordinating, told_of_return
from services.routing.domain.rulebook import Rulebook
from services.routing.handlers.performing import SOME_WORDS, Moment
from services.routing.handlers.reading import observed_until
from shared.contracts.directory import UnitDefined

NONE = UUID(int=0)
LATEST = datetime.max.replace(tzinfo=UTC)


def units_for(case: Case, rulebook: Rulebook) -> list[UnitDefined]:
    """The units that a case can be transferred to: those whose area its place lies in."""
    path = rulebook.place(case.matter.place).path
    units = (unit for unit in rulebook.units.by_id.values() if not unit.retired and unit.area in path)
    return [unit for unit in units if unit.id != case.unit]


def awaited(case: Case, unit: str) -> list[FollowUp]:
    """What a unit is to do after the fix, the earliest first."""
    own = (each for each in case.follow_ups.values() if each.unit == unit and each.is_awaited)
    return sorted(own, key=lambda each: each.due)


def nameable(at: Moment) -> set[str | None]:
    """Also the unit that has the case: that it has it already is said by the decider."""
    return {at.case.unit, *(unit.id for unit in units_for(at.case, at.rulebook))}


def allowed(sight: Sight, case: Case, *, rulebook: Rulebook, now: datetime) -> tuple[str, ...]:
    """The acts that the case would not refuse this member now, the likeliest first: asked of the decider itself."""
    if not sight.may_act(case):
        return ()
    by = sight.actor_on(case)
    unfinished = next((part.unit for part in case.open_parts), "")
    there = next((part.unit for part in case.open_parts if part.state is PartState.REPORTED_IN), "")
    declined = next((part.unit for part in case.open_parts if part.state is PartState.DECLINED), "")
    own = next((each.id for each in awaited(case, by.unit)), NONE)
    any_open = next((each.id for each in case.follow_ups.values() if each.is_open), NONE)
    some_plan = Plan(id=NONE, unit="", occasion=Occasion(due=now, deadline=now))
    tries: dict[str, Act] = {
        "accept": Accept(by=by, now=now),
        "report-in": ReportIn(by=by, now=now),
        "task-done": FinishTask(by=by, note=SOME_WORDS, now=now),
        "resolve": Resolve(by=by, now=now),
        "verify-pass": PassVerification(by=by, now=now),
        "close": Close(by=by, now=now),
        "verify-fail": FailVerification(by=by, reason=SOME_WORDS, resolve_by=None, now=now),
        "extend-grant": GrantExtension(by=by, now=now),
        "extend-refuse": RefuseExtension(by=by, reason=SOME_WORDS, now=now),
        "suspend-grant": GrantSuspension(by=by, now=now),
        "suspend-refuse": RefuseSuspension(by=by, reason=SOME_WORDS, now=now),
        "suspend-end": EndSuspension(by=by, resolve_by=None, grids=coordinating(case, rulebook), now=now),
        "follow-up-done": FinishFollowUp(by=by, follow_up=own, note=SOME_WORDS, now=now),
        "follow-up-recurred": ReportRecurrence(by=by, follow_up=own, other=NONE, words=SOME_WORDS, now=now),
        "task-release": ReleaseTask(by=by, unit=declined, now=now),
        "task-insist": InsistOnTask(by=by, unit=declined, reason=SOME_WORDS, report_by=None, now=now),
        "whistle": BlowWhistle(by=by, calls=(Call(unit=""),), task=SOME_WORDS, now=now),
        "task-take-over": TakeTaskOver(by=by, unit=unfinished, now=now),
        "transfer": Transfer(by=by, to_unit="", accept_by=None, directory_version=0, now=now),
        "entrust": Entrust(by=by, unit=there, directory_version=0, now=now),
        "confer": Confer(by=by, present=(), minutes=SOME_WORDS, now=now),
        "note": AddNote(by=by, note=SOME_WORDS, now=now),
        "remind": Remind(by=by, words=SOME_WORDS, now=now),
        "categorise": Categorise(by=by, category="", now=now),
        "follow-up": PlanFollowUp(by=by, plan=some_plan, task=SOME_WORDS, now=now),
        "follow-up-cancel": CancelFollowUp(by=by, follow_up=any_open, reason=SOME_WORDS, now=now),
        "task-decline": DeclineTask(by=by, reason=SOME_WORDS, now=now),
        "suspend": AskSuspension(by=by, reason=SOME_WORDS, until=LATEST, now=now),
        "extend": AskExtension(by=by, reason=SOME_WORDS, resolve_by=LATEST, now=now),
        "extend-withdraw": WithdrawExtension(by=by, now=now),
        "suspend-withdraw": WithdrawSuspension(by=by, now=now),
        "merge": Merge(by=by, master=replace(case, id=NONE, duplicates=()), now=now),
        "split": Split(by=by, other=NONE, words=SOME_WORDS, now=now),
        "return": Return(
            by=by, reason=SOME_WORDS, accept_by=None, to_unit=told_of_return(case, rulebook.units), now=now
        ),
    }
    acts = tuple(name for name, command in tries.items() if _would_do(case, command))
    # While called units are at work their lead has only to wait, and so has everybody while it is observed whether a
    # change works; nothing bigger is to be suggested.
    waits = (bool(case.open_parts) and by.unit == case.unit) or observed_until(case, now) is not None
    return ("note", *(name for name in acts if name != "note")) if waits and "note" in acts else acts


def _would_do(case: Case, command: Act) -> bool:
    try:
        decide(case, command)
    except EvidenceMissingError:
        # What comes with it is asked for by its form.
        return True
    except RoutingError:
        return False
    return True
