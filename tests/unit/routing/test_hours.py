"""A unit's hours as people read them, and the days ahead that differ."""

from datetime import UTC, date, datetime

from services.routing.domain.hours import DaysApart, Weekdays, hours_ahead
from shared.contracts.directory import CalendarDefined

OFFICE = ((510, 1050),)
TODAY = date(2026, 9, 18)


def calendar(**more: object) -> CalendarDefined:
    return CalendarDefined.model_validate(
        {
            "at": datetime(2026, 1, 1, tzinfo=UTC),
            "id": "office",
            "edition": 1,
            "hours": dict.fromkeys(range(1, 6), OFFICE),
            "years": (2026,),
            **more,
        }
    )


def test_weekdays_with_the_same_hours_stand_together() -> None:
    assert hours_ahead(calendar(), TODAY).weekdays == [Weekdays(1, 5, OFFICE), Weekdays(6, 7, ())]


def test_dates_off_in_a_row_are_one_rest() -> None:
    off = ("2026-09-17", "2026-09-25", "2026-09-26", "2026-09-27", "2026-10-01")

    ahead = hours_ahead(calendar(days_off=off), TODAY)

    assert ahead.apart == [
        DaysApart(date(2026, 9, 25), date(2026, 9, 27)),
        DaysApart(date(2026, 10, 1), date(2026, 10, 1)),
    ]


def test_a_make_up_day_takes_the_hours_of_its_weekday() -> None:
    ahead = hours_ahead(calendar(make_up_workdays={"2026-09-20": 5}), TODAY)

    assert ahead.apart == [DaysApart(date(2026, 9, 20), date(2026, 9, 20), OFFICE)]


def test_a_year_without_a_list_is_said_before_it_begins() -> None:
    soon = [hours_ahead(calendar(), day).unknown_year for day in (TODAY, date(2026, 11, 27))]

    assert soon == [None, 2027]
