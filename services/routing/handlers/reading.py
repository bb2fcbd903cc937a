"""A case as one member of staff may read it: its events, its state, what its reporter said and asked afterwards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from uuid import UUID

from services.routing.domain.case import Case, Status
from services.routing.domain.errors.handling import CaseUnknownError
from services.routing.handlers.accounts import Member
from services.routing.handlers.cases import stream_of
from services.routing.handlers.service import CASE, Routing
from services.routing.queries import Answer, erased_at, rating_of
from shared.contracts.envelope import Attachment, Sealed
from shared.contracts.intake import Link
from shared.contracts.routing import (
    CaseOpened,
    CaseReopened,
    ConferenceMissed,
    FollowedEvent,
    JointTaskInsisted,
    RoutingEvent,
    WhistleBlown,
    said_by_another,
)
from shared.kernel.event_store import Fold, load_many
from shared.privacy import Forgotten

Told = tuple[RoutingEvent, ...]
# The report's own words stand at the page's head, and what was said at a conference with those who held it.
SAID_ELSEWHERE = (CaseOpened, ConferenceMissed)
ALL_EVENTS: Fold[Told] = Fold((), lambda events, event: (*events, event))


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """A case that was merged into the one that is read, or comes of it, and what its reporter wrote."""

    case: Case
    opened_at: datetime
    text: Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRead:
    """All that is known of a case; of a merged one also its master, and of a master those that follow it.

    `split` are the cases of other troubles of the same report, `again` those of the same trouble at another time; both
    as far as this member may see them.
    """

    case: Case
    master: Case | None = None
    duplicates: Sequence[Follower] = ()
    split: Sequence[Follower] = ()
    again: Sequence[Follower] = ()
    events: Told
    version: int
    answer: Answer | None
    erased_at: datetime | None


def known_id(written: str) -> UUID:
    """A case's id from an address; what is none names no case.

    Raises:
        CaseUnknownError: it is no id.
    """
    try:
        return UUID(written)
    except ValueError:
        raise CaseUnknownError from None


async def read_case(service: Routing, member: Member, case_id: UUID) -> CaseRead:
    """The case, if this member may see it.

    Raises:
        CaseUnknownError: there is none, or none that they may see: a guessed id tells nothing.
    """
    loaded = await service.runtime.store.load(stream_of(case_id), ALL_EVENTS)
    case = reduce(CASE.evolve, loaded.state, None)
    if case is None:
        raise CaseUnknownError
    beside = await _beside(service, case)
    master = reduce(CASE.evolve, beside[case.master], None) if case.master else None
    # Who works on the master works for the reporters of those that follow it.
    if not (member.sight.sees(case) or (master is not None and member.sight.sees(master))):
        raise CaseUnknownError
    pool = service.runtime.pool
    return CaseRead(
        case=case,
        master=master,
        duplicates=[_follower(beside[each]) for each in case.duplicates],
        split=_linked(member, case, beside, Link.SECOND_TROUBLE),
        again=_linked(member, case, beside, Link.CAME_BACK),
        events=loaded.state,
        version=loaded.version,
        answer=await rating_of(pool, case_id),
        erased_at=await erased_at(pool, case_id),
    )


async def _beside(service: Routing, case: Case) -> Mapping[UUID, Told]:
    """What happened to its master, to those that follow it and to those of the same report, by one query."""
    ids = [*case.duplicates, *case.split_off, *filter(None, (case.master, case.split_from))]
    if not ids:
        return {}
    async with service.runtime.pool.acquire() as connection:
        streams = [stream_of(each) for each in ids]
        loaded = await load_many(connection, streams, ALL_EVENTS, service.runtime.store.decode)
    return {each: loaded[stream_of(each)].state for each in ids}


def _linked(member: Member, case: Case, beside: Mapping[UUID, Told], link: Link) -> list[Follower]:
    """Those that are linked to it so; one that came of it a moment ago is not there yet."""
    others = [*case.split_off, *([case.split_from] if case.split_from else [])]
    known = [_follower(beside[each]) for each in others if beside[each]]
    # Of two that are linked, the later one says what the earlier is to it.
    linked = [each for each in known if (case if each.case.id == case.split_from else each.case).link is link]
    return [each for each in linked if member.sight.sees(each.case)]


def _follower(events: Told) -> Follower:
    case = reduce(CASE.evolve, events, None)
    opened = next(event for event in events if isinstance(event, CaseOpened))
    assert case is not None  # noqa: S101 - it was opened.
    return Follower(case=case, opened_at=opened.at, text=opened.text)


def asked_until(case: Case) -> datetime | None:
    """The deadline, or the end of a suspension, that was asked for and nobody has answered."""
    if case.extension is not None:
        return case.extension.resolve_by
    return case.suspension.until if case.suspension and not case.is_suspended else None


def observed_until(case: Case, now: datetime) -> datetime | None:
    """Until when what was changed is observed before it can be passed; none once that is over."""
    until = case.observed_until if case.status is Status.RESOLVED else None
    return until if until is not None and now < until else None


def task_of(read: CaseRead, unit: str) -> Sealed | None:
    """What a called unit was last asked to do."""
    asked = (event for event in reversed(read.events) if isinstance(event, WhistleBlown | JointTaskInsisted))
    return next((words_in(event) for event in asked if event.unit == unit), None)


async def opened(service: Routing, values: Iterable[Sealed]) -> dict[str, str | None]:
    """The texts by their boxes, by one query; none for what was forgotten."""
    wanted = list(values)
    async with service.runtime.pool.acquire() as connection:
        texts = await service.keyring.opened_many(connection, wanted) if wanted else []
    return {box.box: None if isinstance(text, Forgotten) else text for box, text in zip(wanted, texts, strict=True)}


def of_another_case(event: RoutingEvent) -> bool:
    """Whether its words are of the case that this one follows: who may see that reads them there, and nobody here."""
    if isinstance(event, CaseReopened):
        return event.via is not None and said_by_another(event)
    return isinstance(event, FollowedEvent) and event.via is not None


def words_in(event: RoutingEvent) -> Sealed | None:
    """What somebody wrote with an event: no event carries more than one text of its own."""
    if isinstance(event, SAID_ELSEWHERE) or of_another_case(event):
        return None
    return next((value for _, value in event if isinstance(value, Sealed)), None)


def evidence_in(event: RoutingEvent) -> Sequence[Attachment]:
    """The pictures that somebody took for an event."""
    return () if of_another_case(event) else getattr(event, "evidence", ())
