"""A case's timeline: what people read of its events."""

from typing import get_args

import pytest
from pydantic.fields import FieldInfo

from services.routing.domain.case import Case, decide
from services.routing.domain.case.commands import Accept, Reopen, Resolve, Withdraw
from services.routing.handlers.reading import CaseRead
from services.routing.pages.happened import Happened, line_of, lines
from services.routing.pages.names import Names
from services.routing.pages.timeline import Opened, happenings
from services.routing.pages.views import Happening
from services.routing.queries import Answer
from shared.contracts.envelope import Attachment, Sealed
from shared.contracts.intake import Rating
from shared.contracts.routing import (
    EVENTS,
    CaseReturned,
    Clock,
    DeadlineMissed,
    DeadlineRecomputed,
    Deadlines,
    UnitReportedIn,
)
from shared.directory import Directory
from tests.unit.routing.routing_samples import CASE_ID, LEAD, RESOLVE_BY, after, given, matter, sealed
from tests.unit.routing.test_entrusting import ENTRUST, THERE
from tests.unit.routing.test_merging import ACCEPTED, DONE_WORK, Both, both

WORDS = sealed("b")


def test_an_event_is_told_by_a_line_of_its_own_name() -> None:
    assert [line_of(each) for each in (CaseReturned, UnitReportedIn)] == ["returned", "unit_reported_in"]
    assert len({*lines()}) == len([*lines()])


def test_no_event_carries_two_texts_of_its_own() -> None:
    texts = {event: [field for field in event.model_fields.values() if is_text(field)] for event in EVENTS}

    assert [event for event, found in texts.items() if len(found) > 1] == []


def is_text(field: FieldInfo) -> bool:
    """Whether somebody's own words stand in it."""
    return Sealed in (field.annotation, *get_args(field.annotation))


def test_entrusting_is_one_entry_with_who_gave_the_job_to_whom_and_why() -> None:
    case = given(*THERE)
    events = tuple(decide(case, ENTRUST))

    [entry] = told(CaseRead(case=case, events=events, version=1, answer=None, erased_at=None))

    assert (entry.what, entry.by, entry.words) == (Happened.MADE_LEAD, "网格调度员甲", "会商决定")
    assert entry.unit_name is not None
    assert entry.unit_name.zh == "police"


def test_who_accepts_by_themselves_has_an_entry_of_their_own() -> None:
    case = given(*THERE[:1])
    events = tuple(decide(case, THERE[1]))

    [entry] = told(CaseRead(case=case, events=events, version=1, answer=None, erased_at=None))

    assert entry.what == "accepted"


def test_a_deadline_counted_by_another_calendar_is_told_with_the_one_before() -> None:
    moved = DeadlineRecomputed(
        case_id=CASE_ID,
        at=after(5),
        clock=Clock.RESOLVE,
        unit="committee",
        edition=4,
        before=RESOLVE_BY,
        deadline=after(9000),
    )

    [entry] = told(CaseRead(case=given(*THERE), events=(moved,), version=1, answer=None, erased_at=None))

    assert (entry.what, entry.edition) == (Happened.RESOLVE_RECOUNTED, 4)
    assert (entry.before, entry.until) == (RESOLVE_BY, after(9000))


@pytest.mark.parametrize(
    ("clock", "what"), [(Clock.ANSWER, Happened.ANSWER_RECOUNTED), (Clock.FOLLOW_UP, Happened.FOLLOW_UP_RECOUNTED)]
)
def test_an_answer_or_a_follow_up_counted_by_another_calendar_names_whose_it_is(clock: Clock, what: Happened) -> None:
    moved = DeadlineRecomputed(
        case_id=CASE_ID, at=after(5), clock=clock, unit="property", edition=4, before=RESOLVE_BY, deadline=after(9000)
    )

    [entry] = told(CaseRead(case=given(*THERE), events=(moved,), version=1, answer=None, erased_at=None))

    assert (entry.what, entry.unit_name and entry.unit_name.zh) == (what, "property")


@pytest.mark.parametrize(
    ("clock", "what"),
    [
        (Clock.ACCEPT, Happened.ACCEPT_MISSED),
        (Clock.FIRST_RESPONSE, Happened.FIRST_RESPONSE_MISSED),
        (Clock.RESOLVE, "deadline_missed"),
        (Clock.VERIFY, Happened.VERIFY_MISSED),
        (Clock.REPORT_IN, Happened.REPORT_IN_MISSED),
    ],
)
def test_a_missed_deadline_says_whose_it_was(clock: Clock, what: Happened) -> None:
    due = after(9)
    missed = DeadlineMissed(case_id=CASE_ID, at=due, clock=clock, unit="committee", matter=matter(), deadline=due)

    [entry] = told(CaseRead(case=given(*THERE), events=(missed,), version=1, answer=None, erased_at=None))

    assert (entry.what, entry.until) == (what, due)


@pytest.mark.parametrize(
    ("rating", "what"),
    [
        (Rating.SATISFIED, Happened.RATED_SATISFIED),
        (Rating.SO_SO, Happened.RATED_SO_SO),
        (Rating.DISSATISFIED, Happened.RATED_DISSATISFIED),
    ],
)
def test_the_reporters_answer_says_how_satisfied_they_are(rating: Rating, what: Happened) -> None:
    answer = Answer(rating=rating, words=None, at=after(500))

    [entry] = told(CaseRead(case=given(*THERE), events=(), version=1, answer=answer, erased_at=None))

    assert entry.what is what


def test_what_others_said_and_did_of_the_master_is_told_in_what_follows_it_without_words_or_pictures() -> None:
    together = both()
    picture = Attachment(id="p", media_type="image/jpeg", size_bytes=1, sha256="0" * 64)
    together.do(Resolve(by=LEAD, note=WORDS, evidence=(picture,), now=after(30)))
    [duplicate] = together.duplicates
    together.do(Reopen(words=WORDS, deadlines=Deadlines(), now=after(40)))
    together.do(Accept(by=LEAD, now=after(41)))
    together.do(Resolve(by=LEAD, now=after(50)))
    together.do(Reopen(words=WORDS, deadlines=Deadlines(), said_of=duplicate.id, now=after(60)))

    of_master = told(read_of(together, together.master))
    others, own = [each for each in told(read_of(together, together.duplicates[0])) if "reopened" in each.what]
    resolved, *_ = [each for each in told(read_of(together, duplicate)) if each.what == "resolved"]

    assert (others.what, others.words) == (Happened.REOPENED_WITH_ITS_MASTER, "")
    assert (own.what, own.words) == ("reopened", "会商决定")
    assert (resolved.words, resolved.photos) == ("", ())
    assert [(each.what, each.words) for each in of_master if "reopened" in each.what] == [
        ("reopened", "会商决定"),
        (Happened.REOPENED_BY_ANOTHER, "会商决定"),
    ]
    assert [len(each.photos) for each in of_master if each.what == "resolved"] == [1, 0]


def test_who_withdrew_after_the_work_was_done_is_told_so() -> None:
    case = given(*ACCEPTED, DONE_WORK[0])
    events = tuple(decide(case, Withdraw(words=WORDS, now=after(31))))

    [entry] = told(CaseRead(case=case, events=events, version=1, answer=None, erased_at=None))

    assert (entry.what, entry.words) == (Happened.WITHDREW_TOO_LATE, "会商决定")


def read_of(together: Both, case: Case) -> CaseRead:
    return CaseRead(case=case, events=tuple(together.told[case.id]), version=1, answer=None, erased_at=None)


def told(read: CaseRead) -> list[Happening]:
    opened = Opened(words={"b": "会商决定"}, staff={"grid-dispatcher-1": "网格调度员甲"}, forgotten="（已删除）")
    return happenings(read, names=Names(Directory()), opened=opened)
