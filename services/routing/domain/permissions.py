"""Who may do what with a case: role, action and the unit's relation to the case, in one table.

It says who. Whether the case is where it can be done, and that nobody judges their own work, the decider says.
"""

from collections.abc import Mapping
from enum import StrEnum

from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.access import ContactNotYoursError, NotForThisRoleError, ReadsOnlyError
from services.routing.domain.errors.finishing import TookPartError
from services.routing.domain.errors.following_up import FollowUpNotYoursError, NotFollowingError
from services.routing.domain.errors.handling import WrongUnitError
from services.routing.domain.errors.joint_work import NotCalledError, NotCoordinatingError
from services.routing.domain.errors.more_time import ExtensionNotYoursError, SuspensionNotYoursError
from services.routing.domain.reminders import NotToRemindError
from shared.contracts.directory import Reach, Role


class Relation(StrEnum):
    """What a case is to a member: what their unit is to it, or else where it lies."""

    OWN = "own"
    CALLED = "called"
    REPORTED_IN = "reported-in"
    TOLD = "told"
    ASKED = "asked"
    FOLLOWS = "follows"
    LEFT = "left"
    OVERSEEN = "overseen"
    OTHER = "other"


class Action(StrEnum):
    """Each act by its name in `/api/v1/cases/{case_id}/…`, and reading itself."""

    READ = "read"
    CONTACT = "contact"
    ACCEPT = "accept"
    RETURN = "return"
    TRANSFER = "transfer"
    NOTE = "note"
    REMIND = "remind"
    CATEGORISE = "categorise"
    MERGE = "merge"
    SPLIT = "split"
    WHISTLE = "whistle"
    REPORT_IN = "report-in"
    TASK_DONE = "task-done"
    TASK_DECLINE = "task-decline"
    TASK_RELEASE = "task-release"
    TASK_INSIST = "task-insist"
    TASK_TAKE_OVER = "task-take-over"
    ENTRUST = "entrust"
    CONFER = "confer"
    EXTEND = "extend"
    EXTEND_GRANT = "extend-grant"
    EXTEND_REFUSE = "extend-refuse"
    EXTEND_WITHDRAW = "extend-withdraw"
    SUSPEND = "suspend"
    SUSPEND_GRANT = "suspend-grant"
    SUSPEND_REFUSE = "suspend-refuse"
    SUSPEND_WITHDRAW = "suspend-withdraw"
    SUSPEND_END = "suspend-end"
    RESOLVE = "resolve"
    VERIFY_PASS = "verify-pass"  # noqa: S105 - an act, not a password
    VERIFY_FAIL = "verify-fail"
    CLOSE = "close"
    FOLLOW_UP = "follow-up"
    FOLLOW_UP_DONE = "follow-up-done"
    FOLLOW_UP_RECURRED = "follow-up-recurred"
    FOLLOW_UP_CANCEL = "follow-up-cancel"


Rights = Mapping[Action, frozenset[Relation]]

OWN = frozenset({Relation.OWN})
PART = frozenset({Relation.CALLED, Relation.REPORTED_IN})
AT_WORK = frozenset({Relation.OWN, Relation.REPORTED_IN})
OWN_OR_TOLD = frozenset({Relation.OWN, Relation.TOLD})
FOLLOWS = frozenset({Relation.FOLLOWS})
INFORMED = OWN | PART | FOLLOWS | {Relation.TOLD, Relation.ASKED, Relation.LEFT}
SEEN = INFORMED | {Relation.OVERSEEN}
# Who is only called helps the unit that has the case, and does not judge it; nor is there anything where nobody has it.
JUDGES = frozenset({Relation.OWN, Relation.TOLD, Relation.ASKED})
JUDGES_BELOW = JUDGES | {Relation.OVERSEEN}
PLANS_BELOW = OWN_OR_TOLD | {Relation.OVERSEEN}
COORDINATED = SEEN - {Relation.LEFT}
# A unit that has the case is not above it, and a decider refuses one that reminds itself.
ABOVE = frozenset({Relation.TOLD, Relation.OVERSEEN})

READS: Rights = {Action.READ: SEEN}
POST: Rights = {
    Action.READ: INFORMED,
    Action.CONTACT: AT_WORK,
    Action.ACCEPT: OWN,
    Action.RETURN: OWN,
    Action.NOTE: INFORMED,
    Action.REPORT_IN: frozenset({Relation.CALLED}),
    Action.TASK_DONE: frozenset({Relation.REPORTED_IN}),
    Action.EXTEND: OWN,
    Action.EXTEND_WITHDRAW: OWN,
    Action.SUSPEND: OWN,
    Action.SUSPEND_WITHDRAW: OWN,
    Action.SUSPEND_END: OWN,
    Action.RESOLVE: OWN,
    Action.FOLLOW_UP: OWN,
    Action.FOLLOW_UP_DONE: FOLLOWS,
    Action.FOLLOW_UP_RECURRED: FOLLOWS,
    Action.FOLLOW_UP_CANCEL: OWN,
}
WORKER: Rights = {
    **POST,
    Action.TRANSFER: OWN_OR_TOLD,
    Action.CATEGORISE: OWN_OR_TOLD,
    Action.MERGE: OWN,
    Action.SPLIT: OWN,
    Action.WHISTLE: OWN,
    Action.TASK_DECLINE: PART,
    Action.TASK_TAKE_OVER: OWN,
    Action.ENTRUST: OWN,
    Action.CONFER: OWN,
    Action.VERIFY_PASS: JUDGES,
    Action.VERIFY_FAIL: JUDGES,
    Action.CLOSE: JUDGES,
    Action.FOLLOW_UP: OWN_OR_TOLD,
    Action.FOLLOW_UP_CANCEL: OWN_OR_TOLD,
}
LEAD: Rights = {
    **WORKER,
    Action.READ: SEEN,
    Action.NOTE: SEEN,
    Action.REMIND: ABOVE,
    Action.VERIFY_PASS: JUDGES_BELOW,
    Action.VERIFY_FAIL: JUDGES_BELOW,
    Action.CLOSE: JUDGES_BELOW,
    Action.FOLLOW_UP: PLANS_BELOW,
    Action.FOLLOW_UP_CANCEL: PLANS_BELOW,
}
DISPATCHER: Rights = {
    **WORKER,
    Action.READ: SEEN,
    Action.NOTE: SEEN,
    Action.REMIND: COORDINATED,
    Action.CONTACT: SEEN,
    Action.TRANSFER: SEEN,
    Action.CATEGORISE: SEEN,
    Action.MERGE: SEEN - PART,
    Action.SPLIT: SEEN - PART,
    Action.WHISTLE: COORDINATED,
    Action.TASK_RELEASE: COORDINATED,
    Action.TASK_INSIST: COORDINATED,
    Action.TASK_TAKE_OVER: COORDINATED,
    Action.ENTRUST: COORDINATED,
    Action.CONFER: COORDINATED,
    Action.EXTEND_GRANT: COORDINATED,
    Action.EXTEND_REFUSE: COORDINATED,
    Action.SUSPEND_GRANT: COORDINATED,
    Action.SUSPEND_REFUSE: COORDINATED,
    Action.SUSPEND_END: COORDINATED,
    Action.VERIFY_PASS: COORDINATED,
    Action.VERIFY_FAIL: COORDINATED,
    Action.CLOSE: COORDINATED,
    Action.FOLLOW_UP: COORDINATED,
    Action.FOLLOW_UP_CANCEL: COORDINATED,
}
VERIFIER: Rights = {
    Action.READ: SEEN,
    Action.NOTE: SEEN,
    Action.VERIFY_PASS: JUDGES_BELOW,
    Action.VERIFY_FAIL: JUDGES_BELOW,
}

TABLE: Mapping[Role, Rights] = {
    Role.LEAD: LEAD,
    Role.HANDLER: WORKER,
    Role.PROPERTY_POST: POST,
    Role.DISPATCHER: DISPATCHER,
    Role.LIAISON: WORKER,
    Role.VERIFIER: VERIFIER,
    Role.SUPERVISOR: READS,
    Role.ADMIN: {Action.READ: SEEN | {Relation.OTHER}},
    Role.AUDITOR: READS,
}
REACH: Mapping[Role, Reach] = {
    Role.LEAD: Reach.LADDER,
    Role.HANDLER: Reach.UNIT,
    Role.PROPERTY_POST: Reach.UNIT,
    Role.DISPATCHER: Reach.AREA,
    Role.LIAISON: Reach.UNIT,
    Role.VERIFIER: Reach.AREA,
    Role.SUPERVISOR: Reach.AREA,
    Role.ADMIN: Reach.DISTRICT,
    Role.AUDITOR: Reach.AREA,
}

# These say themselves who may; where the others are never a role's, that is the reason to be told.
COORDINATING: Mapping[Action, type[RoutingError]] = {
    Action.WHISTLE: NotCoordinatingError,
    Action.TASK_RELEASE: NotCoordinatingError,
    Action.TASK_INSIST: NotCoordinatingError,
    Action.TASK_TAKE_OVER: NotCoordinatingError,
    Action.ENTRUST: NotCoordinatingError,
    Action.CONFER: NotCoordinatingError,
    Action.EXTEND_GRANT: ExtensionNotYoursError,
    Action.EXTEND_REFUSE: ExtensionNotYoursError,
    Action.SUSPEND_GRANT: SuspensionNotYoursError,
    Action.SUSPEND_REFUSE: SuspensionNotYoursError,
    Action.SUSPEND_END: SuspensionNotYoursError,
}
BY_RELATION: Mapping[Action, type[RoutingError]] = {
    Action.CONTACT: ContactNotYoursError,
    Action.REMIND: NotToRemindError,
    Action.REPORT_IN: NotCalledError,
    Action.TASK_DONE: NotCalledError,
    Action.TASK_DECLINE: NotCalledError,
    Action.VERIFY_PASS: TookPartError,
    Action.VERIFY_FAIL: TookPartError,
    Action.CLOSE: TookPartError,
    Action.FOLLOW_UP: FollowUpNotYoursError,
    Action.FOLLOW_UP_DONE: NotFollowingError,
    Action.FOLLOW_UP_RECURRED: NotFollowingError,
    Action.FOLLOW_UP_CANCEL: FollowUpNotYoursError,
}


class Whose(StrEnum):
    """Whose turns of duty a member moves: their own, or those of everybody of their unit."""

    OWN = "own"
    UNIT = "unit"


# Handing over (交班) and swapping (换班); who is not in it reads the duty and moves nobody's turn.
DUTY_TABLE: Mapping[Role, Whose] = {
    Role.LEAD: Whose.UNIT,
    Role.HANDLER: Whose.OWN,
    Role.PROPERTY_POST: Whose.OWN,
    Role.DISPATCHER: Whose.OWN,
    Role.LIAISON: Whose.OWN,
    Role.VERIFIER: Whose.OWN,
}


# Taking down by telephone what somebody reports (代录): any place's, for who calls the one number names no unit.
TAKES_CALLS = frozenset({Role.LEAD, Role.HANDLER, Role.DISPATCHER})


class AdminAction(StrEnum):
    """What the admin's pages allow: to read them, and to end somebody's sessions."""

    READ = "read"
    END_SESSIONS = "end-sessions"


ADMIN_TABLE: Mapping[Role, frozenset[AdminAction]] = {
    Role.ADMIN: frozenset(AdminAction),
    Role.AUDITOR: frozenset({AdminAction.READ}),
}


def reads_only(role: Role) -> bool:
    """Whether the role changes nothing in any case."""
    return TABLE[role].keys() == {Action.READ}


def coordinates(role: Role) -> bool:
    """Whether the role answers for others what their units ask, and so coordinates them."""
    return Action.EXTEND_GRANT in TABLE[role]


def is_allowed(role: Role, action: Action, relations: frozenset[Relation]) -> bool:
    """What the table says; of several relations to a case each gives what it gives."""
    return not relations.isdisjoint(TABLE[role].get(action, frozenset()))


def refusal(role: Role, action: Action) -> type[RoutingError]:
    """Why a member who is not allowed an act is not."""
    if reads_only(role):
        return ReadsOnlyError
    if action in COORDINATING:
        return COORDINATING[action]
    if action not in TABLE[role]:
        return NotForThisRoleError
    return BY_RELATION.get(action, WrongUnitError)
