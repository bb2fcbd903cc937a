"""What a member's program can do with a case: an address for each act, with exactly what it takes."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response

from services.routing.api.bodies import Brought, brought, described_with_photos
from services.routing.api.callers import SESSION, signed_in
from services.routing.api.examples import EXAMPLES, PHOTOGRAPHED
from services.routing.api.schemas import (
    Body,
    Conference,
    ContactInFull,
    Entrusted,
    FollowUpToPlan,
    Into,
    MoreTime,
    NothingMore,
    OfCategory,
    OfFollowUp,
    OfUnit,
    OfUnitWithWords,
    OtherTrouble,
    PerhapsWords,
    Whistle,
    WithWords,
)
from services.routing.api.versions import changed_since, described_version, held_to, version_in
from services.routing.domain.errors.handling import ChangedMeanwhileError
from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member
from services.routing.handlers.acts import ACTS, Given
from services.routing.handlers.contact import reveal_contact
from services.routing.handlers.performing import Asked
from services.routing.handlers.reading import known_id
from shared.kernel.bodies import described, json_of, only_query
from shared.kernel.problems import ProblemError

# Act -> what it takes, and what it is.
TAKEN: Mapping[str, tuple[type[Body], str]] = {
    "accept": (NothingMore, "接单 · Accept the case for your unit."),
    "return": (WithWords, "退单 · Give it back to the next level with a reason; your unit cannot do it."),
    "transfer": (OfUnitWithWords, "转派 · Give it to another of its `units`, with a reason."),
    "categorise": (OfCategory, "改类别 · It counts as of another category; its unit and its clocks stay."),
    "note": (WithWords, "备注 · Write something down; nothing else changes."),
    "remind": (WithWords, "催办 · Remind the unit that has it; no clock moves. Not again within ten minutes."),
    "resolve": (WithWords, "处置 · Say what was done on site; somebody else verifies it."),
    "verify-pass": (PerhapsWords, "核查通过 · The trouble is gone, seen by somebody other than the doer."),
    "verify-fail": (WithWords, "核查不通过 · It is not: back to the unit with the reason and a fresh clock."),
    "close": (NothingMore, "结单 · Close what was verified; the reporter is asked whether they are satisfied."),
    "split": (
        OtherTrouble,
        "拆分 · The report tells of a second trouble: it becomes a ticket and a case of its own, by the rules.",
    ),
    "merge": (Into, "并案 · It tells of the same trouble as another case, and follows that one from here on."),
    "whistle": (
        Whistle,
        "吹哨 · Call units to the case, with one task or each its own; each has a clock for reporting in.",
    ),
    "report-in": (NothingMore, "报到 · Your unit, which was called, is there."),
    "task-done": (WithWords, "联合处置完成 · Your unit's task is done."),
    "task-decline": (WithWords, "不属本单位 · Your unit declines its task; the grid decides."),
    "task-release": (OfUnit, "同意不办 · The grid agrees that the unit need not do its task."),
    "task-insist": (OfUnitWithWords, "不同意 · The grid does not agree: the unit is called again, with the reason."),
    "task-take-over": (OfUnit, "代办 · Your unit does the task in the other's place."),
    "confer": (
        Conference,
        "会商 · The minutes of a conference: `units` were there; called ones that were not are told.",
    ),
    "entrust": (
        Entrusted,
        "交办 · A called unit that is there gets the job: it leads from now on, by the same deadline.",
    ),
    "extend": (MoreTime, "申请延期 · Ask the grid for more time, before the resolve deadline has passed."),
    "extend-grant": (NothingMore, "同意延期 · The grid grants what was asked for; the deadline moves."),
    "extend-withdraw": (NothingMore, "撤回延期申请 · Your unit needs no more time after all."),
    "suspend": (MoreTime, "申请挂账 · Ask the grid to let the resolve clock stand still for so long at most."),
    "suspend-grant": (NothingMore, "同意挂账 · The grid does; the clock stands still until then."),
    "suspend-refuse": (WithWords, "不同意挂账 · The grid does not, with a reason; the clock runs on."),
    "suspend-withdraw": (NothingMore, "撤回挂账申请 · Your unit can go on after all."),
    "suspend-end": (NothingMore, "恢复计时 · The clock runs on now, with what it had left."),
    "follow-up": (FollowUpToPlan, "安排回头看 · Plan work that keeps the fix, once or several times."),
    "follow-up-done": (OfFollowUp, "回头看完成 · Your unit did it; the next time is planned by itself."),
    "follow-up-recurred": (
        OfFollowUp,
        "回头看发现问题又出现 · Your unit looked, and the trouble is back: a new ticket and case, by the rules.",
    ),
    "follow-up-cancel": (OfFollowUp, "取消回头看 · It is not to be done, or not any more, with a reason."),
    "extend-refuse": (WithWords, "不同意延期 · The grid does not, with a reason; the deadline stands."),
}

WITH_PHOTOS = " With photos as a multipart form: each a file named `photos`, and a list's field once for each of it."


class UnknownActError(ProblemError):
    """There is no such act."""

    status = 404


def add_acts(routes: APIRouter, service: Routing) -> None:
    """An address for each act, and an answer for what is none."""
    for name, (takes, told) in TAKEN.items():
        _add_act(routes, service, name, takes=takes, told=told)

    _add_contact(routes, service)

    @routes.post("/{case_id}/{name}", include_in_schema=False)
    async def unknown(_member: Annotated[Member, Depends(signed_in(service))]) -> None:
        raise UnknownActError


def _add_contact(routes: APIRouter, service: Routing) -> None:
    @routes.post("/{case_id}/contact", dependencies=[SESSION, only_query()], openapi_extra=described(NothingMore))
    async def contact(
        response: Response,
        case_id: str,
        member: Annotated[Member, Depends(signed_in(service))],
        _body: Annotated[NothingMore, Depends(json_of(NothingMore))],
        idempotency_key: Annotated[str, Header(min_length=1, max_length=200, description="Looking is recorded once.")],
    ) -> ContactInFull:
        """显示联系方式 · The reporter's name and phone, for whoever handles or coordinates; that you looked is kept."""
        asked = Asked(member=member, case_id=known_id(case_id), key=idempotency_key)
        _, revealed = await reveal_contact(service, asked)
        response.headers["Cache-Control"] = "no-store"
        return ContactInFull(name=revealed.name, phone=revealed.phone)


def _described(service: Routing, name: str, takes: type[Body]) -> dict[str, Any]:
    return _body_described(service, name, takes) | described_version(name)


def _body_described(service: Routing, name: str, takes: type[Body]) -> dict[str, Any]:
    if name in PHOTOGRAPHED:
        photos_max, photos = service.config.photos_max, PHOTOGRAPHED[name]
        return described_with_photos(takes, photos_max=photos_max, example=EXAMPLES[name], photos=photos)
    return described(takes, required=takes not in {NothingMore, PerhapsWords}, example=EXAMPLES[name])


def _add_act(routes: APIRouter, service: Routing, name: str, *, takes: type[Body], told: str) -> None:
    @routes.post(
        f"/{{case_id}}/{name}",
        status_code=204,
        name=name,
        description=told + (WITH_PHOTOS if name in PHOTOGRAPHED else "") + held_to(name),
        dependencies=[SESSION],
        openapi_extra=_described(service, name, takes),
        response_class=Response,
    )
    async def act(
        request: Request,
        case_id: str,
        member: Annotated[Member, Depends(signed_in(service))],
        what: Annotated[Brought, Depends(brought(service, takes, with_photos=name in PHOTOGRAPHED))],
        idempotency_key: Annotated[str, Header(min_length=1, max_length=200, description="The act happens once.")],
    ) -> Response:
        version = version_in(request, name)
        asked = Asked(member=member, case_id=known_id(case_id), key=idempotency_key, version=version)
        try:
            await ACTS[name](service, asked, Given(**what.body.given(), evidence=what.evidence))
        except ChangedMeanwhileError as error:
            return (await changed_since(service, asked, error)).response(request.app)
        return Response(status_code=204)
