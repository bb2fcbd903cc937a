"""Minutes on duty: counted while the rota has somebody answer, through the night, over holidays and across gaps."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.directory import DutyDefined, Shift
from shared.directory.duty_time import duty_time
from shared.working_time import Calendar

# A Wednesday, 12:00 in Shanghai, the eve of National Day.
AT = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)


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
