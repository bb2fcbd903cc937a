"""One act on a unit's duty, once for its key; who answers from then on is told to all who follow the directory."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from services.routing.domain.duty import Shifts, decide, evolve
from services.routing.domain.duty.commands import (
    AcceptSwap,
    AskSwap,
    Command,
    DeclineSwap,
    HandOver,
    LapseSwap,
    Roster,
    WithdrawSwap,
)
from services.routing.domain.errors.access import NobodyLeftError
from services.routing.domain.on_duty import units_acting
from services.routing.domain.rulebook import Rulebook
from services.routing.handlers.accounts import Member
from services.routing.handlers.district import RECORD
from services.routing.handlers.performing import SOME_WORDS
from services.routing.handlers.service import Routing, nonce
from shared.contracts.directory import CoverDefined
from shared.contracts.duty import SwapAsked
from shared.contracts.envelope import Sealed
from shared.directory import Directory
from shared.kernel.event_store import Cause, Fold, Loaded
from shared.kernel.work import Timer, Work, transact_once
from shared.privacy import Forgotten, seal

# The timer of a swap that waits for an answer; its subject is the unit, then the swap's id.
SWAP = "swap"
SHIFTS: Fold[Shifts] = Fold(Shifts(), evolve)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Who asks, once for the key, and in what words."""

    member: Member
    key: str
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What an act is decided by: the unit's roster, the words sealed, the time."""

    roster: Roster
    words: Sealed
    at: datetime


def stream_of_shifts(unit: str) -> str:
    """Where the changes of a unit's duty stand."""
    return f"shifts-{unit}"


def roster_of(directory: Directory, rulebook: Rulebook, unit: str) -> Roster:
    """What the directory says of a unit's duty."""
    return Roster(
        unit=unit,
        rota=directory.duties.get(unit),
        present=frozenset(directory.answering(unit)),
        people=frozenset(each.id for each in directory.people.values() if each.unit == unit and not each.retired),
        roles={each.id: each.role for each in directory.people.values()},
        acting=unit in units_acting(rulebook),
    )


async def hand_over(service: Routing, wanted: Wanted, *, to_person: str, hours: int | None) -> None:
    """From now on somebody else of the unit answers.

    Raises:
        RoutingError: it is not theirs to do, or cannot be done as the duty stands.
    """
    by, change = wanted.member.actor, uuid4()

    def command(now: Now) -> Command:
        return HandOver(
            by=by, roster=now.roster, now=now.at, change=change, to_person=to_person, hours=hours, note=now.words
        )

    await _perform(service, wanted, "hand-over", command, more=[to_person, hours])


async def ask_swap(service: Routing, wanted: Wanted, *, turn: datetime, other: datetime) -> UUID:
    """Two turns are to change hands; the swap's id.

    Raises:
        RoutingError: it is not theirs to do, or cannot be done as the duty stands.
    """
    by, swap = wanted.member.actor, uuid4()

    def command(now: Now) -> Command:
        return AskSwap(by=by, roster=now.roster, now=now.at, swap=swap, turn=turn, other=other, note=now.words)

    answer = await _perform(
        service, wanted, "swap", command, more=[turn.isoformat(), other.isoformat()], answer=str(swap)
    )
    return UUID(answer)


async def accept_swap(service: Routing, wanted: Wanted, swap: UUID) -> None:
    """Agreed: each answers in the other's turn.

    Raises:
        RoutingError: it is not theirs to do, or the swap is over.
    """
    by = wanted.member.actor
    await _perform(
        service,
        wanted,
        "swap-accept",
        lambda now: AcceptSwap(by=by, roster=now.roster, now=now.at, swap=swap),
        more=[str(swap)],
    )


async def decline_swap(service: Routing, wanted: Wanted, swap: UUID) -> None:
    """Not agreed.

    Raises:
        RoutingError: it is not theirs to do, or the swap is over.
    """
    by = wanted.member.actor
    await _perform(
        service,
        wanted,
        "swap-decline",
        lambda now: DeclineSwap(by=by, roster=now.roster, now=now.at, swap=swap, reason=now.words),
        more=[str(swap)],
    )


async def withdraw_swap(service: Routing, wanted: Wanted, swap: UUID) -> None:
    """Not needed any more.

    Raises:
        RoutingError: it is not theirs to do, or the swap is over.
    """
    by = wanted.member.actor
    await _perform(
        service,
        wanted,
        "swap-withdraw",
        lambda now: WithdrawSwap(by=by, roster=now.roster, now=now.at, swap=swap),
        more=[str(swap)],
    )


async def _perform(
    service: Routing,
    wanted: Wanted,
    operation: str,
    command: Callable[[Now], Command],
    *,
    more: list[str | int | None],
    answer: str = "",
) -> str:
    member = wanted.member
    body = json.dumps([wanted.words, *more])
    request = service.request(caller=f"staff:{member.actor.person}", operation=operation, key=wanted.key, body=body)
    unit = member.actor.unit

    async def act(work: Work) -> str:
        # An edition that came within this second must count: who has just left takes nothing over.
        service.directory.look_again()
        directory = await service.directory.current(work.connection)
        rulebook = await service.rulebooks.current(work.connection)
        loaded = await work.load(stream_of_shifts(unit), SHIFTS)
        words = await _sealed(service, work, member, wanted.words) if wanted.words else SOME_WORDS
        roster = roster_of(directory, rulebook, unit)
        events = decide(loaded.state, command(Now(roster=roster, words=words, at=work.now)))
        cause = Cause(uuid4(), member.actor.role.value, loaded.stream)
        work.append(loaded, events, fold=SHIFTS, cause=cause)
        work.schedule([_timer(event) for event in events if isinstance(event, SwapAsked)])
        await _tell_covers(work, loaded, await work.load(stream_of_shifts(unit), SHIFTS), directory.edition, cause)
        return json.dumps(answer)

    answered = await transact_once(service.runtime.store, service.runtime.ground.clock.now, request, act)
    return str(json.loads(answered))


async def swap_lapses(_service: Routing, work: Work, timer: Timer) -> None:
    """The first turn of a swap begins: both are told that it was not done, unless somebody answered before."""
    unit, _, swap = timer.subject.rpartition("/")
    loaded = await work.load(stream_of_shifts(unit), SHIFTS)
    events = decide(loaded.state, LapseSwap(unit=unit, swap=UUID(swap), now=work.now))
    command_id = uuid5(NAMESPACE_URL, f"timer/{timer.kind}/{timer.subject}/{timer.generation}")
    work.append(loaded, events, fold=SHIFTS, cause=Cause(command_id, "routing", loaded.stream))


def _timer(asked: SwapAsked) -> Timer:
    due_at = min(asked.given.start, asked.taken.start)
    return Timer(SWAP, f"{asked.unit}/{asked.swap}", 1, due_at)


async def _tell_covers(work: Work, before: Loaded[Shifts], after: Loaded[Shifts], edition: int, cause: Cause) -> None:
    """The record that every service follows, where it says something new."""
    if after.state.covers == before.state.covers:
        return
    unit = before.stream.partition("-")[2]
    record = CoverDefined(at=work.now, id=unit, edition=edition, covers=after.state.covers)
    work.append(await work.load(record.stream, RECORD), [record], fold=RECORD, cause=cause)


async def _sealed(service: Routing, work: Work, member: Member, words: str) -> Sealed:
    key = await service.keyring.key_of(work.connection, member.record.name.person)
    if isinstance(key, Forgotten):
        raise NobodyLeftError
    return seal(key, words, nonce=nonce())
