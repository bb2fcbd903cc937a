"""How a member's unit stands to a case, and whether the table of permissions lets them act on it for that."""

from services.routing.domain.case.commands import Actor
from services.routing.domain.case.follow_up import FollowUpState
from services.routing.domain.case.joint import PartState
from services.routing.domain.case.state import Case
from services.routing.domain.permissions import FOLLOWS, Action, Relation, is_allowed, refusal


def relations_of(case: Case, by: Actor) -> frozenset[Relation]:
    """All that the unit is to the case; one that is nothing to it sees it, if at all, for where it lies.

    Who does nothing but follow up loses nothing by it of what they may as one who oversees the case.
    """
    part = case.joint.get(by.unit)
    called = part is not None and by.unit in case.called_units
    helps = part is not None and part.state is PartState.REPORTED_IN
    own = (each for each in case.follow_ups.values() if each.unit == by.unit)
    follows = any(each.state is not FollowUpState.CANCELLED for each in own)
    holds = {
        Relation.OWN: by.unit == case.unit,
        Relation.CALLED: called and not helps,
        Relation.REPORTED_IN: helps,
        Relation.TOLD: by.unit in case.told,
        Relation.ASKED: by.unit in case.watching and not called,
        Relation.FOLLOWS: follows,
        Relation.LEFT: case.unit is None and by.unit == case.left_unit,
    }
    held = frozenset(relation for relation, is_held in holds.items() if is_held)
    nothing_more = not held or (held == FOLLOWS and by.oversees)
    return held | {Relation.OVERSEEN} if nothing_more else held


def check_may(case: Case, by: Actor, action: Action) -> None:
    """That the table allows it, to one who sees the case: whether they do is asked before.

    Raises:
        RoutingError: it does not; the class says why.
    """
    if not is_allowed(by.role, action, relations_of(case, by)):
        raise refusal(by.role, action)
