"""By when somebody is to act, and until when a clock stands still: the moments that the words of a message name."""

from datetime import datetime

from shared.contracts.envelope import Sealed
from shared.contracts.routing import (
    AwaitedUnitReplaced,
    CaseAssigned,
    CaseResolved,
    Clock,
    ExtensionAsked,
    ExtensionGranted,
    SuspensionAsked,
    SuspensionEnded,
    SuspensionGranted,
)


def moments(**named: datetime | None) -> dict[str, Sealed | str]:
    """Those that there are, as a message's words name them."""
    return {name: moment.isoformat() for name, moment in named.items() if moment is not None}


def accept_by(event: CaseAssigned) -> datetime | None:
    """By when it is to be accepted, whichever clock asks for it; what has passed by then can not be asked for."""
    due = event.deadlines
    first = due.first_response_by if due.first_response_by and due.first_response_by > event.at else None
    return min((moment for moment in (due.accept_by, first) if moment is not None), default=None)


def of_verifying(event: CaseResolved | AwaitedUnitReplaced) -> dict[str, Sealed | str]:
    """By when it is verified, or until when it is observed before; nothing of who is asked for an answer."""
    match event:
        case AwaitedUnitReplaced(clock=Clock.ANSWER):
            return {}
        case AwaitedUnitReplaced(deadline=verify_by):
            return moments(observed_until=event.observed_until) or moments(verify_by=verify_by)
        case CaseResolved(deadlines=due):
            return moments(observed_until=event.observed_until) or moments(verify_by=due.verify_by)


def of_more_time(
    event: ExtensionAsked | SuspensionAsked | SuspensionGranted | ExtensionGranted | SuspensionEnded,
) -> dict[str, Sealed | str]:
    """Until when, and why where that is asked."""
    match event:
        case ExtensionAsked(reason=reason, resolve_by=resolve_by):
            return {"words": reason, **moments(resolve_by=resolve_by)}
        case SuspensionAsked(reason=reason, until=until):
            return {"words": reason, **moments(until=until)}
        case SuspensionGranted(until=until):
            return moments(until=until)
        case ExtensionGranted(deadlines=deadlines) | SuspensionEnded(deadlines=deadlines):
            return moments(resolve_by=deadlines.resolve_by)
