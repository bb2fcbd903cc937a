"""核查: done means seen by somebody else, with the evidence that the rule asks for, and after it has proved right."""

from dataclasses import replace
from datetime import datetime

import pytest

from services.routing.domain.access import Sight
from services.routing.domain.case import Case, Status, decide
from services.routing.domain.case.commands import (
    Accept,
    Actor,
    Close,
    Command,
    DeadlineReached,
    FailVerification,
    OpenCase,
    PassVerification,
    Reopen,
    Resolve,
)
from services.routing.domain.clocks import TimerWish, timers_after
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.finishing import (
    DoerCannotVerifyError,
    EvidenceMissingError,
    NotVerifierError,
    ObservedError,
)
from services.routing.handlers.choices import allowed
from shared.contracts.directory import Role
from shared.contracts.envelope import Attachment
from shared.contracts.routing import CaseEscalated, CaseResolved, Clock, DeadlineMissed, Deadlines, Verification
from tests.unit.routing.routing_samples import (
    COLLEAGUE,
    DISPATCHER,
    LEAD,
    PROPERTY,
    RULEBOOK,
    after,
    assignment,
    folded,
    given,
    open_case,
    sealed,
)

PHOTO = Attachment(id="photo", media_type="image/jpeg", size_bytes=10, sha256="0" * 64)
ABOVE = Actor(person="town-1", unit="town", role=Role.LEAD)
LATER, VERIFY_BY, OBSERVED_UNTIL = after(400), after(600), after(300)
RESOLVE = Resolve(by=LEAD, note=sealed(), to_unit="property", verify_by=VERIFY_BY, now=after(10))
OBSERVE = replace(RESOLVE, observed_until=OBSERVED_UNTIL)


def opened(asked: Verification | None = None) -> OpenCase:
    return replace(open_case(), assignment=replace(assignment(), verification=asked))


def resolved(resolve: Resolve = RESOLVE) -> Case:
    return given(opened(Verification()), Accept(by=LEAD, now=after(1)), resolve)


def passed(by: Actor, now: datetime = LATER) -> PassVerification:
    return PassVerification(by=by, now=now)


def missed(case: Case) -> DeadlineReached:
    return DeadlineReached(
        clock=Clock.VERIFY, generation=case.verify.generation, next_unit="town", next_due=None, now=VERIFY_BY
    )


@pytest.mark.parametrize(
    ("asked", "resolve", "fields"),
    [
        (Verification(note=True), replace(RESOLVE, note=None), ["note"]),
        (Verification(photos_min=1), RESOLVE, ["photos"]),
        (Verification(photos_min=2, note=True), replace(RESOLVE, note=None, evidence=(PHOTO,)), ["note", "photos"]),
    ],
)
def test_what_the_rule_asks_for_is_named_field_by_field(
    asked: Verification, resolve: Resolve, fields: list[str]
) -> None:
    case = given(opened(asked), Accept(by=LEAD, now=after(1)))

    with pytest.raises(EvidenceMissingError) as refusal:
        decide(case, resolve)

    assert [fault.field for fault in refusal.value.faults] == fields


def test_the_form_is_offered_although_evidence_is_still_to_come() -> None:
    case = given(opened(Verification(photos_min=1)), Accept(by=LEAD, now=after(1)))
    sight = Sight(actor=LEAD, units=frozenset({"committee"}), areas=frozenset())

    assert "resolve" in allowed(sight, case, rulebook=RULEBOOK, now=after(2))


def test_with_all_that_was_asked_for_it_is_resolved_and_says_who_verifies_by_when() -> None:
    case = given(opened(Verification(photos_min=1, note=True)), Accept(by=LEAD, now=after(1)))

    (event,) = decide(case, replace(RESOLVE, evidence=(PHOTO,)))

    assert isinstance(event, CaseResolved)
    assert (event.to_unit, event.deadlines.verify_by) == ("property", VERIFY_BY)


@pytest.mark.parametrize("by", [PROPERTY, DISPATCHER])
def test_the_named_unit_verifies_or_the_grid(by: Actor) -> None:
    assert given_state(resolved(), passed(by)) is Status.VERIFIED


@pytest.mark.parametrize(
    ("by", "refusal"), [(LEAD, DoerCannotVerifyError), (COLLEAGUE, NotVerifierError), (ABOVE, NotVerifierError)]
)
def test_nobody_else_does_and_the_doers_own_unit_least_of_all(by: Actor, refusal: type[RoutingError]) -> None:
    with pytest.raises(refusal):
        decide(resolved(), passed(by))


def test_without_a_named_unit_a_colleague_verifies_as_ever() -> None:
    assert given_state(resolved(replace(RESOLVE, to_unit=None)), passed(COLLEAGUE)) is Status.VERIFIED


def test_what_is_observed_is_not_passed_before_its_end_and_the_refusal_says_until_when() -> None:
    with pytest.raises(ObservedError) as refusal:
        decide(resolved(OBSERVE), passed(PROPERTY, after(299)))

    assert refusal.value.until == OBSERVED_UNTIL
    assert given_state(resolved(OBSERVE), passed(PROPERTY, OBSERVED_UNTIL)) is Status.VERIFIED


def test_while_it_is_observed_the_desk_suggests_no_judgement_and_afterwards_it_does() -> None:
    sight = Sight(actor=PROPERTY, units=frozenset({"property"}), areas=frozenset())

    meanwhile, afterwards = (
        allowed(sight, resolved(OBSERVE), rulebook=RULEBOOK, now=at) for at in (after(299), OBSERVED_UNTIL)
    )

    assert (meanwhile[0], "verify-fail" in meanwhile) == ("note", True)
    assert afterwards[0] == "verify-pass"


def test_what_is_observed_can_be_failed_at_any_time() -> None:
    fail = FailVerification(by=PROPERTY, reason=sealed(), resolve_by=after(900), now=after(20))

    assert given_state(resolved(OBSERVE), fail) is Status.ACCEPTED


def test_the_verify_clock_wants_its_timer_and_when_it_is_missed_the_level_above_the_verifier_is_told() -> None:
    before = given(opened(Verification()), Accept(by=LEAD, now=after(1)))
    case = folded(before, decide(before, RESOLVE))
    assert case is not None

    late, told = decide(case, missed(case))

    assert timers_after(before, case) == [TimerWish(kind=Clock.VERIFY, generation=1, due_at=VERIFY_BY)]
    assert isinstance(late, DeadlineMissed)
    assert isinstance(told, CaseEscalated)
    assert (late.unit, told.from_unit, told.to_unit) == ("property", "property", "town")


def test_who_was_told_that_it_was_not_verified_may_verify_it() -> None:
    case = resolved()
    late = folded(case, decide(case, missed(case)))

    assert late is not None
    assert given_state(late, passed(ABOVE, after(700))) is Status.VERIFIED


@pytest.mark.parametrize(
    "then",
    [
        passed(PROPERTY),
        FailVerification(by=PROPERTY, reason=sealed(), resolve_by=after(900), now=after(20)),
        Reopen(words=sealed(), deadlines=Deadlines(), now=after(20)),
    ],
)
def test_it_stops_when_the_case_goes_on(then: Command) -> None:
    case = resolved()
    on = folded(case, decide(case, then))

    assert on is not None
    assert on.verify.due_at is None
    assert decide(on, missed(case)) == ()


def test_the_verifying_unit_sees_the_case() -> None:
    sight = Sight(actor=PROPERTY, units=frozenset({"property"}), areas=frozenset())

    assert sight.sees(resolved())
    assert not sight.sees(given(opened(Verification())))


def test_closing_needs_no_other_than_before() -> None:
    case = resolved()
    verified = folded(case, decide(case, passed(PROPERTY)))

    assert verified is not None
    assert given_state(verified, Close(by=LEAD, now=after(500))) is Status.CLOSED


def given_state(case: Case, command: Command) -> Status:
    state = folded(case, decide(case, command))
    assert state is not None
    return state.status
