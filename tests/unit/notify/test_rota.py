"""When somebody will answer for a unit: the first covered minute, in Shanghai's time, by a person who is there."""

from datetime import UTC, datetime

import pytest

from services.notify.domain.rota import next_covered
from shared.contracts.directory import DutyDefined, Shift

# A Tuesday, 21:05 in Shanghai.
AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
EIGHT_TO_SIX = {"from_minute": 8 * 60, "to_minute": 18 * 60}


def rota(*shifts: Shift, retired: bool = False) -> DutyDefined:
    return DutyDefined(at=AT, id="city-management", edition=1, shifts=shifts, retired=retired)


@pytest.mark.parametrize(
    ("shift", "covered"),
    [
        (Shift(person="lead", **EIGHT_TO_SIX), datetime(2026, 4, 29, 0, 0, tzinfo=UTC)),
        (Shift(person="lead", weekdays=(1,), **EIGHT_TO_SIX), datetime(2026, 5, 4, 0, 0, tzinfo=UTC)),
        (Shift(person="lead", weekdays=(2,), **EIGHT_TO_SIX), datetime(2026, 5, 5, 0, 0, tzinfo=UTC)),
        (Shift(person="lead", from_minute=22 * 60), datetime(2026, 4, 28, 14, 0, tzinfo=UTC)),
        (Shift(person="lead"), AT),
    ],
)
def test_the_first_covered_minute_is_found(shift: Shift, covered: datetime) -> None:
    assert next_covered(rota(shift), {"lead"}, AT) == covered


def test_the_earliest_of_several_shifts_counts() -> None:
    duty = rota(Shift(person="lead", **EIGHT_TO_SIX), Shift(person="deputy", from_minute=6 * 60, to_minute=8 * 60))

    assert next_covered(duty, {"lead", "deputy"}, AT) == datetime(2026, 4, 28, 22, 0, tzinfo=UTC)


def test_who_has_left_covers_nothing() -> None:
    assert next_covered(rota(Shift(person="lead")), {"deputy"}, AT) is None


@pytest.mark.parametrize("duty", [None, rota(), rota(Shift(person="lead"), retired=True)])
def test_a_rota_without_shifts_covers_nothing(duty: DutyDefined | None) -> None:
    assert next_covered(duty, {"lead"}, AT) is None
