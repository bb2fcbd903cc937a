"""What each command decides, and what each event makes of a case, is said once, in a file of its subject."""

from dataclasses import replace

import pytest

from services.routing.domain.case import Case
from services.routing.domain.case.by_type import SaidTwiceError
from services.routing.domain.case.commands import ImportCase, OpenCase
from services.routing.domain.case.deciding import DECIDERS
from services.routing.domain.case.evolving import AFTER, evolves
from shared.contracts.routing import EVENTS, CaseAccepted, CaseNoted, CaseOpened
from tests.unit.routing.routing_samples import commands


def test_every_event_but_the_first_has_a_function_that_says_what_it_makes_of_a_case() -> None:
    assert AFTER.keys() == {*EVENTS} - {CaseOpened}


def test_every_command_but_those_that_begin_a_case_has_a_function_that_decides_it() -> None:
    assert DECIDERS.keys() == commands() - {OpenCase, ImportCase}


def test_two_functions_for_one_event_are_refused_when_the_second_is_read() -> None:
    def also_accepted(case: Case, _event: CaseAccepted | CaseNoted) -> Case:
        return replace(case)

    with pytest.raises(SaidTwiceError, match="CaseAccepted"):
        evolves(also_accepted)
