"""A ticket's rules, as given / when / then."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from uuid import UUID

import pytest

from services.intake.domain.errors import (
    AlreadyDisputedError,
    AlreadyOpenedError,
    AlreadyRatedError,
    AlreadyWithdrawnError,
    DisputeTooLateError,
    IntakeError,
    NotClosedYetError,
    NotResolvedYetError,
    UnknownTicketError,
    WithdrawTooLateError,
)
from services.intake.domain.progress import Progress, Step, StepTaken, until_withdrawn
from services.intake.domain.ticket import (
    DisputeFix,
    EraseReporter,
    GivenRating,
    ImportTicket,
    OpenTicket,
    Other,
    Rate,
    SplitTicket,
    Ticket,
    WithdrawTicket,
    decide,
    evolve,
    may_dispute,
    may_rate,
    may_withdraw,
    rating_of,
)
from shared.contracts.envelope import Sealed
from shared.contracts.intake import (
    Channel,
    Contact,
    FixDisputed,
    IntakeEvent,
    Link,
    Rating,
    ReporterErased,
    StatedUrgency,
    TicketOpened,
    TicketRated,
    TicketSplit,
    TicketWithdrawn,
)

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
ID = UUID(int=1)
AN_HOUR_LATER = AT + timedelta(hours=1)
WORDS = Sealed(person="r1", key_version=1, box="AAAA")

OPEN = OpenTicket(
    at=AT,
    id=ID,
    number="202604012",
    place="GATE",
    channel=Channel.QR,
    category=None,
    text=WORDS,
    reporter="r1",
    contact=Contact(phone=WORDS),
    tracking_token=WORDS,
)
IMPORT = ImportTicket(
    at=AT,
    id=ID,
    number="202604012",
    place="GATE",
    category=None,
    text=WORDS,
    reporter="r1",
    contact=Contact(),
    tracking_token=WORDS,
    source="hotline",
    source_id="7",
    rating=GivenRating(at=AT, rating=Rating.SO_SO),
)
OPENED = TicketOpened(
    at=AT,
    ticket_id=ID,
    number="202604012",
    place="GATE",
    channel=Channel.QR,
    text=WORDS,
    reporter="r1",
    contact=Contact(phone=WORDS),
    tracking_token=WORDS,
)


def minutes(count: int) -> datetime:
    return AT + timedelta(minutes=count)


def having(*events: IntakeEvent) -> Ticket | None:
    return reduce(evolve, events, None)


def standing_at(*steps: Step) -> Progress:
    """Each step ten minutes after the one before."""
    taken = [StepTaken(step=step, at=minutes(10 * place)) for place, step in enumerate(steps, 1)]
    return Progress([StepTaken(step=Step.REPORTED, at=AT), *taken])


CLOSED = standing_at(Step.ASSIGNED, Step.ACCEPTED, Step.RESOLVED, Step.VERIFIED, Step.CLOSED)


def rate(progress: Progress = CLOSED) -> Rate:
    return Rate(at=minutes(60), rating=Rating.SATISFIED, words=None, progress=progress)


def dispute(progress: Progress = CLOSED, *, at: datetime = AN_HOUR_LATER) -> DisputeFix:
    return DisputeFix(at=at, words=WORDS, progress=progress)


def test_a_report_opens_a_ticket() -> None:
    given = None

    events = decide(given, OPEN)

    assert events == [OPENED]


def test_what_is_stated_of_its_urgency_is_told_and_kept_in_reports_and_in_history() -> None:
    for command in (
        replace(OPEN, stated_urgency=StatedUrgency.URGENT),
        replace(IMPORT, stated_urgency=StatedUrgency.URGENT),
    ):
        ticket = having(*decide(None, command))

        assert ticket is not None
        assert ticket.stated_urgency is StatedUrgency.URGENT


def test_a_ticket_is_opened_once() -> None:
    with pytest.raises(AlreadyOpenedError):
        decide(having(OPENED), OPEN)


def test_imported_history_brings_its_rating_along() -> None:
    events = decide(None, IMPORT)

    assert [type(event).__name__ for event in events] == ["TicketImported", "TicketRated"]
    assert isinstance(events[1], TicketRated)
    assert events[1].history


def test_an_imported_ticket_is_not_imported_over() -> None:
    with pytest.raises(AlreadyOpenedError):
        decide(having(*decide(None, IMPORT)), IMPORT)


def test_a_closed_ticket_is_rated() -> None:
    given = having(OPENED)

    events = decide(given, rate())

    assert events == [TicketRated(at=minutes(60), ticket_id=ID, rating=Rating.SATISFIED)]


def test_a_rating_is_given_once() -> None:
    given = having(OPENED, *decide(having(OPENED), rate()))

    with pytest.raises(AlreadyRatedError):
        decide(given, rate())


def test_what_was_disputed_after_its_rating_is_rated_anew_once_it_is_closed_again() -> None:
    rating = decide(having(OPENED), rate())
    disputed = having(OPENED, *rating, *decide(having(OPENED, *rating), dispute(at=minutes(65))))
    again = standing_at(*(each.step for each in CLOSED.steps[1:]), Step.REOPENED, Step.CLOSED)

    events = decide(disputed, rate(again))

    assert again.now.at > minutes(65)
    assert [type(event) for event in events] == [TicketRated]
    with pytest.raises(NotClosedYetError):
        decide(disputed, rate())


def test_once_the_word_of_another_has_reopened_it_the_rating_of_before_stands_no_more() -> None:
    rated = having(OPENED, *decide(having(OPENED), replace(rate(), at=minutes(55))))
    reopened = standing_at(*(each.step for each in CLOSED.steps[1:]), Step.REOPENED_BY_ANOTHER)
    again = standing_at(*(each.step for each in reopened.steps[1:]), Step.RESOLVED, Step.CLOSED)
    assert rated is not None

    assert [rating_of(rated, each) for each in (CLOSED, reopened, again)] == [Rating.SATISFIED, None, None]
    assert [may_rate(rated, each) for each in (CLOSED, reopened, again)] == [False, False, True]
    with pytest.raises(NotClosedYetError):
        decide(rated, rate(reopened))
    events = decide(rated, Rate(at=minutes(90), rating=Rating.SO_SO, words=None, progress=again))
    rerated = having(OPENED, *events)
    assert rerated is not None
    assert rating_of(rerated, again) is Rating.SO_SO
    with pytest.raises(AlreadyRatedError):
        decide(rerated, rate(again))


@pytest.mark.parametrize("steps", [(), (Step.ASSIGNED,), (Step.ASSIGNED, Step.RESOLVED), (Step.CLOSED, Step.REOPENED)])
def test_what_is_not_closed_is_not_rated(steps: Sequence[Step]) -> None:
    with pytest.raises(NotClosedYetError):
        decide(having(OPENED), rate(standing_at(*steps)))


@pytest.mark.parametrize("last", [Step.RESOLVED, Step.VERIFIED, Step.CLOSED])
def test_a_fix_is_disputed_from_its_resolution_on(last: Step) -> None:
    events = decide(having(OPENED), dispute(standing_at(Step.ASSIGNED, Step.RESOLVED, last)))

    assert events == [FixDisputed(at=minutes(60), ticket_id=ID, words=WORDS)]


@pytest.mark.parametrize("last", [Step.ASSIGNED, Step.ACCEPTED, Step.REWORK, Step.REOPENED])
def test_what_nobody_called_fixed_is_not_disputed(last: Step) -> None:
    with pytest.raises(NotResolvedYetError):
        decide(having(OPENED), dispute(standing_at(Step.ASSIGNED, Step.RESOLVED, last)))


def test_the_reporters_words_are_taken_once_for_each_fix() -> None:
    given = having(OPENED, *decide(having(OPENED), dispute()))

    with pytest.raises(AlreadyDisputedError):
        decide(given, dispute())


def test_a_second_fix_is_disputed_anew() -> None:
    given = having(OPENED, FixDisputed(at=minutes(15), ticket_id=ID, words=WORDS))
    again = standing_at(Step.RESOLVED, Step.REOPENED, Step.RESOLVED)

    assert len(decide(given, dispute(again))) == 1


def test_a_fix_is_disputed_within_fifteen_days_of_closing() -> None:
    last_moment = minutes(50) + timedelta(days=15)

    assert len(decide(having(OPENED), dispute(at=last_moment))) == 1
    with pytest.raises(DisputeTooLateError):
        decide(having(OPENED), dispute(at=last_moment + timedelta(seconds=1)))


@pytest.mark.parametrize("command", [rate(), dispute()])
def test_nothing_is_said_about_a_ticket_that_there_is_not(command: Rate | DisputeFix) -> None:
    with pytest.raises(UnknownTicketError):
        decide(None, command)


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (Step.ASSIGNED,),
        (Step.ASSIGNED, Step.RESOLVED),
        (Step.RESOLVED, Step.VERIFIED, Step.CLOSED),
        (Step.RESOLVED, Step.REOPENED),
        (Step.RESOLVED, Step.REWORK),
    ],
)
def test_the_page_offers_exactly_what_would_be_taken(steps: Sequence[Step]) -> None:
    ticket, progress = having(OPENED), standing_at(*steps)
    assert ticket is not None

    assert may_rate(ticket, progress) == taken(ticket, rate(progress))
    assert may_dispute(ticket, progress, at=minutes(60)) == taken(ticket, dispute(progress))


def taken(ticket: Ticket, command: Rate | DisputeFix) -> bool:
    try:
        decide(ticket, command)
    except IntakeError:
        return False
    return True


def test_a_reporter_is_forgotten_once() -> None:
    (event,) = decide(having(OPENED), EraseReporter(at=AN_HOUR_LATER))

    assert event == ReporterErased(at=AN_HOUR_LATER, ticket_id=ID)
    assert decide(having(OPENED, event), EraseReporter(at=AN_HOUR_LATER)) == []


WITHDRAWN = TicketWithdrawn(at=minutes(25), ticket_id=ID, words=WORDS)


def withdraw(*steps: Step) -> WithdrawTicket:
    return WithdrawTicket(at=minutes(25), words=WORDS, progress=standing_at(*steps))


@pytest.mark.parametrize("steps", [(), (Step.ASSIGNED,), (Step.ASSIGNED, Step.ACCEPTED), (Step.ASSIGNED, Step.MERGED)])
def test_it_is_withdrawn_until_somebody_says_that_it_is_fixed(steps: tuple[Step, ...]) -> None:
    ticket = having(OPENED)
    assert ticket is not None

    assert may_withdraw(ticket, standing_at(*steps))
    assert decide(ticket, withdraw(*steps)) == [WITHDRAWN]


@pytest.mark.parametrize("last", [Step.RESOLVED, Step.VERIFIED, Step.CLOSED])
def test_what_was_called_fixed_is_not_withdrawn_any_more(last: Step) -> None:
    with pytest.raises(WithdrawTooLateError):
        decide(having(OPENED), withdraw(Step.ASSIGNED, last))


@pytest.mark.parametrize("command", [withdraw(Step.ASSIGNED), rate(), dispute()])
def test_of_what_was_withdrawn_its_reporter_says_nothing_more(command: WithdrawTicket | Rate | DisputeFix) -> None:
    ticket = having(OPENED, WITHDRAWN)
    assert ticket is not None

    with pytest.raises(AlreadyWithdrawnError):
        decide(ticket, command)
    assert (may_withdraw(ticket, standing_at()), may_dispute(ticket, CLOSED, at=AN_HOUR_LATER)) == (False, False)


def test_its_reporter_sees_no_step_after_it_whatever_is_done_for_others() -> None:
    steps = [StepTaken(step=step, at=minutes(10 * place)) for place, step in enumerate((Step.ASSIGNED, Step.CLOSED), 2)]

    taken = Progress([StepTaken(step=Step.REPORTED, at=AT), *until_withdrawn(steps, minutes(25))])

    assert [each.step for each in taken.steps] == [Step.REPORTED, Step.ASSIGNED, Step.WITHDRAWN]
    assert (list(taken.to_come), taken.deadline, taken.resolved_at) == ([], None, None)


def test_a_second_trouble_of_a_report_is_a_ticket_of_its_own_and_each_names_the_other() -> None:
    second = UUID(int=2)
    [split] = decide(having(OPENED), SplitTicket(at=minutes(5), other=second, other_number="202604020"))
    opening = replace(OPEN, id=second, number="202604020", split_from=ID, split_from_number="202604012")
    [opened] = decide(None, opening)

    assert split == TicketSplit(at=minutes(5), ticket_id=ID, other=second, other_number="202604020")
    first, other = having(OPENED, split), having(opened)
    assert first is not None
    assert other is not None
    assert first.others == (Other(id=second, number="202604020"),)
    assert other.others == (Other(id=ID, number="202604012"),)


def test_a_trouble_that_is_back_is_a_ticket_of_its_own_and_each_says_that_the_other_is_of_the_same() -> None:
    again = UUID(int=3)
    link = Link.CAME_BACK
    [split] = decide(having(OPENED), SplitTicket(at=minutes(5), other=again, other_number="202604020", link=link))
    opening = replace(OPEN, id=again, number="202604020", split_from=ID, split_from_number="202604012", link=link)
    first, second = having(OPENED, split), having(*decide(None, opening))

    assert first is not None
    assert second is not None
    assert first.others == (Other(id=again, number="202604020", link=link),)
    assert second.others == (Other(id=ID, number="202604012", link=link),)
