"""Which messages to whoever is on duty are out of date before they could be sent: the case has gone on meanwhile."""

from services.notify.domain.message import Notification
from services.notify.domain.wishes import (
    ASSIGNED,
    ASSIGNED_WITHOUT_DEADLINE,
    CALLED,
    CALLED_WITHOUT_DEADLINE,
    INSISTED,
    REOPENED,
    RETURNED,
)
from shared.contracts.notify import Audience
from shared.contracts.routing import (
    CaseAccepted,
    CaseClosed,
    CaseResolved,
    CaseReturned,
    CaseTransferred,
    JointTaskDeclined,
    JointTaskReleased,
    JointTaskTakenOver,
    UnitReportedIn,
)

CalledNoMore = UnitReportedIn | JointTaskDeclined | JointTaskReleased | JointTaskTakenOver
GoneOn = CaseAccepted | CaseReturned | CaseTransferred | CaseResolved | CaseClosed | CalledNoMore

# They ask for somebody to take the case.
ASKING = frozenset({ASSIGNED, ASSIGNED_WITHOUT_DEADLINE, REOPENED, RETURNED})
# They ask a unit to report in.
CALLING = frozenset({CALLED, CALLED_WITHOUT_DEADLINE, INSISTED})


def is_superseded(message: Notification, event: GoneOn) -> bool:
    """Whether a message about the case would tell what is true no more after this event."""
    if message.audience is not Audience.DUTY:
        return False
    match event:
        case CaseAccepted():
            return message.template in ASKING
        case CaseReturned(unit=unit) | CaseTransferred(from_unit=unit):
            # A return that asked for somebody who takes it is answered by the transfer.
            # A unit's call is its own matter, whoever has the case.
            return message.template not in CALLING and (message.unit == unit or message.template == RETURNED)
        case (
            UnitReportedIn(unit=unit)
            | JointTaskDeclined(unit=unit)
            | JointTaskReleased(unit=unit)
            | JointTaskTakenOver(unit=unit)
        ):
            return message.unit == unit and message.template in CALLING
        case CaseResolved() | CaseClosed():
            return True
