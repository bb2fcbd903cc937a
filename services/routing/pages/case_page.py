"""The case's page, put together from its events, the directory and what its reader may see."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.routing.domain.case import Case
from services.routing.domain.case.commands import Actor
from services.routing.domain.case.conference import parties
from services.routing.domain.case.follow_up import FollowUp
from services.routing.domain.case.joint import Part, PartState
from services.routing.domain.case.state import BY_DISTRICT, BY_HAND, DONE, FROM_HISTORY, Status
from services.routing.domain.deadlines import CountedIn, counted_in
from services.routing.domain.permissions import Action, coordinates
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.units import term_of
from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member
from services.routing.handlers.choices import allowed, awaited, units_for
from services.routing.handlers.contact import Contact, contact_of
from services.routing.handlers.reading import CaseRead, Follower, asked_until, observed_until, opened, task_of, words_in
from services.routing.pages import nearby
from services.routing.pages.follow_ups import FollowUpShown
from services.routing.pages.names import Names, staff_of
from services.routing.pages.refused import NOTHING_REFUSED, ActRefused
from services.routing.pages.timeline import Opened, happenings, photos
from services.routing.pages.views import (
    OF_A_FOLLOW_UP,
    OF_A_UNIT,
    OUTCOMES,
    CasePage,
    CategoryChoice,
    ContactShown,
    Judged,
    MergedShown,
    PartShown,
    PassedOverShown,
    Staff,
    UnitChoice,
    WhyHere,
)
from shared.contracts.directory import Name
from shared.contracts.envelope import Sealed
from shared.contracts.routing import (
    CaseAssigned,
    CaseCategorised,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CaseWithdrawn,
    Clock,
    ExtensionGranted,
    RoutingEvent,
    VerificationFailed,
)
from shared.directory import Directory

# How a case is judged goes by the last of these.
ENDS_OR_BEGINS_ANEW = CaseClosed | CaseReopened | CaseWithdrawn


async def case_page(
    service: Routing,
    member: Member,
    read: CaseRead,
    *,
    forgotten: str,
    refused: ActRefused = NOTHING_REFUSED,
    revealed: Contact | None = None,
) -> CasePage:
    """What this member sees of the case; the contact in full only in answer to their asking for it."""
    directory = await service.directory.current()
    texts = await opened(service, _boxes(read, directory))
    staff = {person.id: texts.get(person.name.box) or "" for person in directory.people.values()}
    showing = Showing(
        member=member,
        read=read,
        names=Names(directory),
        rulebook=await service.rulebooks.current(),
        opened=Opened(words=texts, staff=staff, forgotten=forgotten),
        now=service.runtime.ground.clock.now(),
    )
    contact = _contact(
        revealed or (await contact_of(service, read.case)).masked,
        may_reveal=member.sight.sees_contact(read.case, read.master),
        in_full=revealed is not None,
    )
    whole = showing.page(await staff_of(service, member), contact)
    others = await nearby.cases_at_its_place(service, member, read, whole.actions)
    return replace(whole, nearby=others, refused=refused, writer=member.actor.person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What is needed to show a case: who looks, what was read, what things are called and what was written."""

    member: Member
    read: CaseRead
    names: Names
    rulebook: Rulebook
    opened: Opened
    now: datetime

    def page(self, staff: Staff, contact: ContactShown) -> CasePage:
        """All of it but for other cases at its place."""
        return self.with_other_cases(self.with_work(self.with_choices(self.matter(staff, contact))))

    def matter(self, staff: Staff, contact: ContactShown) -> CasePage:
        """What it is about, where it stands and how it came so far."""
        read, names, case, begun = self.read, self.names, self.read.case, _beginning(self.read)
        words = self.opened.words[begun.text.box]
        clock, deadline = clock_for(self.member.actor, case)
        return CasePage(
            staff=staff,
            case_id=case.id,
            version=read.version,
            form_token=secrets.token_urlsafe(16),
            number=case.matter.number,
            status=case.status,
            urgent=case.matter.urgency == "urgent",
            place_name=names.place(case.matter.place),
            area_name=names.area(case.matter.area),
            category_name=names.category(case.matter.category),
            unit_name=names.unit(case.unit),
            channel=case.channel,
            opened_at=begun.at,
            words=words,
            # Who is forgotten takes their photos along.
            photos=() if words is None else tuple(photos(case.id, begun.attachments)),
            contact=contact,
            clock=clock,
            deadline=deadline,
            judged=_judged(read),
            counted_in=counted_for(case, clock, read.events),
            happenings=happenings(read, names=names, opened=self.opened),
            why_here=_why_here(read, names),
            actions=tuple(map(Action, allowed(self.member.sight, case, rulebook=self.rulebook, now=self.now))),
            guessed_by=_guessed_by(read),
            stated_urgency=begun.stated_urgency,
            taken_by=(self.opened.staff.get(begun.taken_by) or begun.taken_by) if begun.taken_by else None,
        )

    def with_choices(self, page: CasePage) -> CasePage:
        """The units and categories that its acts can be about."""
        case, by = self.read.case, self.member.actor
        known = self.rulebook.open_categories.values()
        categories = [CategoryChoice(id=category.id, name=category.name) for category in known]
        units = {
            action: _choices(action, case, self.rulebook, self.names, by)
            for action in page.actions
            if action in OF_A_UNIT
        }
        return replace(
            page,
            units=units,
            categories=[each for each in categories if each.id != case.matter.category],
            split_categories=categories,
        )

    def with_work(self, page: CasePage) -> CasePage:
        """Its joint work, its follow-ups, and what was asked for or is observed."""
        case, names = self.read.case, self.names
        follow_ups = [_follow_up(each, names, self.opened.said(each.task)) for each in case.follow_ups.values()]
        of_action = {
            action: _about(action, self.member, follow_ups, case) for action in page.actions if action in OF_A_FOLLOW_UP
        }
        return replace(
            page,
            parts=[_part(part, names, self.opened.said(task_of(self.read, part.unit))) for part in case.joint.values()],
            open_parts=len(case.open_parts),
            own_task=_own_task(self.read, self.member, self.opened),
            follow_ups=follow_ups,
            of_action=of_action,
            asked_until=asked_until(case),
            verifier_name=names.unit(case.verifier) if case.status is Status.RESOLVED else None,
            observed_until=observed_until(case, self.now),
            evidence_asked=case.verification,
            suspended_until=case.suspension.until if case.suspension and case.is_suspended else None,
        )

    def with_other_cases(self, page: CasePage) -> CasePage:
        """The case that it follows, those that follow it, and those of the same report."""
        read, texts = self.read, self.opened.words
        return replace(
            page,
            master=MergedShown(case_id=read.master.id, number=read.master.matter.number) if read.master else None,
            duplicates=[_follower(each, texts) for each in read.duplicates],
            split=[_follower(each, texts) for each in read.split],
            again=[_follower(each, texts) for each in read.again],
            reporter_withdrew=read.case.reporter_withdrew,
        )


def _follower(each: Follower, texts: Mapping[str, str | None]) -> MergedShown:
    return MergedShown(
        case_id=each.case.id, number=each.case.matter.number, opened_at=each.opened_at, words=texts[each.text.box]
    )


def _choices(action: Action, case: Case, rulebook: Rulebook, names: Names, by: Actor) -> list[UnitChoice]:
    """The units that this act can be about."""
    match action:
        case Action.TRANSFER:
            return [UnitChoice(id=unit.id, name=unit.name) for unit in units_for(case, rulebook)]
        case Action.FOLLOW_UP:
            own = [_choice(case.unit, names)] if case.unit else []
            return [*own, *(UnitChoice(id=unit.id, name=unit.name) for unit in units_for(case, rulebook))]
        case Action.WHISTLE:
            busy = {part.unit for part in case.open_parts}
            free = (unit for unit in units_for(case, rulebook) if unit.id not in busy)
            return [UnitChoice(id=unit.id, name=unit.name) for unit in free]
        case Action.CONFER:
            return [_choice(unit, names) for unit in parties(case, by)]
        case Action.ENTRUST:
            return [_choice(part.unit, names) for part in case.open_parts if part.state is PartState.REPORTED_IN]
        case Action.TASK_TAKE_OVER:
            return [_choice(part.unit, names) for part in case.open_parts]
        case _:
            declined = (part.unit for part in case.open_parts if part.state is PartState.DECLINED)
            return [_choice(unit, names) for unit in declined]


def _choice(unit: str, names: Names) -> UnitChoice:
    return UnitChoice(id=unit, name=names.unit(unit) or Name(zh=unit, en=unit))


def _own_task(read: CaseRead, member: Member, opened: Opened) -> str:
    """What the reader's unit is called for, while it can still be done."""
    own = [part for part in read.case.open_parts if part.unit == member.actor.unit]
    called = [part for part in own if part.state in (PartState.CALLED, PartState.REPORTED_IN)]
    return opened.said(task_of(read, called[0].unit)) if called else ""


def _part(part: Part, names: Names, task: str) -> PartShown:
    waits = part.state is PartState.CALLED
    return PartShown(
        unit_name=names.unit(part.unit) or Name(zh=part.unit, en=part.unit),
        state=part.state,
        task=task,
        deadline=part.report_in.deadline if waits else None,
        late=part.is_late,
    )


def _follow_up(known: FollowUp, names: Names, task: str) -> FollowUpShown:
    by_rule = known.by_rule
    return FollowUpShown(
        id=known.id,
        unit_name=names.unit(known.unit) or Name(zh=known.unit, en=known.unit),
        task=task,
        by_rule=Name(zh=by_rule.zh, en=by_rule.en) if by_rule else None,
        state=known.state,
        due=known.due,
        deadline=known.deadline,
        occurrence=known.occurrence,
        times=known.times,
        missed=known.missed,
    )


def _about(action: Action, member: Member, shown: Sequence[FollowUpShown], case: Case) -> list[FollowUpShown]:
    """The follow-ups that this act can be about."""
    own = awaited(case, member.actor.unit)
    unsettled = [each for each in case.follow_ups.values() if each.is_open]
    meant = {each.id for each in (own if action in OUTCOMES else unsettled)}
    return [each for each in shown if each.id in meant]


def _beginning(read: CaseRead) -> CaseOpened:
    return next(event for event in read.events if isinstance(event, CaseOpened))


def _guessed_by(read: CaseRead) -> tuple[str, ...]:
    """The words by which its category was guessed; none once somebody has said what it is."""
    said = [event for event in read.events if isinstance(event, CaseCategorised)]
    return said[-1].matched if said else ()


def _boxes(read: CaseRead, directory: Directory) -> list[Sealed]:
    """All that the page shows opened, but for the contact."""
    acted = {_beginning(read).taken_by, *(getattr(event, "by", None) for event in read.events)}
    names = [person.name for person in directory.people.values() if person.id in acted]
    answer = [read.answer.words] if read.answer else []
    merged = [each.text for each in (*read.duplicates, *read.split, *read.again)]
    boxes = [_beginning(read).text, *merged, *map(words_in, read.events), *names, *answer]
    return [box for box in boxes if box is not None]


def _contact(contact: Contact, *, may_reveal: bool, in_full: bool) -> ContactShown:
    return ContactShown(name=contact.name, phone=contact.phone, may_reveal=may_reveal, in_full=in_full)


def clock_for(by: Actor, case: Case) -> tuple[Clock | None, datetime | None]:
    """What they must watch: a unit that is called and awaited has a clock of its own; who is asked has the earlier."""
    own = case.joint.get(by.unit)
    if own is not None and own.state is PartState.CALLED and own.report_in.deadline:
        return Clock.REPORT_IN, own.report_in.deadline
    clock = _running_clock(case)
    due = case.countdown(clock).deadline if clock else None
    asked = [each.answer.deadline for each in case.asked_of(by.unit) if each.answer.deadline]
    if asked and coordinates(by.role) and (due is None or min(asked) < due):
        return Clock.ANSWER, min(asked)
    if clock is None and (following := awaited(case, by.unit)):
        return Clock.FOLLOW_UP, min(each.deadline for each in following)
    return clock, due


def counted_for(case: Case, clock: Clock | None, events: Sequence[RoutingEvent]) -> CountedIn | None:
    """In which time the clock runs that one watches; none where no rule says, or the grid agreed to its deadline."""
    term = term_of(case.terms, clock) if clock else None
    return counted_in(term) if term and not (clock is Clock.RESOLVE and _is_agreed(events)) else None


def _is_agreed(events: Sequence[RoutingEvent]) -> bool:
    begins = CaseOpened | CaseReopened | VerificationFailed
    last = next((each for each in reversed(events) if isinstance(each, begins | ExtensionGranted)), None)
    return isinstance(last, ExtensionGranted)


def _judged(read: CaseRead) -> Judged | None:
    """By when it was to be resolved, and when it was; none where nothing was promised, or before it was resolved."""
    case = read.case
    last = next((each for each in reversed(read.events) if isinstance(each, ENDS_OR_BEGINS_ANEW)), None)
    # An imported case may be closed without being resolved; what was reopened since is not done by its closing.
    done_at = case.resolved_at or (last.at if isinstance(last, CaseClosed) else None)
    # Nobody is judged by what was withdrawn, and what had failed its verification before was not done.
    if case.status not in DONE or isinstance(last, CaseWithdrawn) or case.resolve.promise is None or done_at is None:
        return None
    counted_late = isinstance(last, CaseClosed) and last.in_time is False
    return Judged(due_at=case.resolve.promise, done_at=done_at, counted_late=counted_late)


def _running_clock(case: Case) -> Clock | None:
    """The clock that its unit must watch now; none in history and once the work is done."""
    if case.status is Status.RESOLVED and case.verify.deadline and not case.history:
        return Clock.VERIFY
    if case.history or case.status not in (Status.UNASSIGNED, Status.ASSIGNED, Status.ACCEPTED):
        return None
    waits = case.status is not Status.ACCEPTED and case.accept.deadline is not None
    of_unit = Clock.ACCEPT if waits else Clock.RESOLVE
    running = [(until, clock) for clock in (of_unit, Clock.FIRST_RESPONSE) if (until := case.countdown(clock).deadline)]
    return min(running)[1] if running else None


def _why_here(read: CaseRead, names: Names) -> WhyHere | None:
    assigned = [event for event in read.events if isinstance(event, CaseAssigned)]
    if not assigned:
        return None
    trace = assigned[-1].trace
    return WhyHere(
        rule_name=None if trace.rule in (BY_HAND, BY_DISTRICT, FROM_HISTORY) else names.rule(trace.rule),
        by_district=trace.rule == BY_DISTRICT,
        passed_over=[
            PassedOverShown(rule_name=names.rule(passed.rule), condition=passed.condition)
            for passed in trace.passed_over
        ],
        directory_version=trace.directory_version,
    )
