"""What holds of duty time for every rota, moment and term; whom the rota names is asked minute by minute."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.directory import DutyDefined, Shift
from shared.directory.duty_time import duty_time
from shared.directory.rota import holder
from shared.working_time import Calendar
from tests.unit.directory.test_duty_time import AT, EARLY, counted, rota
from tests.unit.working_time.test_calendar_properties import CALLS_A_DAY, calls_in

PEOPLE = ("a", "b", "c")
ONE_MINUTE = timedelta(minutes=1)
WEEK = 7 * 1440

some_shifts = st.builds(
    Shift,
    person=st.sampled_from(PEOPLE),
    weekdays=st.sets(st.integers(1, 7), min_size=1).map(tuple),
    from_minute=st.integers(0, 1438),
    to_minute=st.integers(1, 1440),
)
rotas = st.lists(some_shifts, min_size=1, max_size=4).map(lambda shifts: rota(*shifts))
rotas_with_time = rotas.filter(lambda duty: duty_time(duty) is not None)
# Somebody is there for some hours of each day, so that counting by hand comes to an end.
rotas_of_each_day = st.lists(some_shifts, max_size=3).map(lambda shifts: rota(EARLY, *shifts))
moments = st.integers(0, 2 * WEEK).map(lambda minute: AT + minute * ONE_MINUTE)
minutes_on = st.integers(0, 20_000)


def time_of(duty: DutyDefined) -> Calendar:
    return counted(*duty.shifts)


@given(rotas_with_time, moments)
def test_it_is_duty_time_exactly_when_the_rota_names_somebody(duty: DutyDefined, at: datetime) -> None:
    assert time_of(duty).is_working(at) == (holder(duty, PEOPLE, at) is not None)


@given(rotas_of_each_day, moments, st.integers(0, 300))
def test_as_many_minutes_as_the_term_has_somebody_answered_until_it_is_due(
    duty: DutyDefined, start: datetime, minutes: int
) -> None:
    due = time_of(duty).add_minutes(start, minutes)

    passed = int((due - start) / ONE_MINUTE)
    answered = sum(holder(duty, PEOPLE, start + minute * ONE_MINUTE) is not None for minute in range(passed))
    assert answered == minutes


@given(rotas_with_time, moments, minutes_on, minutes_on)
def test_duty_minutes_that_are_split_add_up(duty: DutyDefined, start: datetime, first: int, second: int) -> None:
    time = time_of(duty)

    assert time.add_minutes(time.add_minutes(start, first), second) == time.add_minutes(start, first + second)


@given(rotas_with_time, moments, minutes_on, st.timedeltas(timedelta(), timedelta(days=10)), st.integers(0, 60))
def test_later_or_longer_is_never_due_earlier_on_duty(
    duty: DutyDefined, start: datetime, minutes: int, later: timedelta, more: int
) -> None:
    time = time_of(duty)

    assert time.add_minutes(start, minutes) <= time.add_minutes(start + later, minutes)
    assert time.add_minutes(start, minutes) <= time.add_minutes(start, minutes + more)


@given(rotas_with_time, moments, minutes_on)
def test_a_duty_term_ends_while_somebody_is_there_or_with_a_shift(
    duty: DutyDefined, start: datetime, minutes: int
) -> None:
    due = time_of(duty).add_minutes(start, minutes)

    assert holder(duty, PEOPLE, due) is not None or holder(duty, PEOPLE, due - timedelta(microseconds=1)) is not None


@given(rotas_with_time, moments, minutes_on)
def test_a_rota_far_ahead_takes_no_more_steps_than_so_many_for_each_day(
    duty: DutyDefined, start: datetime, minutes: int
) -> None:
    time = time_of(duty)

    calls, due = calls_in(lambda: time.add_minutes(start, minutes))

    assert calls <= CALLS_A_DAY * ((due - start).days + 2)
