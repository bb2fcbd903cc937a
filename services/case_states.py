"""The case as a state machine, told by asking the decider: what each command brings about where, and who may give it.

Nothing here is written down twice: a cell is what `decide` answers for a case that was brought so far by commands.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import cast
from uuid import UUID

from services.routing.domain.access import Sight
from services.routing.domain.case import Case, decide, evolve
from services.routing.domain.case.commands import (
    Accept,
    Actor,
    AddNote,
    AskExtension,
    AskSuspension,
    Assignment,
    BlowWhistle,
    Call,
    CancelFollowUp,
    Categorise,
    Close,
    Command,
    Confer,
    DeadlineReached,
    DeclineTask,
    EndSuspension,
    Entrust,
    FailVerification,
    FinishFollowUp,
    FinishTask,
    FollowUpReached,
    GrantExtension,
    GrantSuspension,
    InsistOnTask,
    Join,
    Leave,
    Merge,
    MoveCase,
    OpenCase,
    PassVerification,
    Plan,
    PlanFollowUp,
    RecomputeDeadlines,
    RefuseExtension,
    RefuseSuspension,
    ReleaseTask,
    Remind,
    Reopen,
    ReportIn,
    ReportRecurrence,
    Resolve,
    Return,
    RevealContact,
    Split,
    SuspensionReached,
    TakeTaskOver,
    Transfer,
    Withdraw,
    WithdrawExtension,
    WithdrawSuspension,
)
from services.routing.domain.case.follow_up import Occasion
from services.routing.domain.case.recounting import Recounted
from services.routing.domain.case.relocation import Instead
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.access import ReadsOnlyError
from services.routing.domain.errors.handling import CaseUnknownError
from shared.contracts.directory import Role
from shared.contracts.envelope import Sealed
from shared.contracts.intake import Channel, Contact
from shared.contracts.routing import Clock, Deadlines, Matter, RoutingEvent, RuleTrace
from shared.kernel.problems import problem_name

CASE_ID = UUID(int=1)
FOLLOW_UP = UUID(int=2)
OPENED_AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
SEALED = Sealed(person="reporter", key_version=1, box="")

DOER = Actor(person="doer", unit="unit", role=Role.HANDLER)
COLLEAGUE = Actor(person="colleague", unit="unit", role=Role.HANDLER)
CALLED = Actor(person="called", unit="called", role=Role.HANDLER)
ABOVE = Actor(person="above", unit="above", role=Role.LEAD)
DISPATCHER = Actor(person="dispatcher", unit="grid", role=Role.DISPATCHER)
SUPERVISOR = Actor(person="supervisor", unit="town", role=Role.SUPERVISOR)
STRANGER = Actor(person="stranger", unit="elsewhere", role=Role.LEAD)

# Who they are to the case, and what they see of it.
PEOPLE: Mapping[str, Sight] = {
    "办件单位（处置人） · of its unit, who did the work": Sight(
        actor=DOER, units=frozenset({"unit"}), areas=frozenset()
    ),
    "办件单位（同事） · of its unit, a colleague": Sight(actor=COLLEAGUE, units=frozenset({"unit"}), areas=frozenset()),
    "被吹哨单位 · of a called unit": Sight(actor=CALLED, units=frozenset({"called"}), areas=frozenset()),
    "上级单位负责人 · lead of the unit above": Sight(
        actor=ABOVE, units=frozenset({"above", "unit"}), areas=frozenset()
    ),
    "网格调度员 · dispatcher of the grid": Sight(
        actor=DISPATCHER, units=frozenset({"grid"}), areas=frozenset({"estate"})
    ),
    "督导 · supervisor": Sight(actor=SUPERVISOR, units=frozenset({"town"}), areas=frozenset({"estate"})),
    "其他单位 · of another unit": Sight(actor=STRANGER, units=frozenset({"elsewhere"}), areas=frozenset()),
}


def after(minutes: int) -> datetime:
    """So long after it was opened."""
    return OPENED_AT + timedelta(minutes=minutes)


OPEN = OpenCase(
    case_id=CASE_ID,
    matter=Matter(
        number="100000017",
        place="P",
        area="estate",
        reporter="reporter",
        contact=Contact(phone=SEALED),
        tracking_token=SEALED,
    ),
    channel=Channel.QR,
    text=SEALED,
    assignment=Assignment(
        unit="unit",
        trace=RuleTrace(rule="rule", directory_version=1),
        deadlines=Deadlines(accept_by=after(15), resolve_by=after(1440), first_response_by=after(60)),
    ),
    now=OPENED_AT,
)
ACCEPTED = (OPEN, Accept(by=DOER, now=after(1)))
WHISTLE = BlowWhistle(by=DOER, calls=(Call(unit="called", report_by=after(20)),), task=SEALED, now=after(2))
WHISTLED = (*ACCEPTED, WHISTLE)
ASKED = (
    *ACCEPTED,
    AskExtension(by=DOER, reason=SEALED, resolve_by=after(3000), to_unit="grid", answer_by=after(60), now=after(2)),
)
WAITING = (
    *ACCEPTED,
    AskSuspension(by=DOER, reason=SEALED, until=after(3000), to_unit="grid", answer_by=after(60), now=after(2)),
)
SUSPENDED = (*WAITING, GrantSuspension(by=DISPATCHER, now=after(3)))
RESOLVED = (*ACCEPTED, Resolve(by=DOER, note=SEALED, verify_by=after(500), now=after(3)))
VERIFIED = (*RESOLVED, PassVerification(by=COLLEAGUE, now=after(4)))

CLOSED = (*VERIFIED, Close(by=COLLEAGUE, now=after(5)))
PLAN = Plan(id=FOLLOW_UP, unit="called", occasion=Occasion(due=after(1500), deadline=after(2000)))
FOLLOWED = (*CLOSED, PlanFollowUp(by=DOER, plan=PLAN, task=SEALED, now=after(6)))
REMINDED = (*FOLLOWED, FollowUpReached(follow_up=FOLLOW_UP, generation=1, deadline=after(2000), now=after(1500)))
MISSED = (*REMINDED, FollowUpReached(follow_up=FOLLOW_UP, generation=2, deadline=after(2000), now=after(2000)))


def _done(case: Case | None, command: Command) -> Case | None:
    return reduce(evolve, decide(case, command), case)


# Another case of the same trouble, at the same unit.
OTHER = cast("Case", _done(None, replace(OPEN, case_id=UUID(int=2))))

SITUATIONS: Mapping[str, Sequence[Command]] = {
    "待派 unassigned": (OPEN, Return(by=DOER, reason=SEALED, accept_by=after(16), to_unit="above", now=after(1))),
    "待接单 assigned": (OPEN,),
    "退回过，又派回 given back before": (
        OPEN,
        Return(by=DOER, reason=SEALED, accept_by=after(16), to_unit="above", now=after(1)),
        Transfer(by=DISPATCHER, to_unit="unit", accept_by=after(20), directory_version=1, now=after(2)),
    ),
    "处置中 accepted": ACCEPTED,
    "已吹哨 called": WHISTLED,
    "已报到 reported in": (*WHISTLED, ReportIn(by=CALLED, now=after(3))),
    "不属本单位 declined": (
        *WHISTLED,
        DeclineTask(by=CALLED, reason=SEALED, to_unit="grid", answer_by=after(60), now=after(3)),
    ),
    "已交办 entrusted": (
        *WHISTLED,
        ReportIn(by=CALLED, now=after(3)),
        Entrust(by=DISPATCHER, unit="called", directory_version=1, now=after(4)),
    ),
    "已申请延期 extension asked": ASKED,
    "已申请挂账 suspension asked": WAITING,
    "已挂账 suspended": SUSPENDED,
    "已并案 merged": (OPEN, Merge(by=DISPATCHER, master=OTHER, now=after(2))),
    "有并入 master": (*ACCEPTED, Join(by=DISPATCHER, duplicate=OTHER, now=after(2))),
    "有并入，反映人已撤回 master, withdrawn": (
        *ACCEPTED,
        Join(by=DISPATCHER, duplicate=OTHER, now=after(2)),
        Withdraw(words=SEALED, now=after(3)),
    ),
    "已处置 resolved": RESOLVED,
    "已处置，等指定单位核查 resolved, verifier named": (
        *ACCEPTED,
        Resolve(by=DOER, note=SEALED, to_unit="above", verify_by=after(500), now=after(3)),
    ),
    "已核查 verified": VERIFIED,
    "已处置，反映人已撤回 resolved, withdrawn": (*RESOLVED, Withdraw(words=SEALED, now=after(4))),
    "已结单 closed": CLOSED,
    "已撤回 withdrawn": (*ACCEPTED, Withdraw(words=SEALED, now=after(3))),
    "已安排回头看 follow-up planned": FOLLOWED,
    "回头看到期 follow-up due": REMINDED,
    "漏做回头看 follow-up missed": MISSED,
}

AT = after(10)
# Each act, by whoever it is; what comes with it is as it should be.
ACTS: Mapping[str, Callable[[Actor], Command]] = {
    "accept": lambda by: Accept(by=by, now=AT),
    "return": lambda by: Return(by=by, reason=SEALED, accept_by=after(25), to_unit="above", now=AT),
    "transfer": lambda by: Transfer(by=by, to_unit="other", accept_by=after(25), directory_version=1, now=AT),
    "categorise": lambda by: Categorise(by=by, category="facilities", now=AT),
    "note": lambda by: AddNote(by=by, note=SEALED, now=AT),
    "remind": lambda by: Remind(by=by, words=SEALED, now=AT),
    "contact": lambda by: RevealContact(by=by, master=OTHER, now=AT),
    "whistle": lambda by: BlowWhistle(by=by, calls=(Call(unit="another"),), task=SEALED, now=AT),
    "report-in": lambda by: ReportIn(by=by, now=AT),
    "task-done": lambda by: FinishTask(by=by, note=SEALED, now=AT),
    "task-decline": lambda by: DeclineTask(by=by, reason=SEALED, to_unit="grid", now=AT),
    "task-release": lambda by: ReleaseTask(by=by, unit="called", now=AT),
    "task-insist": lambda by: InsistOnTask(by=by, unit="called", reason=SEALED, report_by=after(30), now=AT),
    "task-take-over": lambda by: TakeTaskOver(by=by, unit="called", now=AT),
    "confer": lambda by: Confer(by=by, present=("called",), minutes=SEALED, now=AT),
    "entrust": lambda by: Entrust(by=by, unit="called", directory_version=1, now=AT),
    "extend": lambda by: AskExtension(by=by, reason=SEALED, resolve_by=after(4000), to_unit="grid", now=AT),
    "extend-grant": lambda by: GrantExtension(by=by, now=AT),
    "extend-refuse": lambda by: RefuseExtension(by=by, reason=SEALED, now=AT),
    "extend-withdraw": lambda by: WithdrawExtension(by=by, now=AT),
    "suspend": lambda by: AskSuspension(by=by, reason=SEALED, until=after(4000), to_unit="grid", now=AT),
    "suspend-grant": lambda by: GrantSuspension(by=by, now=AT),
    "suspend-refuse": lambda by: RefuseSuspension(by=by, reason=SEALED, now=AT),
    "suspend-withdraw": lambda by: WithdrawSuspension(by=by, now=AT),
    "suspend-end": lambda by: EndSuspension(by=by, resolve_by=after(1500), now=AT),
    "follow-up": lambda by: PlanFollowUp(by=by, plan=replace(PLAN, id=UUID(int=3)), task=SEALED, now=AT),
    "follow-up-done": lambda by: FinishFollowUp(by=by, follow_up=FOLLOW_UP, note=SEALED, now=AT),
    "follow-up-recurred": lambda by: ReportRecurrence(
        by=by, follow_up=FOLLOW_UP, other=UUID(int=5), words=SEALED, now=AT
    ),
    "follow-up-cancel": lambda by: CancelFollowUp(by=by, follow_up=FOLLOW_UP, reason=SEALED, now=AT),
    "merge": lambda by: Merge(by=by, master=OTHER, now=AT),
    "split": lambda by: Split(by=by, other=UUID(int=4), words=SEALED, now=AT),
    "resolve": lambda by: Resolve(by=by, note=SEALED, now=AT),
    "verify-pass": lambda by: PassVerification(by=by, now=AT),
    "verify-fail": lambda by: FailVerification(by=by, reason=SEALED, resolve_by=after(1500), now=AT),
    "close": lambda by: Close(by=by, now=AT),
}
# Who gives each act where it is given at all; of what nobody in particular does, the clock and the reporter.
BY: Mapping[str, Actor] = {
    "report-in": CALLED,
    "task-done": CALLED,
    "task-decline": CALLED,
    "follow-up-done": CALLED,
    "follow-up-recurred": CALLED,
    "task-release": DISPATCHER,
    "task-insist": DISPATCHER,
    "task-take-over": DISPATCHER,
    "transfer": DISPATCHER,
    "remind": DISPATCHER,
    "entrust": DISPATCHER,
    "merge": DISPATCHER,
    "split": DISPATCHER,
    "extend-grant": DISPATCHER,
    "extend-refuse": DISPATCHER,
    "suspend-grant": DISPATCHER,
    "suspend-refuse": DISPATCHER,
    "verify-pass": COLLEAGUE,
    "verify-fail": COLLEAGUE,
    "close": COLLEAGUE,
}
BY_ITSELF: Mapping[str, Callable[[Case], Command]] = {
    "(the reporter says “not fixed”)": lambda _case: Reopen(
        words=SEALED, deadlines=Deadlines(accept_by=after(25), resolve_by=after(1450)), now=AT
    ),
    "(another is merged into it)": lambda _case: Join(by=DISPATCHER, duplicate=OTHER, now=AT),
    "(the reporter withdraws it)": lambda _case: Withdraw(words=SEALED, now=AT),
    "(a case that follows it is withdrawn)": lambda _case: Leave(duplicate=OTHER, now=AT),
    "(the accept clock runs out)": lambda case: _missed(case, Clock.ACCEPT),
    "(the first-response clock runs out)": lambda case: _missed(case, Clock.FIRST_RESPONSE),
    "(the resolve clock runs out)": lambda case: _missed(case, Clock.RESOLVE),
    "(the verify clock runs out)": lambda case: _missed(case, Clock.VERIFY),
    "(the end of the suspension comes)": lambda case: SuspensionReached(
        generation=case.resolve.generation, resolve_by=after(4500), now=after(3000)
    ),
    "(a follow-up's day comes, or passes)": lambda case: _follow_up(case),
    "(the district has its unit no more)": lambda _case: MoveCase(
        to_unit="other",
        gone=frozenset({"unit", "called"}),
        accept_by=after(25),
        resumed_by=after(1500),
        directory_version=2,
        now=AT,
    ),
    "(the district has who verifies or answers no more)": lambda case: MoveCase(
        to_unit=case.unit or "unit",
        keeps_unit=True,
        verifier=Instead(unit="other", due_by=after(600)),
        answers={asked_by: Instead(unit="other", due_by=after(70)) for asked_by in case.questions},
        directory_version=2,
        now=AT,
    ),
    "(the resolve clock is counted by a changed calendar)": lambda case: _recounted(case),
    "(the report-in clock runs out)": lambda case: _missed(case, Clock.REPORT_IN, called="called"),
    "(the answer clock runs out)": lambda case: _missed(
        case, Clock.ANSWER, called=next((each.asked_by for each in case.questions.values()), None)
    ),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the decider says: events, or a refusal; neither where a clock's reason has gone."""

    events: tuple[RoutingEvent, ...] = ()
    refusal: type[RoutingError] | None = None

    def __str__(self) -> str:
        """As a cell shows it."""
        if self.refusal is not None:
            return f"*{problem_name(self.refusal)}*"
        return ", ".join(type(event).__name__ for event in self.events) or "–"


def case_in(situation: str) -> Case:
    """A case that was brought so far."""
    return cast("Case", reduce(_done, SITUATIONS[situation], None))


def asked(case: Case, command: Command) -> Answer:
    """What the decider says to a command."""
    try:
        return Answer(tuple(decide(case, command)))
    except RoutingError as refusal:
        return Answer(refusal=type(refusal))


def asked_by(case: Case, sight: Sight, act: str) -> Answer:
    """What a member is answered: whether they see it at all comes first."""
    if not sight.sees(case):
        return Answer(refusal=CaseUnknownError)
    if not sight.may_act(case):
        return Answer(refusal=ReadsOnlyError)
    return asked(case, ACTS[act](sight.actor_on(case)))


def states() -> Iterator[tuple[str, Mapping[str, Answer]]]:
    """Each command with its answers by situation."""
    for act, command in ACTS.items():
        yield act, {each: asked(case_in(each), command(BY.get(act, DOER))) for each in SITUATIONS}
    for name, of_itself in BY_ITSELF.items():
        yield name, {each: asked(case_in(each), of_itself(case_in(each))) for each in SITUATIONS}


def permissions() -> Iterator[tuple[str, str, Mapping[str, Answer]]]:
    """Each act where it can be given at all, with the answer for each kind of member."""
    for act, answers in states():
        if act in ACTS:
            for situation in (each for each, answer in answers.items() if answer.events):
                case = case_in(situation)
                yield act, situation, {who: asked_by(case, sight, act) for who, sight in PEOPLE.items()}


def _missed(case: Case, clock: Clock, called: str | None = None) -> DeadlineReached:
    countdown = case.countdown(clock, called)
    now = countdown.due_at or AT
    generation = countdown.generation
    return DeadlineReached(clock=clock, called=called, generation=generation, next_unit="above", next_due=None, now=now)


def _recounted(case: Case) -> RecomputeDeadlines:
    moved = Recounted(clock=Clock.RESOLVE, unit="unit", before=case.resolve.deadline or AT, after=after(9000))
    return RecomputeDeadlines(edition=2, clocks=(moved,), now=AT)


def _follow_up(case: Case) -> FollowUpReached:
    known = case.follow_ups.get(FOLLOW_UP)
    generation, due_at = (known.clock.generation, known.clock.due_at) if known else (1, None)
    return FollowUpReached(
        follow_up=FOLLOW_UP, generation=generation, deadline=after(2000), next_unit="above", now=due_at or AT
    )
