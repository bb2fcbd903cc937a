"""A case that is done says by when it was to be resolved, as figures judge it, and whether it was."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from services.case_states import (
    ACCEPTED,
    CLOSED,
    COLLEAGUE,
    DISPATCHER,
    DOER,
    OPEN,
    OTHER,
    PEOPLE,
    RESOLVED,
    SEALED,
    SUSPENDED,
    after,
)
from services.routing.domain.case.commands import (
    Accept,
    AskExtension,
    Close,
    Command,
    EndSuspension,
    FailVerification,
    GrantExtension,
    Merge,
    PassVerification,
    Reopen,
    Resolve,
    Withdraw,
)
from services.routing.domain.case.evolution import evolve
from services.routing.domain.case.merging import followed
from services.routing.pages.views import Judged
from shared.contracts.routing import CaseClosed, CaseResolved, Deadlines, SuspensionEnded, VerificationPassed
from tests.unit.web.case_samples import page_for, pages_in, read_after
from tests.unit.web.sample_pages import RENDERERS
from tests.unit.web.samples import NOW
from tests.unit.web.test_rendering import html_of, visitor_of


@pytest.mark.parametrize(("late", "told"), [(0, None), (1, 1.0), (59, 1.0), (28_440, 474.0)])
def test_who_was_late_by_seconds_was_late(late: int, told: float | None) -> None:
    assert Judged(due_at=NOW, done_at=NOW + timedelta(seconds=late)).late_minutes == told


def test_a_closed_case_tells_its_deadline_and_by_how_much_it_was_missed() -> None:
    html = html_of("case closed")

    assert "应处置完成：" in html
    assert "晚 24 小时 45 分" in html
    assert html_of("case").count("应处置完成：") == 0


def test_what_was_promised_is_told_from_the_resolution_on_and_not_before() -> None:
    judged = {
        situation: next(iter(pages_in(situation).values())).judged for situation in ("处置中 accepted", "已结单 closed")
    }

    assert judged["处置中 accepted"] is None
    assert judged["已结单 closed"] is not None
    assert judged["已结单 closed"].late_minutes is None


def test_where_nothing_was_promised_there_is_no_deadline() -> None:
    page = replace(next(iter(pages_in("已结单 closed").values())), judged=None)

    html = visitor_of(RENDERERS["routing"], "case.html", {"page": page}).get("/page?lang=en").text

    assert "<dt>Deadline</dt><dd>None</dd>" in html


NOT_FIXED = Reopen(words=SEALED, deadlines=Deadlines(accept_by=after(25), resolve_by=after(1450)), now=after(10))
NOT_DONE = FailVerification(by=COLLEAGUE, reason=SEALED, resolve_by=after(2000), now=after(10))
SUPERVISED = next(sight for sight in PEOPLE.values() if sight.actor.person == "supervisor")


def withdrawn(minute: int) -> Withdraw:
    return Withdraw(words=SEALED, now=after(minute))


def done(minute: int) -> Sequence[Command]:
    """Resolved then, and closed soon after."""
    return (
        Resolve(by=DOER, note=SEALED, verify_by=after(5000), now=after(minute)),
        PassVerification(by=COLLEAGUE, now=after(minute + 1)),
        Close(by=COLLEAGUE, now=after(minute + 2)),
    )


def judged_after(*commands: Command) -> Judged | None:
    return page_for(SUPERVISED, read_after(*commands)).judged


@pytest.mark.parametrize(
    "commands",
    [
        (*CLOSED, NOT_FIXED),
        (*CLOSED, NOT_FIXED, withdrawn(20)),
        (*RESOLVED, NOT_DONE),
        (*RESOLVED, NOT_DONE, withdrawn(20)),
        (*RESOLVED, withdrawn(5), NOT_DONE),
        (*ACCEPTED, withdrawn(20)),
        SUSPENDED,
    ],
    ids=[
        "reopened",
        "reopened, withdrawn",
        "failed",
        "failed, withdrawn",
        "withdrawn, failed",
        "withdrawn",
        "suspended",
    ],
)
def test_what_was_not_done_or_ended_by_nobody_s_work_is_not_judged(commands: Sequence[Command]) -> None:
    assert judged_after(*commands) is None


@pytest.mark.parametrize(
    ("commands", "due", "at"),
    [
        ((*ACCEPTED, *done(1441)), 1440, 1441),
        # Rework has a fresh clock to work by, and is judged by the first.
        ((*RESOLVED, NOT_DONE, *done(1500)), 1440, 1500),
        ((*CLOSED, NOT_FIXED, Accept(by=DOER, now=after(11)), *done(1445)), 1450, 1445),
        ((*RESOLVED, withdrawn(4), *done(4)[1:]), 1440, 3),
        ((*SUSPENDED, EndSuspension(by=DISPATCHER, resolve_by=after(2900), now=after(1500)), *done(2000)), 2900, 2000),
        (
            (
                *ACCEPTED,
                AskExtension(by=DOER, reason=SEALED, resolve_by=after(3000), to_unit="grid", now=after(2)),
                GrantExtension(by=DISPATCHER, now=after(3)),
                *done(2000),
            ),
            3000,
            2000,
        ),
    ],
    ids=["late", "reworked", "reopened", "withdrawn when done", "suspended", "extended"],
)
def test_a_closed_case_is_judged_on_its_page_as_its_closing_was_counted(
    commands: Sequence[Command], due: int, at: int
) -> None:
    judged = judged_after(*commands)
    closed = [each for each in read_after(*commands).events if isinstance(each, CaseClosed)][-1]

    assert judged is not None
    assert (judged.due_at, judged.done_at) == (after(due), after(at))
    assert (judged.late_minutes is None) == closed.in_time
    assert judged.counted_late == (not closed.in_time)


def test_a_late_closing_says_nothing_of_the_work_after_the_reopening() -> None:
    anew = replace(NOT_FIXED, deadlines=Deadlines(resolve_by=after(3000)), now=after(1500))

    judged = judged_after(*ACCEPTED, *done(1441), anew, Accept(by=DOER, now=after(1501)), done(1600)[0])

    assert judged == Judged(due_at=after(3000), done_at=after(1600), counted_late=False)


def test_one_that_follows_a_late_case_is_late_with_it_though_its_own_deadline_was_kept() -> None:
    # What a suspended case promises is not known when another is merged into it: it may be the earlier of both.
    early = replace(OPEN.assignment, deadlines=Deadlines(resolve_by=after(100)))
    stopped = (replace(OPEN, case_id=OTHER.id, assignment=early), *SUSPENDED[1:])
    read = read_after(OPEN, Merge(by=DISPATCHER, master=read_after(*stopped).case, now=after(4)))
    goes_on = EndSuspension(by=DISPATCHER, resolve_by=after(150), now=after(50))
    for event in read_after(*stopped, goes_on, *done(300)).events:
        if isinstance(event, SuspensionEnded | CaseResolved | VerificationPassed | CaseClosed):
            told = followed(event, read.case)
            assert told is not None
            read = replace(read, case=evolve(read.case, told), events=(*read.events, told))

    page = page_for(SUPERVISED, replace(read, master=OTHER))
    html = visitor_of(RENDERERS["routing"], "case.html", {"page": page}).get("/page?lang=en").text

    assert page.judged == Judged(due_at=after(1440), done_at=after(300), counted_late=True)
    assert "late, as the case that it follows was" in html
