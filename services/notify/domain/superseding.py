"""Which messages to whoever is on duty are out of date before they could be sent: the case has gone on meanwhile."""

from services.notify.domain.message import Notification
from services.notify.domain.wishes import (
    ANSWER_REASSIGNED,
    ANSWER_WARNED,
    ASSIGNED,
    ASSIGNED_WITHOUT_DEADLINE,
    CALLED,
    CALLED_WITHOUT_DEADLINE,
    DECLINED,
    ESCALATED,
    EXTENSION_ASKED,
    FOLLOW_UP_DUE,
    FOLLOW_UP_ESCALATED,
    FOLLOW_UP_MISSED,
    INSISTED,
    REOPENED,
    RESPONSE_WARNED,
    RETURNED,
    SUSPENSION_ASKED,
    SUSPENSION_GRANTED,
    TO_OBSERVE,
    TO_VERIFY,
    TO_VERIFY_WITHOUT_DEADLINE,
    UNANSWERED,
    UNRESPONDED,
    WARNED,
    WITHDRAWN,
)
from shared.contracts.notify import Audience
from shared.contracts.routing import (
    AwaitedUnitReplaced,
    CaseAccepted,
    CaseClosed,
    CaseEscalated,
    CaseMerged,
    CaseResolved,
    CaseReturned,
    CaseTransferred,
    CaseWithdrawn,
    Clock,
    DeadlineRecomputed,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionWithdrawn,
    FollowUpCancelled,
    FollowUpDone,
    FollowUpMissed,
    FollowUpRecurred,
    JointTaskDeclined,
    JointTaskInsisted,
    JointTaskReleased,
    JointTaskTakenOver,
    SuspensionEnded,
    SuspensionGranted,
    SuspensionRefused,
    SuspensionWithdrawn,
    UnitReportedIn,
    VerificationFailed,
    VerificationPassed,
)

CalledNoMore = UnitReportedIn | JointTaskDeclined | JointTaskReleased | JointTaskTakenOver
Settled = JointTaskReleased | JointTaskInsisted | JointTaskTakenOver
Answered = ExtensionGranted | ExtensionRefused | SuspensionGranted | SuspensionRefused
Withdrawn = ExtensionWithdrawn | SuspensionWithdrawn
FollowUpOver = FollowUpDone | FollowUpRecurred | FollowUpMissed | FollowUpCancelled
Finished = (
    CaseAccepted
    | CaseReturned
    | CaseTransferred
    | CaseResolved
    | CaseClosed
    | CaseMerged
    | CaseWithdrawn
    | CalledNoMore
    | Settled
    | Answered
    | Withdrawn
    | SuspensionEnded
    | VerificationPassed
    | VerificationFailed
)
GoneOn = Finished | FollowUpOver | CaseEscalated | DeadlineRecomputed | AwaitedUnitReplaced

# They ask for somebody to take the case.
ASKING = frozenset({ASSIGNED, ASSIGNED_WITHOUT_DEADLINE, REOPENED, RETURNED})
# They ask a unit to report in.
CALLING = frozenset({CALLED, CALLED_WITHOUT_DEADLINE, INSISTED})
# They ask somebody to verify it.
TO_VERIFY_IT = frozenset({TO_VERIFY, TO_VERIFY_WITHOUT_DEADLINE, TO_OBSERVE})
# They ask the grid for an answer.
TO_DECIDE = frozenset({EXTENSION_ASKED, SUSPENSION_ASKED})

# They are about what is done after the fix, whoever has the case and whatever becomes of it.
FOLLOWING = frozenset({FOLLOW_UP_DUE, FOLLOW_UP_MISSED, FOLLOW_UP_ESCALATED})


def is_superseded(message: Notification, event: GoneOn) -> bool:
    """Whether a message about the case would tell what is true no more after this event."""
    if message.audience is not Audience.DUTY:
        return False
    if isinstance(event, FollowUpOver):
        return _reminds_of(message, event)
    if isinstance(event, CaseEscalated):
        # Once the deadline has passed, what was to remind of it comes too late.
        return _reminds(message, event.clock) and message.unit == event.from_unit
    if isinstance(event, DeadlineRecomputed):
        # Who is reminded again before the new deadline need not hear of the old one.
        is_meant = event.asked_by is None or _asks_for(message, event.asked_by)
        return bool(event.warnings) and _reminds(message, event.clock) and message.unit == event.unit and is_meant
    if isinstance(event, AwaitedUnitReplaced):
        return _is_for_another(message, event)
    return message.template not in FOLLOWING and _is_over(message, event)


def _is_over(message: Notification, event: Finished) -> bool:
    match event:
        case CaseAccepted():
            return message.template in {*ASKING, RESPONSE_WARNED, UNRESPONDED} or _reminds(message, Clock.ACCEPT)
        case CaseReturned(unit=unit) | CaseTransferred(from_unit=unit):
            # A return that asked for somebody who takes it is answered by the transfer.
            # A unit's call is its own matter, whoever has the case.
            asked_above = message.template in {RETURNED, *TO_DECIDE} or _asks_for(message, unit)
            calls = message.template in CALLING or _reminds(message, Clock.REPORT_IN)
            return not calls and (message.unit == unit or asked_above)
        case UnitReportedIn(unit=unit) | JointTaskDeclined(unit=unit):
            return _calls(message, unit)
        case JointTaskReleased() | JointTaskInsisted() | JointTaskTakenOver():
            return _is_settled(message, event.unit)
        case VerificationPassed() | VerificationFailed():
            return message.template in TO_VERIFY_IT or _reminds(message, Clock.VERIFY)
        case CaseResolved() | CaseMerged() | CaseClosed():
            return True
        case CaseWithdrawn():
            # The called units are told of the same in its moment.
            return message.template != WITHDRAWN
        case _:
            return _on_clock(message, event)


def _is_for_another(message: Notification, event: AwaitedUnitReplaced) -> bool:
    """Whether it asks a unit that has its place no more to verify or to answer."""
    if event.clock is Clock.VERIFY:
        to_verify = message.template in TO_VERIFY_IT or _reminds(message, Clock.VERIFY)
        return to_verify and message.unit == event.from_unit
    asked = message.template in {DECLINED, *TO_DECIDE} and message.params.get("unit") == event.asked_by
    return asked or _asks_for(message, event.asked_by)


def _is_settled(message: Notification, unit: str) -> bool:
    # Who is to decide on a refusal need not any more; it may be another's that still waits for them.
    decided = message.template == DECLINED and message.params.get("unit") == unit
    return decided or _asks_for(message, unit) or _calls(message, unit)


def _asks_for(message: Notification, unit: str | None) -> bool:
    """Whether it asks anew for the answer that this unit waits for, or tells the level above that there was none."""
    asker = {ANSWER_WARNED: "unit", ANSWER_REASSIGNED: "unit", UNANSWERED: "asked_by"}.get(message.template)
    return asker is not None and message.params.get(asker) == unit


def _reminds_of(message: Notification, event: FollowUpOver) -> bool:
    is_meant = message.params.get("follow_up") == str(event.follow_up)
    return is_meant and message.template in (FOLLOW_UP_DUE, FOLLOW_UP_MISSED)


def _calls(message: Notification, unit: str) -> bool:
    return message.unit == unit and (message.template in CALLING or _reminds(message, Clock.REPORT_IN))


def _reminds(message: Notification, clock: Clock) -> bool:
    return message.template in (WARNED, ANSWER_WARNED, RESPONSE_WARNED) and message.params.get("clock") == clock


def _on_clock(message: Notification, event: Answered | Withdrawn | SuspensionEnded) -> bool:
    if isinstance(event, SuspensionEnded):
        return message.template == SUSPENSION_GRANTED
    # There is one question at a time, and what was granted is not late.
    is_granted = isinstance(event, ExtensionGranted | SuspensionGranted)
    late = message.template == ESCALATED or _reminds(message, Clock.RESOLVE)
    asks = message.template in TO_DECIDE or _asks_for(message, event.unit)
    return asks or (is_granted and late)
