"""Minutes on duty: counted while the rota has somebody answer, through the night, over holidays and across gaps."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.directory import DutyDefined, Shift
from shared.directory.duty_time import duty_time
from shared.directory.rota import holder
from shared.working_time import Calendar
from tests.unit.working_time.test_calendar_properties import CALLS_A_DAY, calls_in

PEOPLE = ("a", "b", "c")
# A Wednesday, 12:00 in Shanghai, the eve of National Day.
AT = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)
ONE_MINUTE = timedelta(minutes=1)
WEEK = 7 * 1440


def rota(*shifts: Shift) -> DutyDefined:
    return DutyDefined(at=AT, id="property", edition=1, shifts=shifts)


def counted(*shifts: Shift) -> Calendar:
    time = duty_time(rota(*shifts))
    assert time is not None
    return time


SEVEN_TO_NINE = Shift(person="a", from_minute=7 * 60, to_minute=21 * 60)
EVENING, EARLY = Shift(person="b", from_minute=22 * 60), Shift(person="b", to_minute=6 * 60)
MORNING = Shift(person="a", from_minute=8 * 60, to_minute=12 * 60)
AFTERNOON = Shift(person="b", from_minute=14 * 60, to_minute=18 * 60)


@pytest.mark.parametrize(
    ("shifts", "minutes", "due"),
    [
        pytest.param([SEVEN_TO_NINE], 30, (2026, 9, 30, 12, 30), id="while somebody is there"),
        pytest.param([SEVEN_TO_NINE], 600, (2026, 10, 1, 8, 0), id="overnight nobody is, on a holiday somebody is"),
        pytest.param([SEVEN_TO_NINE], 540, (2026, 9, 30, 21, 0), id="it may end with the last shift"),
        pytest.param([EVENING, EARLY], 180, (2026, 10, 1, 1, 0), id="a night is one, midnight ends nothing"),
        pytest.param([EVENING, EARLY], 481, (2026, 10, 1, 22, 1), id="the night after counts on"),
        pytest.param([MORNING, AFTERNOON], 30, (2026, 9, 30, 14, 30), id="a gap at noon is left out"),
        pytest.param([MORNING, SEVEN_TO_NINE], 540, (2026, 9, 30, 21, 0), id="two at once count once"),
        pytest.param([Shift(person="a", weekdays=(3,), to_minute=1)], 1, (2026, 10, 7, 0, 1), id="once a week"),
        pytest.param([Shift(person="a")], 1440, (2026, 10, 1, 12, 0), id="somebody always"),
    ],
)
def test_minutes_run_while_the_rota_has_somebody(
    shifts: list[Shift], minutes: int, due: tuple[int, int, int, int, int]
) -> None:
    year, month, day, hour, minute = due

    found = counted(*shifts).add_minutes(AT, minutes)

    assert found + timedelta(hours=8) == datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    "shifts", [(), (Shift(person="a", weekdays=()),), (Shift(person="a", from_minute=60, to_minute=60),)]
)
def test_a_rota_that_covers_nothing_has_no_time(shifts: tuple[Shift, ...]) -> None:
    assert duty_time(rota(*shifts)) is None


some_shifts = st.builds(
    Shift,
    person=st.sampled_from(PEOPLE),
    weekdays=st.sets(st.integers(1, 7), min_size=1).map(tuple),
    from_minute=st.integers(0, 1438),
    to_minute=st.integers(1, 1440),
)
# One that covers something is among them.
rotas = st.lists(some_shifts, max_size=4).map(lambda shifts: rota(EARLY, *shifts) if len(shifts) % 2 else rota(*shifts))
rotas_with_time = rotas.filter(lambda duty: duty_time(duty) is not None)
moments = st.integers(0, 2 * WEEK).map(lambda minute: AT + minute * ONE_MINUTE)
minutes_on = st.integers(0, 20_000)


def time_of(duty: DutyDefined) -> Calendar:
    return counted(*duty.shifts)


@given(rotas_with_time, moments)
def test_it_is_duty_time_exactly_when_the_rota_names_somebody(duty: DutyDefined, at: datetime) -> None:
    assert time_of(duty).is_working(at) == (holder(duty, PEOPLE, at) is not None)


@given(rotas_with_time, moments, st.integers(0, 300))
def test_as_many_minutes_as_the_term_has_somebody_answered_until_it_is_due(
    duty: DutyDefined, start: datetime, minutes: int
) -> None:
    due = time_of(duty).add_minutes(start, minutes)

    passed = min(int((due - start) / ONE_MINUTE), 2 * WEEK)
    answered = sum(holder(duty, PEOPLE, due - (ago + 1) * ONE_MINUTE) is not None for ago in range(passed))
    assert answered == minutes or passed == 2 * WEEK


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
