"""Which version of a case a program looked at, and what it is told when the case has moved on since."""

from dataclasses import replace
from typing import Any

from fastapi import Request

from services.routing.api.errors import problem_of
from services.routing.api.schemas import Change
from services.routing.domain.errors.handling import CaseUnknownError, ChangedMeanwhileError
from services.routing.handlers import Routing
from services.routing.handlers.performing import WHATEVER_ELSE_HAPPENED, Asked
from services.routing.handlers.reading import read_case
from shared.contracts.routing import ContactRevealed, RoutingEvent
from shared.kernel.description import PROBLEM, PROBLEMS, header_described
from shared.kernel.problems import Problem, ProblemError

HEADER = "If-Match"
WHATEVER = "*"
# Proxies that compress an answer mark its ETag as weak; it is still the number of the same version.
WEAK = "W/"
DIGITS_MAX = 9
VERSION_MAX = 10**DIGITS_MAX - 1

UNCHANGED = (
    " Only if nobody has acted on the case since you read it: `If-Match` is its `ETag`, or `*` if you mean it so."
)
WHATEVER_HAPPENED = " Done whatever happened to the case since you read it: `If-Match` holds nothing up."

# A refusal that says what happened meanwhile.
MOVED_ON = {
    **PROBLEM,
    "properties": PROBLEM["properties"]
    | {
        "version": {"type": "integer", "description": "What the case is now."},
        "changes": {"type": "array", "items": Change.model_json_schema()},
    },
}


class VersionNotValidError(ProblemError):
    """If-Match takes the ETag that the case was read with, such as "7", or * for whatever the case is now."""

    status = 400


class VersionNeededError(ProblemError):
    """The act depends on what you saw of the case, and you do not say what that was: If-Match is missing."""

    status = 428


def version_in(request: Request, act: str) -> int | None:
    """The version that the caller looked at; none where whatever it is will do.

    Raises:
        VersionNeededError: they do not say, and the act depends on it.
        VersionNotValidError: it is no version.
    """
    written = request.headers.get(HEADER)
    if written is None and act not in WHATEVER_ELSE_HAPPENED:
        raise VersionNeededError
    return None if written is None or written.strip() == WHATEVER else _number(written)


def _number(written: str) -> int:
    digits = written.strip().removeprefix(WEAK).strip('"')
    if not digits.isascii() or not digits.isdecimal() or len(digits) > DIGITS_MAX:
        raise VersionNotValidError
    return int(digits)


async def changed_since(service: Routing, asked: Asked, refused: ChangedMeanwhileError) -> Problem:
    """The refusal of an act on a case that has moved on, with what happened to it since it was read."""
    try:
        read = await read_case(service, asked.member, asked.case_id)
    except CaseUnknownError as out_of_sight:
        return problem_of(out_of_sight)
    since = [event for event in read.events[asked.version or 0 :] if not isinstance(event, ContactRevealed)]
    more = {"version": read.version, "changes": [_told(event).model_dump(mode="json") for event in since]}
    return replace(problem_of(refused), headers={"ETag": f'"{read.version}"'}, more=more)


def _told(event: RoutingEvent) -> Change:
    unit, by = getattr(event, "unit", None), getattr(event, "by", None)
    return Change(event=type(event).__name__, at=event.at, unit=unit, by=by)


def held_to(act: str) -> str:
    """What an act's description says of the version."""
    return WHATEVER_HAPPENED if act in WHATEVER_ELSE_HAPPENED else UNCHANGED


def described_version(act: str) -> dict[str, Any]:
    """How an act's description tells of the header, which the act reads itself: a missing one has its own problem."""
    needed = act not in WHATEVER_ELSE_HAPPENED
    header = {
        "name": HEADER,
        "in": "header",
        "required": needed,
        "description": "The `ETag` that the case was read with; `*` for whatever the case is now.",
        "schema": {"type": "string"},
        "examples": {"as read": {"value": '"7"'}, "whatever it is": {"value": WHATEVER}},
    }
    return {"parameters": [header], "responses": _refusals() if needed else {}}


def _refusals() -> dict[str, Any]:
    """What else such an act answers."""
    usual = PROBLEMS["default"]["content"]
    return {
        "412": {
            "description": "The case has moved on; `changes` are what happened since you read it.",
            "headers": header_described("ETag", "Its version now."),
            "content": {media_type: {"schema": MOVED_ON} for media_type in usual},
        },
        "428": {"description": "`If-Match` is missing.", "content": usual},
    }
