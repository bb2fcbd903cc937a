"""What each event makes of a case is said once, beside what decides it."""

import pytest

from services.routing.domain.case import Case
from services.routing.domain.case.evolving import AFTER, EvolvedTwiceError, evolves
from shared.contracts.routing import EVENTS, CaseAccepted, CaseNoted, CaseOpened


def test_every_event_but_the_first_has_a_function_that_says_what_it_makes_of_a_case() -> None:
    assert AFTER.keys() == {*EVENTS} - {CaseOpened}


def test_two_functions_for_one_event_are_refused_when_the_second_is_read() -> None:
    def also_noted(case: Case, _event: CaseAccepted | CaseNoted) -> Case:
        return case

    with pytest.raises(EvolvedTwiceError, match="CaseAccepted"):
        evolves(also_noted)
