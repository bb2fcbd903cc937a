"""Who answers for a unit, from when until when: in Shanghai's time, by people who are there."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.directory import Cover, CoverDefined, DutyDefined, PersonDefined, Role, Shift
from shared.contracts.envelope import Sealed
from shared.directory import Directory
from shared.directory.rota import DAYS_AHEAD, Turn, holder, turns

# A Tuesday, 21:05 in Shanghai.
AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
EIGHT_TO_SIX = {"from_minute": 8 * 60, "to_minute": 18 * 60}
DAY, NIGHT = {"from_minute": 7 * 60, "to_minute": 19 * 60}, {"from_minute": 19 * 60}


def rota(*shifts: Shift, retired: bool = False) -> DutyDefined:
    return DutyDefined(at=AT, id="city-management", edition=1, shifts=shifts, retired=retired)


def covered_from(duty: DutyDefined | None, people: set[str]) -> datetime | None:
    return next((turn.start for turn in turns(duty, people, AT)), None)


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
    assert covered_from(rota(shift), {"lead"}) == covered


def test_the_earliest_of_several_shifts_counts() -> None:
    duty = rota(Shift(person="lead", **EIGHT_TO_SIX), Shift(person="deputy", from_minute=6 * 60, to_minute=8 * 60))

    assert covered_from(duty, {"lead", "deputy"}) == datetime(2026, 4, 28, 22, 0, tzinfo=UTC)


def test_who_has_left_covers_nothing() -> None:
    assert turns(rota(Shift(person="lead")), {"deputy"}, AT) == []


@pytest.mark.parametrize("duty", [None, rota(), rota(Shift(person="lead"), retired=True)])
def test_a_rota_without_shifts_covers_nothing(duty: DutyDefined | None) -> None:
    assert turns(duty, {"lead"}, AT) == []


def test_turns_follow_each_other_and_midnight_ends_none() -> None:
    duty = rota(Shift(person="a", **DAY), Shift(person="b", **NIGHT), Shift(person="b", to_minute=7 * 60))

    first, second, *_ = turns(duty, {"a", "b"}, AT)

    assert first == Turn("b", AT, datetime(2026, 4, 28, 23, 0, tzinfo=UTC))
    assert second == Turn("a", datetime(2026, 4, 28, 23, 0, tzinfo=UTC), datetime(2026, 4, 29, 11, 0, tzinfo=UTC))


def test_who_answers_round_the_clock_has_no_end() -> None:
    assert turns(rota(Shift(person="lead")), {"lead"}, AT) == [Turn("lead", AT, None)]


shifts = st.builds(
    Shift,
    person=st.sampled_from("abc"),
    weekdays=st.sets(st.integers(1, 7), min_size=1).map(tuple),
    from_minute=st.integers(0, 1439),
    to_minute=st.integers(1, 1440),
)


@given(st.lists(shifts, max_size=4), st.sets(st.sampled_from("abc")), st.integers(0, (DAYS_AHEAD - 1) * 1440 - 1266))
def test_the_turns_say_of_each_minute_who_answers(given_shifts: list[Shift], people: set[str], minute: int) -> None:
    duty, then = rota(*given_shifts), AT + timedelta(minutes=minute)

    said = [t.person for t in turns(duty, people, AT) if t.start <= then and (t.until is None or then < t.until)]

    assert said == [person for person in [holder(duty, people, then)] if person]


def cover(person: str, *, hours: int, after: int = 0) -> Cover:
    start = AT + timedelta(hours=after)
    return Cover(person=person, start=start, until=start + timedelta(hours=hours))


def test_who_covers_answers_before_the_rota_and_the_last_cover_before_others() -> None:
    duty = rota(Shift(person="lead"))

    held = turns(duty, {"lead", "a", "b"}, AT, [cover("a", hours=4), cover("b", hours=1, after=1)])

    assert [(turn.person, turn.start - AT) for turn in held] == [
        ("a", timedelta(0)),
        ("b", timedelta(hours=1)),
        ("a", timedelta(hours=2)),
        ("lead", timedelta(hours=4)),
    ]


def directory(**people: str) -> Directory:
    sealed = Sealed(person="p", key_version=1, box="")
    records = {
        person: PersonDefined(
            at=AT, id=person, edition=1, unit=unit, role=Role.HANDLER, name=sealed, phone=sealed, retired=unit == "gone"
        )
        for person, unit in people.items()
    }
    covers = CoverDefined(at=AT, id="city-management", edition=1, covers=(cover("deputy", hours=4),))
    duties = {"city-management": rota(Shift(person="lead"))}
    return Directory(people=records, duties=duties, covers={"city-management": covers})


@pytest.mark.parametrize(("unit", "answers"), [("city-management", "deputy"), ("police", "lead"), ("gone", "lead")])
def test_who_has_left_the_unit_covers_nothing_and_the_rota_counts_again(unit: str, answers: str) -> None:
    person = directory(lead="city-management", deputy=unit).on_duty("city-management", AT)

    assert person is not None
    assert person.id == answers


def test_a_unit_whose_rota_is_retired_has_nobody_covered_or_not() -> None:
    assert turns(rota(retired=True), {"a"}, AT, [cover("a", hours=4)]) == []
