"""Whom notify tells of what happened elsewhere, and what it follows to know them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.notify import queries
from services.notify.domain.duty_wishes import people_told, wish_for_member
from services.notify.domain.own_wording import own_wording
from services.notify.domain.rota import OnDuty
from services.notify.domain.superseding import Answered, GoneOn, is_superseded
from services.notify.domain.wishes import (
    SWAP_ASKED,
    TABLE,
    DutyTold,
    Turned,
    Wish,
    notification_id_of,
    unit_meant,
    unit_told,
    wish_for_duty,
    wish_for_history,
    wish_for_reporter,
)
from services.notify.handlers import FOLD, Notify, fulfil, look_up_unsent, stream_of, supersede, who_is_on_duty
from shared.contracts.codec import knows
from shared.contracts.directory import EVENTS as DIRECTORY_EVENTS
from shared.contracts.directory import CoverDefined, DirectoryRecord, DutyDefined, PersonDefined
from shared.contracts.duty import DutyHandedOver, SwapAccepted, SwapAsked, SwapDeclined, SwapLapsed, SwapWithdrawn
from shared.contracts.intake import TOPIC as INTAKE
from shared.contracts.intake import TicketImported, TicketOpened
from shared.contracts.keys import KeyRecord
from shared.contracts.routing import TOPIC as ROUTING
from shared.contracts.routing import (
    AwaitedUnitReplaced,
    CaseAccepted,
    CaseAssigned,
    CaseClosed,
    CaseEscalated,
    CaseMerged,
    CaseReminded,
    CaseReopened,
    CaseResolved,
    CaseReturned,
    CaseTransferred,
    CaseWithdrawn,
    ConferenceMissed,
    DeadlineRecomputed,
    DeadlineWarned,
    ExtensionAsked,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionWithdrawn,
    FollowedEvent,
    FollowUpCancelled,
    FollowUpDone,
    FollowUpMissed,
    FollowUpRecurred,
    FollowUpReminded,
    JointTaskDeclined,
    JointTaskDone,
    JointTaskInsisted,
    JointTaskReleased,
    JointTaskTakenOver,
    Matter,
    SuspensionAsked,
    SuspensionEnded,
    SuspensionGranted,
    SuspensionRefused,
    SuspensionWithdrawn,
    UnitReportedIn,
    VerificationFailed,
    VerificationPassed,
    WhistleBlown,
)
from shared.directory import DIRECTORY_TOPIC, Directory
from shared.kernel.kafka import Topic
from shared.kernel.reactions import Reactions, Received
from shared.kernel.waiting import NotYetError
from shared.kernel.work import Work
from shared.privacy.publishing import KEYS_TOPIC

# States are taken in by the batch, before the events that may need them.
FOLLOWED = frozenset({KeyRecord.type_name(), *(record.type_name() for record in DIRECTORY_EVENTS)})

# A process sees a change of the directory within a second; a postponed message is looked at when all have.
DIRECTORY_KNOWN_WITHIN = timedelta(seconds=2)

reactions: Reactions[Notify] = Reactions(
    topics=(DIRECTORY_TOPIC, KEYS_TOPIC, Topic(INTAKE), Topic(ROUTING)), knows=knows, kept_types=FOLLOWED
)


async def take_in(service: Notify, work: Work, received: Sequence[Received[Any]]) -> None:
    """Keep a batch's keys and directory records together, and load its messages by one query."""
    events = [each.event for each in received]
    await service.keyring.record(work.connection, [event for event in events if isinstance(event, KeyRecord)])
    records = [event for event in events if isinstance(event, DirectoryRecord)]
    await service.directory.record(work.connection, records)
    if any(isinstance(record, DutyDefined | PersonDefined | CoverDefined) for record in records):
        await queries.look_at_postponed_anew(work.connection, work.now + DIRECTORY_KNOWN_WITHIN)
    ids = [each for one in received if type(one.event) in TABLE for each in message_ids(one)]
    await work.prefetch([stream_of(each) for each in ids], FOLD)
    await look_up_unsent(work, [about for event in events if (about := superseding(event)) is not None])


reactions.prefetch = take_in


def superseding(event: object) -> UUID | None:
    """The ticket, or the swap, of which messages that still wait may be true no more after this event."""
    if isinstance(event, SwapAccepted | SwapDeclined | SwapWithdrawn | SwapLapsed):
        return event.swap
    return event.case_id if isinstance(event, GoneOn) and not event.history else None


def message_ids(received: Received[Any]) -> list[UUID]:
    """The messages that an event makes: one, or one for each member who is told of a change of duty."""
    event, event_id = received.event, received.incoming.event_id
    members = people_told(event) if isinstance(event, Turned) else ("",)
    return [notification_id_of(event_id, type(event), member=member) for member in members]


@reactions.on(TicketOpened)
async def on_ticket_opened(_service: Notify, work: Work, received: Received[TicketOpened]) -> None:
    """The reporter gets the number and the link."""
    await fulfil(work, received, wish_for_reporter(received.event))


@reactions.on(TicketImported)
async def on_ticket_imported(_service: Notify, work: Work, received: Received[TicketImported]) -> None:
    """Nobody is told of history."""
    await fulfil(work, received, wish_for_history(received.event))


@reactions.on(CaseAssigned)
@reactions.on(CaseReopened)
@reactions.on(DeadlineWarned)
@reactions.on(CaseReminded)
@reactions.on(WhistleBlown)
@reactions.on(JointTaskDone)
@reactions.on(ConferenceMissed)
@reactions.on(ExtensionAsked)
@reactions.on(SuspensionAsked)
@reactions.on(FollowUpReminded)
async def on_case_for_duty(service: Notify, work: Work, received: Received[DutyTold]) -> None:
    """Who answers for the unit now is told, by the directory as it stands now."""
    event = received.event
    if isinstance(event, FollowedEvent) and event.via is not None:
        # They are told of the case that it follows.
        return
    unit, matter = unit_told(event), event.matter
    if event.history:
        await fulfil(work, received, wish_for_history(event))
    elif unit is not None and matter is not None:
        directory = await service.directory.current()
        locale = service.config.staff_locale
        on_duty, place = duty_holder(directory, unit, work.now), place_name(directory, matter.place, locale)
        about = unit_name(directory, meant, locale) if (meant := unit_meant(event)) else ""
        wish = wish_for_duty(event, on_duty=on_duty, number=matter.number, place=place, locale=locale, unit_name=about)
        await fulfil(work, received, _in_own_words(wish, matter, directory))


@reactions.on(CaseResolved)
async def on_case_resolved(service: Notify, work: Work, received: Received[CaseResolved]) -> None:
    """Who verifies is told, where the rule names somebody; nobody need handle it any more."""
    await on_case_gone_on(service, work, received)
    if received.event.to_unit is not None:
        await on_case_for_duty(service, work, received)


@reactions.on(CaseReturned)
@reactions.on(CaseEscalated)
async def on_case_gone_up(service: Notify, work: Work, received: Received[CaseReturned | CaseEscalated]) -> None:
    """The unit above is told, in place of who gave it back; a reminder of what is late now comes too late."""
    await on_case_gone_on(service, work, received)
    await on_case_for_duty(service, work, received)


@reactions.on(JointTaskDeclined)
@reactions.on(JointTaskInsisted)
async def on_task_disputed(
    service: Notify, work: Work, received: Received[JointTaskDeclined | JointTaskInsisted]
) -> None:
    """Who decides on a refusal is told, or who is asked again; what either was told before is true no more."""
    await on_case_gone_on(service, work, received)
    await on_case_for_duty(service, work, received)


@reactions.on(CaseWithdrawn)
@reactions.on(JointTaskReleased)
async def on_called_off(service: Notify, work: Work, received: Received[CaseWithdrawn | JointTaskReleased]) -> None:
    """Who was asked need do nothing more; a unit that a person let go was told so by them."""
    await on_case_gone_on(service, work, received)
    if received.event.matter is not None:
        await on_case_for_duty(service, work, received)


@reactions.on(AwaitedUnitReplaced)
async def on_awaited_unit_replaced(service: Notify, work: Work, received: Received[AwaitedUnitReplaced]) -> None:
    """Who verifies or answers from now on is told, in place of who did."""
    await on_case_gone_on(service, work, received)
    await on_case_for_duty(service, work, received)


@reactions.on(FollowUpMissed)
async def on_follow_up_missed(service: Notify, work: Work, received: Received[FollowUpMissed]) -> None:
    """The unit is told so, in place of being reminded."""
    await on_case_gone_on(service, work, received)
    await on_case_for_duty(service, work, received)


@reactions.on(ExtensionGranted)
@reactions.on(ExtensionRefused)
@reactions.on(SuspensionGranted)
@reactions.on(SuspensionRefused)
@reactions.on(SuspensionEnded)
async def on_question_answered(service: Notify, work: Work, received: Received[Answered | SuspensionEnded]) -> None:
    """The unit is told; who had to decide need not any more, and what was agreed before is over."""
    await on_case_gone_on(service, work, received)
    await on_case_for_duty(service, work, received)


@reactions.on(VerificationFailed)
async def on_verification_failed(service: Notify, work: Work, received: Received[VerificationFailed]) -> None:
    """The unit hears why; nobody else need verify it now."""
    await on_case_gone_on(service, work, received)
    await on_case_for_duty(service, work, received)


@reactions.on(VerificationPassed)
@reactions.on(CaseAccepted)
@reactions.on(CaseTransferred)
@reactions.on(UnitReportedIn)
@reactions.on(FollowUpDone)
@reactions.on(FollowUpRecurred)
@reactions.on(FollowUpCancelled)
@reactions.on(JointTaskTakenOver)
@reactions.on(ExtensionWithdrawn)
@reactions.on(SuspensionWithdrawn)
@reactions.on(DeadlineRecomputed)
async def on_case_gone_on(_service: Notify, work: Work, received: Received[GoneOn]) -> None:
    """Who comes on duty later is not told what is true no more."""
    event = received.event
    if not event.history:
        await supersede(work, received, event.case_id, telling=lambda message: is_superseded(message, event))


@reactions.on(CaseMerged)
@reactions.on(CaseClosed)
async def on_case_for_reporter(service: Notify, work: Work, received: Received[CaseMerged | CaseClosed]) -> None:
    """The reporter hears that others told of the same, or is asked whether it is fixed."""
    await on_case_gone_on(service, work, received)
    event = received.event
    if isinstance(event, CaseClosed) and event.withdrawn:
        # It went on for others; its own reporter wants to hear nothing more of it.
        return
    if event.history:
        await fulfil(work, received, wish_for_history(event))
        return
    wish, directory = wish_for_reporter(event), await service.directory.current()
    await fulfil(work, received, _in_own_words(wish, event.matter, directory))


def _in_own_words(wish: Wish, matter: Matter, directory: Directory) -> Wish:
    """As the district words it now: so it stays, whatever the district says by the time it is sent."""
    return replace(wish, own_wording=own_wording(wish, matter.templates, directory.templates))


@reactions.on(DutyHandedOver)
@reactions.on(SwapAsked)
async def on_turn_moved(service: Notify, work: Work, received: Received[Turned]) -> None:
    """Who is to answer, or need not any more, or is asked to swap, is told; who did it themselves knows."""
    event, directory, locale = received.event, await service.directory.current(), service.config.staff_locale
    for told in people_told(event):
        other = event.from_person if told == event.to_person else event.to_person
        wish = wish_for_member(
            event,
            told=member(directory, told),
            other=member(directory, other),
            unit_name=unit_name(directory, event.unit, locale),
            locale=locale,
        )
        await fulfil(work, received, wish, member=told)


@reactions.on(SwapAccepted)
@reactions.on(SwapDeclined)
@reactions.on(SwapLapsed)
async def on_swap_answered(
    service: Notify, work: Work, received: Received[SwapAccepted | SwapDeclined | SwapLapsed]
) -> None:
    """Who asked is told, and who was asked where a lead answered, or nobody did; they need not answer any more."""
    await on_swap_over(service, work, received)
    await on_turn_moved(service, work, received)


@reactions.on(SwapWithdrawn)
async def on_swap_over(
    _service: Notify, work: Work, received: Received[SwapAccepted | SwapDeclined | SwapLapsed | SwapWithdrawn]
) -> None:
    """A question that still waits for the provider is not sent."""
    await supersede(work, received, received.event.swap, telling=lambda message: message.template == SWAP_ASKED)


def member(directory: Directory, person: str) -> PersonDefined:
    """Somebody of a unit.

    Raises:
        NotYetError: their record has not come yet.
    """
    known = directory.people.get(person)
    if known is None:
        raise NotYetError(f"directory person-{person}")
    return known


def duty_holder(directory: Directory, unit: str, at: datetime) -> OnDuty:
    """Who answers for the unit now, or when somebody will; none is an answer only when the whole rota is known.

    Raises:
        NotYetError: the rota, or somebody in it, has not come yet.
    """
    duty = directory.duties.get(unit)
    if duty is None:
        raise NotYetError(f"directory duty-{unit}")
    for shift in duty.shifts:
        if shift.person not in directory.people:
            raise NotYetError(f"directory person-{shift.person}")
    return who_is_on_duty(directory, unit, at)


def unit_name(directory: Directory, unit: str, locale: str) -> str:
    """The unit's name as staff know it.

    Raises:
        NotYetError: the unit has not come yet.
    """
    known = directory.units.get(unit)
    if known is None:
        raise NotYetError(f"directory unit-{unit}")
    return known.name.en if locale == "en" else known.name.zh


def place_name(directory: Directory, code: str, locale: str) -> str:
    """The place's name as staff know it.

    Raises:
        NotYetError: the place has not come yet.
    """
    place = directory.places.get(code)
    if place is None:
        raise NotYetError(f"directory place-{code}")
    return place.name.en if locale == "en" else place.name.zh
