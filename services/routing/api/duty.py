"""A unit's duty for a member's program: who answers, handing over, swaps in two steps."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header

from services.routing.api.callers import SESSION, signed_in
from services.routing.api.duty_schemas import (
    DutyShown,
    HandedOverInFull,
    PersonInFull,
    SwapBegun,
    SwapInFull,
    SwapLapsedInFull,
    ToHandOver,
    ToSwap,
    TurnInFull,
    UnitDutyShown,
)
from services.routing.api.schemas import NothingMore, WithWords
from services.routing.domain.duty import Swap
from services.routing.domain.duty.errors import SwapOverError
from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member
from services.routing.handlers.duty import DutyRead, UnitDuty, names_in, read_duty
from services.routing.handlers.reading import opened
from services.routing.handlers.shifts import Wanted, accept_swap, ask_swap, decline_swap, hand_over, withdraw_swap
from shared.contracts.duty import Span
from shared.directory.rota import Turn
from shared.kernel.bodies import described, json_of, only_query
from shared.kernel.description import PROBLEMS

Key = Annotated[str, Header(min_length=1, max_length=200, description="The act happens once.")]


def router(service: Routing) -> APIRouter:
    """The routes under `/api/v1/duty`."""
    routes = APIRouter(prefix="/api/v1/duty", tags=["duty"], responses=PROBLEMS)

    _add_reading(routes, service)
    _add_handing_over(routes, service)
    _add_swaps(routes, service)
    return routes


def swap_id(written: str) -> UUID:
    """A swap's id from an address.

    Raises:
        SwapOverError: it is no id, so none that waits.
    """
    try:
        return UUID(written)
    except ValueError:
        raise SwapOverError from None


def _add_reading(routes: APIRouter, service: Routing) -> None:
    @routes.get("", dependencies=[SESSION, only_query()])
    async def duty(member: Annotated[Member, Depends(signed_in(service))]) -> DutyShown:
        """值班 · Who answers now and next for your unit and for the others that you see; what waits for an answer."""
        read = await read_duty(service, member)
        return await _shown(service, read)


def _add_handing_over(routes: APIRouter, service: Routing) -> None:
    @routes.post(
        "/hand-over", status_code=204, dependencies=[SESSION, only_query()], openapi_extra=described(ToHandOver)
    )
    async def handing_over(
        member: Annotated[Member, Depends(signed_in(service))],
        asked: Annotated[ToHandOver, Depends(json_of(ToHandOver))],
        idempotency_key: Key,
    ) -> None:
        """交班 · From now on somebody else of your unit answers, told by SMS with your words; both if a lead did it."""
        wanted = Wanted(member=member, key=idempotency_key, words=asked.words)
        await hand_over(service, wanted, to_person=asked.to, hours=asked.hours)


def _add_swaps(routes: APIRouter, service: Routing) -> None:
    @routes.post("/swaps", status_code=201, dependencies=[SESSION, only_query()], openapi_extra=described(ToSwap))
    async def asking(
        member: Annotated[Member, Depends(signed_in(service))],
        asked: Annotated[ToSwap, Depends(json_of(ToSwap))],
        idempotency_key: Key,
    ) -> SwapBegun:
        """换班 · Ask a colleague to swap turns; told by SMS. A lead moves any two turns at once."""
        wanted = Wanted(member=member, key=idempotency_key, words=asked.words)
        return SwapBegun(id=await ask_swap(service, wanted, turn=asked.turn, other=asked.other))

    _add_answers(routes, service)


def _add_answers(routes: APIRouter, service: Routing) -> None:
    of_nothing = described(NothingMore, required=False)

    @routes.post(
        "/swaps/{swap}/accept", status_code=204, dependencies=[SESSION, only_query()], openapi_extra=of_nothing
    )
    async def accepting(
        swap: str,
        member: Annotated[Member, Depends(signed_in(service))],
        _body: Annotated[NothingMore, Depends(json_of(NothingMore))],
        idempotency_key: Key,
    ) -> None:
        """同意换班 · Each answers in the other's turn; who asked is told by SMS, or both if a lead agreed."""
        await accept_swap(service, Wanted(member=member, key=idempotency_key), swap_id(swap))

    @routes.post(
        "/swaps/{swap}/decline",
        status_code=204,
        dependencies=[SESSION, only_query()],
        openapi_extra=described(WithWords),
    )
    async def declining(
        swap: str,
        member: Annotated[Member, Depends(signed_in(service))],
        why: Annotated[WithWords, Depends(json_of(WithWords))],
        idempotency_key: Key,
    ) -> None:
        """不同意换班 · Both turns stay as they are; who asked is told why by SMS, or both if a lead did."""
        await decline_swap(service, Wanted(member=member, key=idempotency_key, words=why.words), swap_id(swap))

    @routes.post(
        "/swaps/{swap}/withdraw", status_code=204, dependencies=[SESSION, only_query()], openapi_extra=of_nothing
    )
    async def withdrawing(
        swap: str,
        member: Annotated[Member, Depends(signed_in(service))],
        _body: Annotated[NothingMore, Depends(json_of(NothingMore))],
        idempotency_key: Key,
    ) -> None:
        """撤回换班 · Nobody has to answer any more."""
        await withdraw_swap(service, Wanted(member=member, key=idempotency_key), swap_id(swap))


async def _shown(service: Routing, read: DutyRead) -> DutyShown:
    names = await names_in(service, read)
    notes = [*(each.note for each in read.shifts.handed_over), *(each.note for each in (*read.swaps, *read.lapsed))]
    said = await opened(service, notes)
    return DutyShown(
        own=_unit(read.own, names),
        people=[
            PersonInFull(
                id=each.id, name=names[each.id], role=each.role, may_be_on_duty=read.roster.may_answer(each.id)
            )
            for each in read.people
        ],
        swaps=[_swap(each, read, names, words=said[each.note.box]) for each in read.swaps],
        lapsed=[_lapsed(each, names, words=said[each.note.box]) for each in read.lapsed],
        handed_over=[
            HandedOverInFull(
                at=each.at,
                from_person=each.from_person,
                turn=_turn(Turn(each.to_person, each.start, each.until), names),
                words=said[each.note.box],
            )
            for each in read.shifts.handed_over
        ],
        may_hand_over=read.may_hand_over,
        others=[_unit(each, names) for each in read.others],
    )


def _unit(unit: UnitDuty, names: Mapping[str, str]) -> UnitDutyShown:
    return UnitDutyShown(
        unit=unit.unit.id,
        name=unit.unit.name,
        now=_turn(unit.now, names) if unit.now else None,
        later=[_turn(each, names) for each in unit.later],
    )


def _turn(turn: Turn, names: Mapping[str, str]) -> TurnInFull:
    return TurnInFull(person=turn.person, name=names[turn.person], start=turn.start, until=turn.until)


def _swap(swap: Swap, read: DutyRead, names: Mapping[str, str], *, words: str | None) -> SwapInFull:
    return SwapInFull(
        id=swap.id,
        given=_span(swap.from_person, swap.given, names),
        taken=_span(swap.to_person, swap.taken, names),
        words=words,
        may_answer=read.acts_for(swap.to_person),
        may_withdraw=read.acts_for(swap.from_person),
    )


def _lapsed(swap: Swap, names: Mapping[str, str], *, words: str | None) -> SwapLapsedInFull:
    return SwapLapsedInFull(
        id=swap.id,
        given=_span(swap.from_person, swap.given, names),
        taken=_span(swap.to_person, swap.taken, names),
        words=words,
        lapsed_at=swap.lapses_at,
    )


def _span(person: str, span: Span, names: Mapping[str, str]) -> TurnInFull:
    return _turn(Turn(person, span.start, span.until), names)
