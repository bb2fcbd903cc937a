"""A new edition and the cases that run under the old one: none is left with nobody, and deadlines stay."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.routing.domain.case import Case, Status, decide
from services.routing.domain.case.commands import (
    Accept,
    AskSuspension,
    BlowWhistle,
    Call,
    Command,
    GrantSuspension,
    MoveCase,
    Resolve,
)
from services.routing.domain.case.joint import PartState
from services.routing.domain.publication import retired
from services.routing.domain.rulebook import Rulebook, rulebook_from
from services.routing.domain.stranding import Change, OpenCase, Why
from services.routing.handlers.performing import Moment
from services.routing.handlers.stranding import heir_of
from shared.contracts.directory import PersonDefined
from shared.contracts.routing import (
    DISTRICT,
    CaseAssigned,
    CaseTransferred,
    JointTaskTakenOver,
    RoutingEvent,
    SuspensionEnded,
    Verification,
)
from tests.unit.routing.district_samples import changed, published, records_of
from tests.unit.routing.routing_samples import (
    DISPATCHER,
    LEAD,
    RESOLVE_BY,
    after,
    assignment,
    folded,
    given,
    matter,
    open_case,
    sealed,
)

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
PEOPLE = {record.id: record for record in published() if isinstance(record, PersonDefined)}
UNIT = (
    "  - {id: property, name: {zh: 物, en: PM}, relation: property, area: estate, calendar: office, "
    "escalates_to: committee}\n"
)
NO_PROPERTY = (
    changed(UNIT, "")
    .replace('  - {id: guard, unit: property, role: handler, name: 保安甲, phone: "10000000002"}\n', "")
    .replace('  - {unit: property, shifts: [{person: guard, from: "08:00", to: "18:00"}]}\n', "")
    .replace("unit: property of the place", "unit: committee of the place")
)
OWN_COMMITTEE = changed(
    "  - {id: ops,",
    "  - {id: estate-committee, name: {zh: 小区居委, en: Own}, relation: committee, area: estate, calendar: office, "
    "escalates_to: ops}\n  - {id: ops,",
)


@cache
def rulebooks_to(text: str) -> tuple[Rulebook, Rulebook]:
    """The rules before and after: made once for each text, since a property asks for them a hundred times."""
    before, after = published(edition=7), records_of(text)
    gone = retired(before, after, edition=8, at=AT)
    return rulebook_from(before), rulebook_from([*before, *after, *gone])


def change_to(text: str, people: Mapping[str, PersonDefined] = PEOPLE) -> Change:
    before, after = rulebooks_to(text)
    return Change(before=before, after=after, people=people)


def running(unit: str, *, status: Status = Status.ASSIGNED, by: str | None = None, called: str = "") -> OpenCase:
    return OpenCase(
        id=UUID(int=1),
        number="100000017",
        status=status,
        unit=unit,
        accepted_by=by,
        place="EAST2345",
        called=frozenset(called.split()),
    )


@pytest.mark.parametrize(
    ("text", "case", "why", "heir"),
    [
        (changed("zh: 居委", "zh: 居民委"), running("committee"), None, "committee"),
        (NO_PROPERTY, running("property"), Why.UNIT_GONE, "committee"),
        (NO_PROPERTY, running("committee", called="property"), None, "committee"),
        (NO_PROPERTY, running("property", status=Status.CLOSED), None, "committee"),
        (OWN_COMMITTEE, running("committee"), Why.OTHER_UNIT, "estate-committee"),
        (OWN_COMMITTEE, running("ops"), None, "ops"),
        (changed("zh: 居委", "zh: 居民委"), running("committee", status=Status.ACCEPTED, by="lead"), None, "committee"),
        (
            changed("zh: 居委", "zh: 居民委"),
            running("committee", status=Status.ACCEPTED, by="who-left"),
            Why.PERSON_GONE,
            "committee",
        ),
        (
            changed("zh: 居委", "zh: 居民委"),
            running("property", status=Status.ACCEPTED, by="lead"),
            Why.PERSON_GONE,
            "property",
        ),
    ],
)
def test_what_a_new_edition_takes_from_a_case_and_who_gets_it(
    text: str, case: OpenCase, why: Why | None, heir: str
) -> None:
    change = change_to(text)

    assert (change.takes_from(case), change.heir(case, None)) == (why, heir)


def test_a_case_stays_with_a_unit_that_was_never_its_places_whatever_stands_for_the_place() -> None:
    # Somebody of the staff gave it to the town's committee; the estate has one of its own, before and after.
    _, with_two = rulebooks_to(OWN_COMMITTEE)
    unchanged = Change(before=with_two, after=with_two, people=PEOPLE)

    assert unchanged.takes_from(running("committee")) is None
    assert unchanged.takes_from(running("estate-committee")) is None


@pytest.mark.parametrize(
    ("text", "unit", "heir"), [(NO_PROPERTY, "property", "committee"), (OWN_COMMITTEE, "property", None)]
)
def test_what_a_unit_had_that_is_no_more_is_its_heirs(text: str, unit: str, heir: str | None) -> None:
    case = given(replace(open_case(), matter=matter().model_copy(update={"place": "EAST2345"})))

    assert heir_of(unit, case, change_to(text).after) == heir


def test_who_is_no_more_is_asked_to_verify_nothing() -> None:
    asked = replace(open_case(), assignment=replace(assignment(), verification=Verification(unit="property")))
    by_old, by_new = (
        Moment(case=given(asked), by=LEAD, words=None, rulebook=rulebook, now=AT).verifier()
        for rulebook in (change_to(NO_PROPERTY).before, change_to(NO_PROPERTY).after)
    )

    assert (by_old, by_new) == ("property", "ops")


def moved(
    *commands: Command, to_unit: str = "ops", gone: str = "committee", keeps: bool = False
) -> tuple[Case, tuple[RoutingEvent, ...]]:
    before = given(open_case(), *commands)
    command = MoveCase(
        to_unit=to_unit,
        gone=frozenset({gone}),
        keeps_unit=keeps,
        accept_by=after(70),
        resumed_by=after(2000),
        directory_version=8,
        now=after(60),
    )
    events = tuple(decide(before, command))
    case = folded(before, events)
    assert case is not None
    return case, events


def test_it_goes_to_its_heir_with_a_fresh_accept_clock_and_the_same_deadline() -> None:
    case, events = moved(Accept(by=LEAD, now=after(1)))

    assert [type(event) for event in events] == [CaseTransferred, CaseAssigned]
    assert isinstance(events[0], CaseTransferred)
    assert (events[0].by, events[0].from_unit, events[0].to_unit) == (DISTRICT, "committee", "ops")
    assert (case.status, case.unit, case.rule) == (Status.ASSIGNED, "ops", "fire-lane")
    assert (case.accept.deadline, case.resolve.deadline) == (after(70), RESOLVE_BY)


def test_who_left_leaves_it_to_the_unit_to_accept_again() -> None:
    case, events = moved(Accept(by=LEAD, now=after(1)), to_unit="committee", gone="nobody")

    assert [type(event) for event in events] == [CaseAssigned]
    assert (case.status, case.unit, case.resolve.deadline) == (Status.ASSIGNED, "committee", RESOLVE_BY)


def test_the_task_of_a_called_unit_that_is_gone_is_the_leads() -> None:
    whistle = BlowWhistle(by=LEAD, calls=(Call(unit="police"), Call(unit="property")), task=sealed(), now=after(2))
    case, events = moved(Accept(by=LEAD, now=after(1)), whistle, to_unit="committee", gone="police", keeps=True)

    assert [type(event) for event in events] == [JointTaskTakenOver]
    assert (case.status, case.joint["police"].state) == (Status.ACCEPTED, PartState.TAKEN_OVER)
    assert [part.unit for part in case.open_parts] == ["property"]


def test_a_case_that_stands_still_runs_on_with_what_it_had_left() -> None:
    ask = AskSuspension(by=LEAD, reason=sealed(), until=after(5000), to_unit="grid", now=after(2))
    case, events = moved(Accept(by=LEAD, now=after(1)), ask, GrantSuspension(by=DISPATCHER, now=after(3)))

    assert [type(event) for event in events] == [SuspensionEnded, CaseTransferred, CaseAssigned]
    assert (case.is_suspended, case.unit, case.resolve.deadline) == (False, "ops", after(2000))


def test_what_is_done_stays_where_it_was_done() -> None:
    _, events = moved(Accept(by=LEAD, now=after(1)), Resolve(by=LEAD, note=sealed(), now=after(2)))

    assert events == ()


@for_all(
    st.sampled_from([NO_PROPERTY, OWN_COMMITTEE]),
    st.sampled_from(["committee", "property", "ops"]),
    st.sampled_from(list(Status)[:3]),
    st.sampled_from([None, "lead", "guard", "who-left"]),
)
def test_after_the_move_nothing_more_is_taken_from_the_case(
    text: str, unit: str, status: Status, by: str | None
) -> None:
    change, case = change_to(text), running(unit, status=status, by=by)
    why = change.takes_from(case)
    heir = change.heir(case, None) if why in (Why.UNIT_GONE, Why.OTHER_UNIT) else unit

    assert heir is not None
    after_it = replace(case, unit=heir, status=Status.ASSIGNED if why else status)
    settled = Change(before=change.after, after=change.after, people=PEOPLE)
    assert settled.takes_from(after_it) is None
