"""One act on a case: load, check who asks, decide, append, set timers, in one statement and once for its key."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from uuid import UUID, uuid4

from services.routing.adapters.photos import Picture
from services.routing.domain.case import Case
from services.routing.domain.case.commands import Act, Actor, Close, Resolve
from services.routing.domain.deadlines import NEVER, Run
from services.routing.domain.errors.access import NobodyLeftError, ReadsOnlyError
from services.routing.domain.errors.handling import CaseUnknownError, ChangedMeanwhileError
from services.routing.domain.rulebook import Rulebook
from services.routing.handlers.accounts import Member
from services.routing.handlers.cases import carry_out, stream_of
from services.routing.handlers.service import CASE, Routing, nonce
from services.routing.handlers.stranding import held_rulebook, move_from_gone_unit
from shared.contracts.envelope import Sealed
from shared.contracts.routing import Clock
from shared.kernel.event_store import Cause, Request
from shared.kernel.work import Work, decide_once, transact_once
from shared.privacy import Forgotten, seal

# They are as right after what others did meanwhile: called units report in all at once.
WHATEVER_ELSE_HAPPENED = frozenset({"contact", "note", "report-in", "confer"})
# They bring work to a unit, which an edition that was published a moment ago may have no more.
TO_A_UNIT = frozenset(
    {"return", "transfer", "whistle", "follow-up", "verify-fail", "extend", "suspend", "task-decline"}
)
NOTHING: Mapping[str, str] = MappingProxyType({})
SOME_WORDS = Sealed(person="", key_version=1, box="")


class _MustHoldError(Exception):
    """What was decided brings work to a unit, and the district was not held so that the unit stays there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks for what case: `key` makes a repetition harmless, `version` is the one that they looked at."""

    member: Member
    case_id: UUID
    key: str
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The case as it stands when an act is decided, and who acts."""

    case: Case
    by: Actor
    words: Sealed | None
    rulebook: Rulebook
    now: datetime
    more_words: Mapping[str, Sealed] = field(default_factory=dict)

    @property
    def sealed(self) -> Sealed:
        """Words of an act that can not be without."""
        return self.words or SOME_WORDS

    def run(self, clock: Clock, unit: str | None) -> Run:
        """How the clock runs for this unit, started now."""
        return self.rulebook.units.run(self.case.terms, clock, unit=unit, start=self.now) if unit else NEVER

    def verifier(self) -> str | None:
        """Who verifies what the unit has done, where the rule asks for it: whom it names, otherwise the unit above."""
        if self.case.verification is None:
            return None
        named, units = self.case.verification.unit, self.rulebook.units
        # The case keeps what was asked for when it was opened; the district may have no such unit any more.
        asked = (units.unit_for(named, ()), units.successor(named, self._areas)) if named else ()
        others = (*asked, *units.ladder(self.case.unit))
        return next((other for other in others if other not in (None, self.case.unit)), None)

    @property
    def _areas(self) -> tuple[str, ...]:
        place = self.rulebook.places.get(self.case.matter.place)
        return place.path if place else ()

    def observed_until(self) -> datetime | None:
        """Until when what is resolved now must prove right; none where the rule does not ask for it."""
        asked, unit = self.case.verification, self.case.unit
        if asked is None or unit is None:
            return None
        if asked.observe_working_days is not None:
            return self.rulebook.units.later(unit, self.now, asked.observe_working_days)
        return self.now + timedelta(minutes=asked.observe_minutes) if asked.observe_minutes else None

    def run_to(self, deadline: datetime | None) -> Run:
        """How the resolve clock runs to a deadline that was agreed to."""
        if self.case.unit is None:
            return NEVER
        units, unit = self.rulebook.units, self.case.unit
        return Run(deadline, units.warnings(self.case.terms, unit=unit, start=self.now, deadline=deadline))


async def perform(
    service: Routing,
    asked: Asked,
    operation: str,
    command: Callable[[Moment], Act],
    *,
    words: str = "",
    more: str = "",
    more_words: Mapping[str, str] = NOTHING,
    pictures: Sequence[Picture] = (),
) -> None:
    """One act, all of it or nothing, once for its key.

    Raises:
        RoutingError: who asks may not do this, or the case is not where it could be done.
        IdempotencyConflictError: the key was used for something else.
    """
    body = json.dumps([str(asked.case_id), words, more, *([dict(more_words)] if more_words else [])])
    caller = f"staff:{asked.member.actor.person}"
    request = service.request(caller=caller, operation=operation, key=asked.key, body=body)
    as_known = await service.rulebooks.current()

    async def act(work: Work, *, holds: bool) -> str:
        rulebook = await held_rulebook(service, work) if holds else as_known
        loaded = await work.load(stream_of(asked.case_id), CASE)
        case = may_be_acted_on(loaded.state, asked, loaded.version, operation)
        seal_words = partial(_sealed, service, work, case, asked.member)
        sealed = await seal_words(words) if words else None
        others = {name: await seal_words(each) for name, each in more_words.items()}
        cause = Cause(uuid4(), asked.member.actor.role.value, str(asked.case_id))
        by = asked.member.sight.actor_on(case)
        moment = Moment(case=case, by=by, words=sealed, rulebook=rulebook, now=work.now, more_words=others)
        decided = command(moment)
        if not holds and _names_a_unit(decided):
            raise _MustHoldError
        await carry_out(work, loaded, decided, cause)
        await move_from_gone_unit(work, loaded.stream, rulebook, cause)
        return "{}"

    store, now, stream = service.runtime.store, service.runtime.ground.clock.now, stream_of(asked.case_id)
    await _keep(service, pictures, request, stream, partial(act, holds=False))
    async with service.turns.on(stream):
        if operation not in TO_A_UNIT:
            try:
                await decide_once(store, now, request, (stream, CASE), partial(act, holds=False))
            except _MustHoldError:
                pass
            else:
                return
        # The hold on the district lasts as long as a transaction.
        await transact_once(store, now, request, partial(act, holds=True))


async def _keep(
    service: Routing, pictures: Sequence[Picture], request: Request, stream: str, act: Callable[[Work], Awaitable[str]]
) -> None:
    """Keep an act's photos before anything names them, and before our turn: where they are kept may be slow or away.

    Those of an act that would be refused are not kept; one that is overtaken meanwhile leaves some that nothing names.

    Raises:
        RoutingError: it is refused.
        ObjectsAwayError: they can not be kept now.
    """
    if not pictures:
        return
    store = service.runtime.store
    async with store.pool.acquire() as connection:
        work = Work(connection, store, service.runtime.ground.clock.now())
        if await work.begin(request, stream, CASE) is not None:
            return
        with suppress(_MustHoldError):
            # What it gathers is thrown away.
            await act(work)
    await service.photos.keep(pictures)


def _names_a_unit(command: Act) -> bool:
    """Whether what the case's rule asks brings work to a unit: who verifies, who follows up.

    Most rules ask for neither, which is known only once the case is: resolving and closing hold nothing before that.
    """
    match command:
        case Resolve(to_unit=str()) | Close(follow_ups=(_, *_)):
            return True
        case _:
            return False


def may_be_acted_on(case: Case | None, asked: Asked, version: int, operation: str) -> Case:
    """The case, if whoever asks may act on it as they saw it.

    Raises:
        RoutingError: they may not, or it has changed since.
    """
    # What one may not see does not exist for them: an id that was guessed tells nothing.
    if case is None or not asked.member.sight.sees(case):
        raise CaseUnknownError
    if not asked.member.sight.may_act(case):
        raise ReadsOnlyError
    # That somebody looked at the contact meanwhile changes nothing of what was decided upon.
    as_it_stands = asked.version is None or version - case.looks <= asked.version <= version
    if not as_it_stands and operation not in WHATEVER_ELSE_HAPPENED:
        raise ChangedMeanwhileError
    return case


async def _sealed(service: Routing, work: Work, case: Case, member: Member, words: str) -> Sealed:
    """Words about a reporter go when the reporter is forgotten; after that, they are sealed as the writer's own."""
    key = await service.keyring.key_of(work.connection, case.matter.reporter)
    if isinstance(key, Forgotten):
        key = await service.keyring.key_of(work.connection, member.record.name.person)
    if isinstance(key, Forgotten):
        raise NobodyLeftError
    return seal(key, words, nonce=nonce())
