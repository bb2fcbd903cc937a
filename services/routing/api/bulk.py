"""One act on several cases at once (批量办理): each is an act of its own, and is answered for itself."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError

from services.routing.api.acts import UnknownActError
from services.routing.api.bulk_schemas import CaseAnswered, SeveralAnswered, SeveralCases, SeveralCasesToUnit
from services.routing.api.callers import SESSION, signed_in
from services.routing.api.errors import problem_of
from services.routing.api.versions import changed_since
from services.routing.domain.errors.handling import ChangedMeanwhileError
from services.routing.domain.permissions import Action, refusal
from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member
from services.routing.handlers.bulk import CASES_MAX, Outcome, act_on_each, acts_in_bulk
from shared.kernel.bodies import described, json_of, only_query
from shared.kernel.misread import BODY

TOLD = (
    f" Each of up to {CASES_MAX} cases is an act of its own, with the rights, the refusals and the history of that act "
    "alone: what one refuses keeps none of the others. Sent again with its key, it does what is left and nothing twice."
)
# Act -> what it takes, and what it is.
TAKEN: Mapping[Action, tuple[type[SeveralCases], str]] = {
    Action.REMIND: (SeveralCases, "批量催办 · Remind the units that have these cases."),
    Action.TRANSFER: (SeveralCasesToUnit, "批量转派 · Give these cases to another unit, with a reason."),
}

FIRST, SECOND, UNKNOWN = (f"019de2a0-0000-7000-8000-00000000000{number}" for number in (1, 2, 3))
CHOSEN = [{"id": FIRST, "version": 2}, {"id": SECOND, "version": 2}, {"id": UNKNOWN, "version": "*"}]
ASKED: Mapping[Action, Mapping[str, Any]] = {
    Action.REMIND: {"cases": CHOSEN, "words": "今天务必到场"},
    Action.TRANSFER: {"cases": CHOSEN, "words": "门禁归物业管", "unit": "chunhe-property"},
}
# The second of them was accepted since it was read, and nobody knows the third.
ANSWERED = {
    "done": 1,
    "refused": 2,
    "results": [
        {"id": FIRST, "status": 204},
        {
            "id": SECOND,
            "status": 412,
            "problem": {
                "type": "/problems/changed-meanwhile",
                "title": "Somebody else acted on the case since it was shown; look again, then decide.",
                "status": 412,
                "remedy": "Read the case again, see what the other did, then decide; send the new ETag as If-Match.",
                "version": 3,
                "changes": [
                    {
                        "event": "CaseAccepted",
                        "at": "2026-04-28T13:05:00Z",
                        "unit": "chunhe-committee",
                        "by": "committee-lead-1",
                    }
                ],
            },
        },
        {
            "id": UNKNOWN,
            "status": 404,
            "problem": {
                "type": "/problems/case-unknown",
                "title": "There is no such case.",
                "status": 404,
                "remedy": "Check the case's id; take it from the inbox or the list. "
                "A ticket becomes a case a moment after it was reported.",
            },
        },
    ],
}


def add_bulk(routes: APIRouter, service: Routing) -> None:
    """An address for each act that several cases take at once."""
    for action, (takes, told) in TAKEN.items():
        _add_act(routes, service, action, takes=takes, told=told)

    @routes.post("/bulk/{name}", include_in_schema=False)
    async def unknown(_member: Annotated[Member, Depends(signed_in(service))]) -> None:
        raise UnknownActError


def _add_act(routes: APIRouter, service: Routing, action: Action, *, takes: type[SeveralCases], told: str) -> None:
    @routes.post(
        f"/bulk/{action}",
        status_code=HTTPStatus.MULTI_STATUS,
        name=f"bulk-{action}",
        description=told + TOLD,
        dependencies=[SESSION, only_query()],
        openapi_extra=_described(action, takes),
        # What was done has no problem, rather than none of a problem.
        response_model_exclude_unset=True,
    )
    async def act(
        request: Request,
        member: Annotated[Member, Depends(signed_in(service))],
        body: Annotated[SeveralCases, Depends(json_of(takes))],
        idempotency_key: Annotated[
            str, Header(min_length=1, max_length=200, description="One for all: with each case the act happens once.")
        ],
    ) -> SeveralAnswered:
        if action not in acts_in_bulk(member.actor.role):
            raise refusal(member.actor.role, action)
        if repeated := body.repeated():
            raise RequestValidationError([{"type": "repeated", "loc": (BODY, "cases", each)} for each in repeated])
        chosen, given = body.chosen(), body.given_to_each()
        outcomes = await act_on_each(service, member, action, chosen, key=idempotency_key, given=given)
        results = [await _answered(service, request.app, each) for each in outcomes]
        done = sum(each.problem is None for each in results)
        return SeveralAnswered(done=done, refused=len(results) - done, results=results)


async def _answered(service: Routing, app: FastAPI, outcome: Outcome) -> CaseAnswered:
    match outcome.refusal:
        case None:
            return CaseAnswered(id=outcome.case_id, status=HTTPStatus.NO_CONTENT)
        case ChangedMeanwhileError() as refused:
            problem = await changed_since(service, outcome.asked, refused)
        case refused:
            problem = problem_of(refused)
    return CaseAnswered(id=outcome.case_id, status=problem.status, problem=problem.body(app))


def _described(action: Action, takes: type[SeveralCases]) -> dict[str, Any]:
    answer = {"description": "What came of each.", "content": {"application/json": {"example": ANSWERED}}}
    return described(takes, example=ASKED[action]) | {"responses": {str(HTTPStatus.MULTI_STATUS.value): answer}}
