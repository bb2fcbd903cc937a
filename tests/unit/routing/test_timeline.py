"""A case's timeline: what people read of its events."""

import pytest

from services.routing.domain.case import decide
from services.routing.handlers.reading import CaseRead
from services.routing.pages.names import Names
from services.routing.pages.timeline import Opened, happenings
from services.routing.pages.views import Happened, Happening
from services.routing.queries import Answer
from shared.contracts.intake import Rating
from shared.directory import Directory
from tests.unit.routing.routing_samples import after, given
from tests.unit.routing.test_entrusting import ENTRUST, THERE


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

    assert entry.what is Happened.ACCEPTED


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


def told(read: CaseRead) -> list[Happening]:
    opened = Opened(words={"b": "会商决定"}, staff={"grid-dispatcher-1": "网格调度员甲"}, forgotten="（已删除）")
    return happenings(read, names=Names(Directory()), opened=opened)
