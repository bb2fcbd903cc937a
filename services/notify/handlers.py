"""What is done about messages: wished for, sent, their outcomes and receipts recorded."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from opentelemetry.trace import SpanKind

from services.notify import queries
from services.notify.adapters.provider import Accepted, Barred, Outcome, Rejected, Sms, SmsProvider, Unknown
from services.notify.adapters.wording import MessageWording
from services.notify.config import Config
from services.notify.domain.commands import (
    Accept,
    Attempt,
    Command,
    GiveUp,
    LoseTrack,
    Postpone,
    PutBack,
    Queue,
    Reject,
    Report,
    Suppress,
)
from services.notify.domain.message import Notification, SendState, decide, evolve, next_look
from services.notify.domain.rota import OnDuty
from services.notify.domain.wishes import Wish, notification_id_of
from shared.contracts.envelope import Sealed
from shared.contracts.notify import SuppressionReason, UnknownCause
from shared.directory import Directory, DirectoryFollower
from shared.kernel import metrics, tracing
from shared.kernel.database import PLATFORM_ERRORS, Connection
from shared.kernel.event_store import Cause, Fold, Loaded, traceparents
from shared.kernel.loops import StopLoopError, beat
from shared.kernel.reactions import Received
from shared.kernel.runtime import Runtime
from shared.kernel.work import Work, transact
from shared.privacy import Forgotten, Keyring, SealBrokenError

CONSUMER = "notify"
FOLD: Fold[Notification] = Fold(Notification(), evolve)
ABANDONED_MAX = 500
# As often as it is asked for.
WAITS_SEEN_EVERY_S = 15.0
UNREADABLE = "unreadable"

Telling = Callable[[Notification], bool]

# By what they are about, the messages that wait for somebody on duty or for the provider: those that a batch found, and
# those that it postponed itself; gone with the next batch.
_unsent: ContextVar[defaultdict[UUID, list[UUID]]] = ContextVar("unsent messages of the batch")


@dataclass(frozen=True, slots=True)
class Notify:
    """The running service."""

    config: Config
    runtime: Runtime
    keyring: Keyring
    directory: DirectoryFollower
    provider: SmsProvider
    wording: MessageWording
    # Why the provider takes nothing of ours; no sender tries again before a restart.
    barred: list[Barred] = field(default_factory=list)


def stream_of(notification_id: UUID) -> str:
    """A message's stream."""
    return f"notification-{notification_id}"


async def fulfil(work: Work, received: Received[Any], wish: Wish, *, member: str = "") -> None:
    """Queue the message, or record why it is not sent; a message that exists already stays as it is."""
    notification_id = notification_id_of(received.incoming.event_id, type(received.event), member=member)
    loaded = await work.load(stream_of(notification_id), FOLD)
    events = decide(loaded.state, _command_for(wish, notification_id, work.now))
    after = work.append(loaded, events, fold=FOLD, cause=received.cause(CONSUMER, wish.audience)).state
    if events:
        work.touch()
    if after.state is SendState.POSTPONED:
        _unsent.get()[wish.ticket_id].append(notification_id)


def who_is_on_duty(directory: Directory, unit: str, at: datetime) -> OnDuty:
    """Who answers for a unit at that moment, or when somebody will."""
    person = directory.on_duty(unit, at)
    if person is not None:
        return OnDuty(unit, person)
    return OnDuty(unit, None, next((turn.start for turn in directory.turns(unit, at)), None))


def _command_for(wish: Wish, notification_id: UUID, now: datetime) -> Queue | Postpone | Suppress:
    message = (now, notification_id, wish.ticket_id, wish.audience, wish.template)
    if wish.withheld is not None:
        return Suppress(*message, wish.withheld)
    if wish.recipient is not None:
        return Queue(*message, wish.locale, wish.recipient, wish.params, wish.own_wording)
    return Postpone(*message, wish.locale, wish.unit, wish.params, wish.until, wish.own_wording)


async def look_up_unsent(work: Work, ticket_ids: Sequence[UUID]) -> None:
    """Have at hand, by one query a batch, what its events may supersede."""
    unsent = defaultdict(list, await queries.unsent_ids(work.connection, ticket_ids) if ticket_ids else {})
    await work.prefetch([stream_of(each) for ids in unsent.values() for each in ids], FOLD)
    _unsent.set(unsent)


async def supersede(work: Work, received: Received[Any], ticket_id: UUID, *, telling: Telling) -> None:
    """Messages that wait for somebody on duty, or for the provider, are not sent where they are true no more."""
    for notification_id in _unsent.get()[ticket_id]:
        loaded = await work.load(stream_of(notification_id), FOLD)
        if telling(loaded.state):
            events = decide(loaded.state, GiveUp(work.now, SuppressionReason.SUPERSEDED))
            work.append(loaded, events, fold=FOLD, cause=received.cause(CONSUMER, str(notification_id)))


async def report(service: Notify, notification_id: UUID, receipt: Report) -> None:
    """Record what the provider says of a message.

    Raises:
        NeverSentError: it was never handed to a provider.
    """
    store, clock = service.runtime.store, service.runtime.ground.clock
    cause = Cause(uuid5(notification_id, f"receipt/{receipt.status}"), "provider", str(notification_id))

    async def act(work: Work) -> None:
        loaded = await work.load(stream_of(notification_id), FOLD)
        work.append(loaded, decide(loaded.state, receipt), fold=FOLD, cause=_of_ticket(cause, loaded))

    await transact(store, clock.now, act)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long the longest waiting message waits, told beside the senders: they may hang, have stopped or be behind."""

    service: Notify

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            beat()
            # That the database is away is told by readiness itself.
            with suppress(*PLATFORM_ERRORS):
                await self.look()
            await asyncio.sleep(WAITS_SEEN_EVERY_S)

    async def look(self) -> None:
        """Tell it as it is now."""
        runtime = self.service.runtime
        age = await queries.oldest_due_age_seconds(runtime.pool, runtime.ground.clock.now())
        metrics.SEND_WAIT.set(age)


@dataclass(frozen=True, slots=True)
class Sending:
    """One attempt, committed; without a message it could not be opened."""

    notification_id: UUID
    attempt: int
    sms: Sms | None = field(default=None, repr=False)
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Notify's effects: messages handed to the provider (the kernel's `OutsideWorld`)."""

    service: Notify

    async def claim(self, work: Work, limit: int) -> Sequence[Sending]:
        """Open what is due and record each attempt; who was forgotten meanwhile is not written to.

        Raises:
            StopLoopError: the provider takes nothing of ours until somebody acts.
        """
        if self.service.barred:
            raise StopLoopError(self.service.barred[-1].remedy)
        ids = await queries.due_ids(work.connection, work.now, limit)
        if not ids:
            return []
        await work.prefetch([stream_of(each) for each in ids], FOLD)
        due = [await work.load(stream_of(each), FOLD) for each in ids]
        loaded = [each for each in due if each.state.state is not SendState.POSTPONED]
        await self._queue_postponed(work, [each for each in due if each.state.state is SendState.POSTPONED])
        opened = await self._opened(work.connection, [each.state for each in loaded])
        sendings = [self._begin(work, each, texts) for each, texts in zip(loaded, opened, strict=True)]
        traces = await traceparents(work.connection, [each.stream for each in loaded])
        return [replace(each, traceparent=traces.get(stream_of(each.notification_id))) for each in sendings if each]

    async def perform(self, attempt: Sending) -> Outcome:
        """Hand it to the provider."""
        if attempt.sms is None:
            return Rejected(UNREADABLE, retryable=False)
        name = f"sms {self.service.provider.name}"
        with tracing.span(name, kind=SpanKind.CLIENT, parent=attempt.traceparent):
            outcome = await self.service.provider.send(attempt.sms)
        if isinstance(outcome, Barred):
            self.service.barred.append(outcome)
        return outcome

    async def unknown(self, attempt: Sending, cause: str) -> Outcome:  # noqa: ARG002 - the kernel's port names it.
        """Nobody knows."""
        return Unknown(UnknownCause.of_error(cause))

    async def settle(self, work: Work, outcomes: Sequence[tuple[Sending, Outcome]]) -> None:
        """Record what came of each attempt."""
        await work.prefetch([stream_of(sending.notification_id) for sending, _ in outcomes], FOLD)
        for sending, outcome in outcomes:
            command = _command_of(outcome, work.now)
            await _apply(work, sending.notification_id, command, step=f"outcome/{sending.attempt}")

    async def abandon(self, work: Work) -> int:
        """Attempts whose holder died are unknown."""
        ids = await queries.abandoned_ids(work.connection, work.now, ABANDONED_MAX)
        await work.prefetch([stream_of(each) for each in ids], FOLD)
        for each in ids:
            await _apply(work, each, LoseTrack(work.now, UnknownCause.HOLDER_DIED), step="abandoned")
        return len(ids)

    async def _queue_postponed(self, work: Work, postponed: Sequence[Loaded[Notification]]) -> None:
        """Whoever is on duty now is told; where still nobody is, the message waits on."""
        if not postponed:
            return
        directory = await self.service.directory.current()
        looks: dict[UUID, datetime] = {}
        for loaded in postponed:
            state = loaded.state
            on_duty = who_is_on_duty(directory, state.unit, work.now)
            recipient = on_duty.person.phone if on_duty.person else None
            wish = Wish(
                state.ticket_id,
                state.audience,
                state.template,
                state.locale,
                recipient,
                state.params,
                state.unit,
                on_duty.until,
                own_wording=state.own_wording,
            )
            command = _command_for(wish, state.notification_id, work.now)
            cause = _own_cause(loaded, f"duty/{loaded.version}")
            events = decide(state, command)
            work.append(loaded, events, fold=FOLD, cause=cause)
            if not events:
                looks[state.notification_id] = next_look(work.now, on_duty.until)
        await queries.look_at_postponed_later(work.connection, looks)
        work.touch()

    def _begin(self, work: Work, loaded: Loaded[Notification], texts: "Texts | None") -> Sending | None:
        state = loaded.state
        forgotten = texts is not None and texts.phone is None
        command = (
            GiveUp(work.now, SuppressionReason.FORGOTTEN)
            if forgotten
            else Attempt(work.now, self.service.provider.name)
        )
        step = f"attempt/{state.attempts + 1}"
        work.append(loaded, decide(state, command), fold=FOLD, cause=_own_cause(loaded, step))
        if forgotten:
            return None
        return Sending(state.notification_id, state.attempts + 1, self._sms(state, texts) if texts else None)

    def _sms(self, state: Notification, texts: "Texts") -> Sms | None:
        if texts.phone is None or state.recipient is None:
            return None
        text = self.service.wording.text(
            template=state.template,
            audience=state.audience,
            locale=state.locale,
            ticket_id=state.ticket_id,
            params=texts.params,
            own_wording=state.own_wording.says if state.own_wording else None,
        )
        return Sms(state.notification_id, state.recipient, texts.phone, text)

    async def _opened(self, connection: Connection, states: Sequence[Notification]) -> Sequence["Texts | None"]:
        """All together; where one seal is broken, each by itself, so that it stops its own message only."""
        try:
            return await open_texts(self.service.keyring, connection, states)
        except SealBrokenError:
            return [await self._opened_alone(connection, state) for state in states]

    async def _opened_alone(self, connection: Connection, state: Notification) -> "Texts | None":
        try:
            return (await open_texts(self.service.keyring, connection, [state]))[0]
        except SealBrokenError:
            return None


@dataclass(frozen=True, slots=True)
class Texts:
    """A message's phone and parameters, opened; what is None was forgotten."""

    phone: str | None = field(repr=False)
    params: dict[str, str | None] = field(repr=False)


async def open_texts(keyring: Keyring, connection: Connection, states: Sequence[Notification]) -> list[Texts]:
    """Open the sealed values of several messages by one query.

    Raises:
        SealBrokenError: a value was altered.
    """
    sealed = [value for state in states for value in _sealed_of(state)]
    texts = iter(await keyring.opened_many(connection, sealed))
    return [_texts_of(state, [next(texts) for _ in _sealed_of(state)]) for state in states]


def _sealed_of(state: Notification) -> list[Sealed]:
    recipient = [state.recipient] if state.recipient else []
    return [*recipient, *(value for value in state.params.values() if isinstance(value, Sealed))]


def _texts_of(state: Notification, opened: Sequence[str | Forgotten]) -> Texts:
    phone, *rest = (None if isinstance(text, Forgotten) else text for text in opened)
    values = iter(rest)
    params = {name: next(values) if isinstance(value, Sealed) else value for name, value in state.params.items()}
    return Texts(phone, params)


def _command_of(outcome: Outcome, now: datetime) -> Command:
    match outcome:
        case Accepted(provider_message_id=provider_message_id):
            return Accept(now, provider_message_id)
        case Rejected(code=code, retryable=retryable):
            return Reject(now, code, retryable)
        case Barred(code=code):
            return PutBack(now, code)
        case Unknown(cause=cause):
            return LoseTrack(now, cause)


async def _apply(work: Work, notification_id: UUID, command: Command, *, step: str) -> None:
    loaded = await work.load(stream_of(notification_id), FOLD)
    work.append(loaded, decide(loaded.state, command), fold=FOLD, cause=_own_cause(loaded, step))


def _own_cause(loaded: Loaded[Notification], step: str) -> Cause:
    """Deterministic: an attempt that is recorded twice would have one id, and the second fails on its version."""
    return Cause(uuid5(loaded.state.notification_id, step), CONSUMER, str(loaded.state.ticket_id))


def _of_ticket(cause: Cause, loaded: Loaded[Notification]) -> Cause:
    return Cause(cause.command_id, cause.actor, str(loaded.state.ticket_id))
