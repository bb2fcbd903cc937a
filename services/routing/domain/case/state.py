"""What a case is: status, unit, clocks; the texts and names it carries stay in its events."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.routing.domain.case.countdown import Countdown
from services.routing.domain.case.follow_up import FollowUps, FollowUpState
from services.routing.domain.case.joint import Part, Parts, PartState
from services.routing.domain.case.more_time import Extension, Suspension
from services.routing.domain.case.question import Question, Questions
from services.routing.domain.reminders import Reminder
from shared.contracts.intake import Channel, Link
from shared.contracts.routing import (
    Clock,
    Deadlines,
    FollowUpTerm,
    Matter,
    Term,
    Verification,
)

BY_HAND = "staff"
FROM_HISTORY = "history"
BY_DISTRICT = "district"
# What stands in a trace for a rule where none chose the unit.
NO_RULES = frozenset({BY_HAND, FROM_HISTORY, BY_DISTRICT})


class Status(StrEnum):
    """How far the case has come."""

    UNASSIGNED = "unassigned"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    MERGED = "merged"
    RESOLVED = "resolved"
    VERIFIED = "verified"
    CLOSED = "closed"


DONE = frozenset({Status.RESOLVED, Status.VERIFIED, Status.CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the decider needs to know. `told` are units informed by ladder or return; `left_unit` gave it up last.
    `returned_by` gave it back since it was opened, or opened anew. `told_of_silence` heard that nobody had accepted it.

    `looks` is how many of its last events say only that somebody looked at the contact, which changes nothing.
    A merged case follows its `master`; a master has `duplicates`. `split_off` are the cases that came of it;
    `link` says what `split_from`, which it came of itself, is to it.
    """

    id: UUID
    matter: Matter
    channel: Channel
    status: Status = Status.UNASSIGNED
    unit: str | None = None
    left_unit: str | None = None
    returned_by: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    told_of_silence: tuple[str, ...] = ()
    rule: str | None = None
    terms: tuple[Term, ...] = ()
    follow_up_terms: tuple[FollowUpTerm, ...] = ()
    accept: Countdown = field(default_factory=Countdown)
    first_response: Countdown = field(default_factory=Countdown)
    resolve: Countdown = field(default_factory=Countdown)
    verify: Countdown = field(default_factory=Countdown)
    verification: Verification | None = None
    verifier: str | None = None
    observed_until: datetime | None = None
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    joint: Parts = field(default_factory=dict)
    follow_ups: FollowUps = field(default_factory=dict)
    extension: Extension | None = None
    suspension: Suspension | None = None
    questions: Questions = field(default_factory=dict)
    watching: tuple[str, ...] = ()
    reminded: Reminder | None = None
    looks: int = 0
    master: UUID | None = None
    duplicates: tuple[UUID, ...] = ()
    reporter_withdrew: bool = False
    split_from: UUID | None = None
    link: Link = Link.SECOND_TROUBLE
    split_off: tuple[UUID, ...] = ()
    history: bool = False

    @property
    def is_suspended(self) -> bool:
        """Whether its resolve clock stands still."""
        return self.suspension is not None and self.suspension.is_granted

    @property
    def is_withdrawn(self) -> bool:
        """Whether it ended since nobody wants it any more; one that others were merged into goes on for them."""
        return self.reporter_withdrew and self.status is Status.CLOSED and not self.duplicates

    def asked_of(self, unit: str) -> tuple[Question, ...]:
        """What waits for this unit's answer."""
        return tuple(each for each in self.questions.values() if each.waits and each.to_unit == unit)

    @property
    def open_parts(self) -> tuple[Part, ...]:
        """What called units have still to do."""
        return tuple(part for part in self.joint.values() if part.is_open)

    @property
    def called_units(self) -> frozenset[str]:
        """Who was called and not let go: it takes part, or took part."""
        gone = (PartState.RELEASED, PartState.TAKEN_OVER)
        return frozenset(part.unit for part in self.joint.values() if part.state not in gone)

    @property
    def invited_units(self) -> frozenset[str]:
        """Who sees the case for a part or a follow-up of its own, past ones too, though it may not have the case."""
        following = (each for each in self.follow_ups.values() if each.state is not FollowUpState.CANCELLED)
        return self.called_units | {each.unit for each in following}

    @property
    def deadlines(self) -> Deadlines:
        """By when it must, or had to, be accepted and resolved."""
        return Deadlines(accept_by=self.accept.deadline, resolve_by=self.resolve.deadline)

    def unit_of(self, clock: Clock, called: str | None = None) -> str | None:
        """For whom a clock runs: who is called, asked or verifies, otherwise who has the case.

        `called` is who asked, for the clock of an answer.
        """
        if clock is Clock.ANSWER:
            question = self.questions.get(called or "")
            return question.to_unit if question else None
        return called or (self.verifier if clock is Clock.VERIFY else None) or self.unit

    def countdown(self, clock: Clock, called: str | None = None) -> Countdown:
        """The state of one of its clocks; that of a report-in is the called unit's, that of an answer who asked's."""
        match clock:
            case Clock.ACCEPT:
                return self.accept
            case Clock.FIRST_RESPONSE:
                return self.first_response
            case Clock.RESOLVE:
                return self.resolve
            case Clock.VERIFY:
                return self.verify
            case Clock.REPORT_IN:
                part = self.joint.get(called or "")
                return part.report_in if part else Countdown()
            case Clock.ANSWER:
                question = self.questions.get(called or "")
                return question.answer if question else Countdown()
            case Clock.FOLLOW_UP:
                # There may be many, each with its own; they have a command of their own.
                return Countdown()

    def with_countdown(self, clock: Clock, countdown: Countdown, called: str | None = None) -> "Case":
        """The case with one of its clocks moved."""
        match clock:
            case Clock.ACCEPT:
                return replace(self, accept=countdown)
            case Clock.FIRST_RESPONSE:
                return replace(self, first_response=countdown)
            case Clock.RESOLVE:
                return replace(self, resolve=countdown)
            case Clock.VERIFY:
                return replace(self, verify=countdown)
            case Clock.REPORT_IN:
                part = self.joint.get(called or "")
                moved = {part.unit: replace(part, report_in=countdown)} if part else {}
                return replace(self, joint={**self.joint, **moved})
            case Clock.ANSWER:
                question = self.questions.get(called or "")
                asked = {question.asked_by: replace(question, answer=countdown)} if question else {}
                return replace(self, questions={**self.questions, **asked})
            case Clock.FOLLOW_UP:
                return self
