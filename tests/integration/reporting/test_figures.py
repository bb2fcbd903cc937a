"""From what intake, routing and notify tell to what the interface answers."""

from dataclasses import asdict
from datetime import date, timedelta

import pytest

from services.reporting.domain.apart import apart
from services.reporting.domain.grouping import AreaTree
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally, total
from services.reporting.queries import SQL
from shared.contracts.intake import Rating
from tests.integration.reporting.conftest import NOW, Town
from tests.integration.reporting.ledger import tally_of
from tests.integration.reporting.random_stories import random_stories
from tests.integration.reporting.stories import DAY, HOUR, OPENED_AT, Story

APRIL = Period(date(2026, 4, 1), date(2026, 5, 1))
# What the ledger counts.
LEDGER = (
    "received",
    "handled",
    "overdue_unhandled",
    "closed",
    "closed_in_time",
    "closed_without_sla",
    "overdue_open",
    "open",
    "reworked",
    "reopened",
    "rated",
    "satisfied",
    "asked",
    "answered_when_asked",
    "escalations",
)
MAY_DAY = APRIL.ends + 9 * HOUR


EXACT = {"within_percent": 0.0}
NOTHING = {"count": 0, "median_minutes": None, "p90_minutes": None, "total_minutes": 0.0, **EXACT}


def rate(numerator: int, denominator: int, per_cent: float | None) -> dict[str, object]:
    interval = Rate(numerator, denominator).interval
    low, high = (interval.low, interval.high) if interval else (None, None)
    return {"numerator": numerator, "denominator": denominator, "per_cent": per_cent, "low": low, "high": high}


def took(minutes: float) -> dict[str, object]:
    return {"count": 1, "median_minutes": minutes, "p90_minutes": minutes, "total_minutes": minutes, **EXACT}


async def test_a_ticket_that_was_handled_counts_in_every_figure(town: Town) -> None:
    story = Story().handled().rated(OPENED_AT + DAY, Rating.SATISFIED)

    await town.tell(story)

    told = await town.figures()
    assert told["total"] == {
        "received": 1,
        "merged": 0,
        "split_off": 0,
        "handling_rate": rate(1, 1, 100.0),
        "closing_rate": rate(1, 1, 100.0),
        "on_time_closing_rate": rate(1, 1, 100.0),
        "closed_without_sla": 0,
        "first_response": {"count": 1, "median_minutes": 60.0, "p90_minutes": 60, **EXACT},
        "stage_accept": took(60.0),
        "stage_resolve": took(60.0),
        "stage_verify": took(60.0),
        "stage_close": took(60.0),
        "satisfaction": rate(1, 1, 100.0),
        "feedback_coverage": rate(1, 1, 100.0),
        "rework_rate": rate(0, 1, 0.0),
        "reopen_rate": rate(0, 1, 0.0),
        "returned": NOTHING,
        "whistle_report_in": rate(0, 0, None),
        "suspended_share": rate(0, 0, None),
        "extension_share": rate(0, 1, 0.0),
        "follow_ups_kept": rate(0, 0, None),
        "repeat_reports": rate(0, 1, 0.0),
        "delivery_rate": rate(0, 0, None),
        "backlog": {"open": 0, "overdue": 0, "escalations": 0},
    }


async def test_no_case_is_no_rate(town: Town) -> None:
    told = await town.figures()

    assert told["total"]["received"] == 0
    assert told["total"]["handling_rate"] == rate(0, 0, None)
    assert told["total"]["first_response"] == {"count": 0, "median_minutes": None, "p90_minutes": None, **EXACT}


async def test_a_case_without_sla_is_closed_and_never_on_time(town: Town) -> None:
    await town.tell(Story(resolve_by=None).handled(), Story().handled())

    total = (await town.figures())["total"]

    assert total["closing_rate"] == rate(2, 2, 100.0)
    assert total["on_time_closing_rate"] == rate(1, 2, 50.0)
    assert total["closed_without_sla"] == 1


async def test_what_is_overdue_counts_against_the_rates_and_what_is_in_time_does_not(town: Town) -> None:
    overdue = Story(resolve_by=OPENED_AT + DAY)
    in_time = Story(resolve_by=MAY_DAY)

    await town.tell(Story().handled(), overdue, in_time)

    total = (await town.figures())["total"]
    assert total["handling_rate"] == rate(1, 2, 50.0)
    assert total["closing_rate"] == rate(1, 2, 50.0)
    assert total["backlog"] == {"open": 2, "overdue": 1, "escalations": 0}


async def test_a_reopened_case_is_not_closed_until_it_is_closed_again(town: Town) -> None:
    story = Story().handled().reopened(OPENED_AT + DAY, resolve_by=OPENED_AT + 2 * DAY)

    await town.tell(story)

    total = (await town.figures())["total"]
    assert total["closing_rate"] == rate(0, 1, 0.0)
    assert total["handling_rate"] == rate(1, 1, 100.0)
    assert total["reopen_rate"] == rate(1, 1, 100.0)


async def test_april_stays_as_it_was_when_its_case_is_reopened_in_may(town: Town) -> None:
    story = Story().handled().reopened(MAY_DAY, resolve_by=MAY_DAY + HOUR)

    await town.tell(story)

    april = (await town.figures())["total"]
    may = (await town.figures(**{"from": "2026-05-01", "to": "2026-06-01"}))["total"]
    assert april["closing_rate"] == rate(1, 1, 100.0)
    assert april["reopen_rate"] == rate(0, 1, 0.0)
    assert may["closing_rate"] == rate(0, 1, 0.0)


async def test_a_deadline_later_this_month_is_not_missed_yet(town: Town) -> None:
    await town.tell(Story(opened_at=MAY_DAY, resolve_by=NOW + HOUR))

    told = await town.figures(**{"from": "2026-05-01", "to": "2026-06-01"})

    assert told["as_of"] == "2026-05-20T00:00:00Z"
    assert told["total"]["backlog"] == {"open": 1, "overdue": 0, "escalations": 0}


async def test_history_without_an_outcome_is_open_and_outside_the_clocks(town: Town) -> None:
    await town.tell(Story(history=True))

    total = (await town.figures())["total"]

    assert total["received"] == 1
    assert total["handling_rate"] == rate(0, 0, None)
    assert total["backlog"] == {"open": 1, "overdue": 0, "escalations": 0}


async def test_so_so_is_rated_and_not_satisfied(town: Town) -> None:
    ratings = [Rating.SATISFIED, Rating.SATISFIED, Rating.SO_SO]

    await town.tell(*(Story().handled().rated(OPENED_AT + DAY, each) for each in ratings), Story().handled())

    total = (await town.figures())["total"]
    assert total["satisfaction"] == rate(2, 3, 66.67)
    assert total["feedback_coverage"] == rate(3, 4, 75.0)


async def test_only_who_was_asked_counts_for_the_coverage(town: Town) -> None:
    asked = Story().handled()
    anonymous = Story(phone=False).handled().rated(OPENED_AT + DAY, Rating.SATISFIED)
    imported = Story(history=True).handled().rated(OPENED_AT + DAY, Rating.SATISFIED)

    await town.tell(asked, anonymous, imported)

    total = (await town.figures())["total"]
    assert total["satisfaction"] == rate(2, 2, 100.0)
    assert total["feedback_coverage"] == rate(0, 1, 0.0)


async def test_failed_verification_is_rework_and_makes_no_late_case_punctual(town: Town) -> None:
    story = Story().accepted(OPENED_AT + HOUR).resolved(OPENED_AT + 2 * HOUR)
    story.failed(OPENED_AT + 3 * HOUR, resolve_by=OPENED_AT + 3 * DAY)
    story.resolved(OPENED_AT + 2 * DAY).verified(OPENED_AT + 2 * DAY).closed(OPENED_AT + 2 * DAY)

    await town.tell(story)

    total = (await town.figures())["total"]
    assert total["rework_rate"] == rate(1, 1, 100.0)
    assert total["on_time_closing_rate"] == rate(0, 1, 0.0)


async def test_case_that_another_calendar_moved_is_overdue_by_that_at_the_unit_that_was_told_last(town: Town) -> None:
    story = Story().accepted(OPENED_AT + HOUR).returned(OPENED_AT + 2 * HOUR)
    for n in (3, 4):
        story.recounted(OPENED_AT + n * HOUR, resolve_by=OPENED_AT + n * DAY, unit=None)

    await town.tell(story)
    overdue = "SELECT unit, since FROM reporting_figures.facts WHERE fact = 'overdue'"

    assert [tuple(row) for row in await town.reporting.runtime.pool.fetch(overdue)] == [("grid", OPENED_AT + 4 * DAY)]


async def test_case_that_is_passed_on_during_rework_is_overdue_by_its_first_promise(town: Town) -> None:
    story = Story().accepted(OPENED_AT + HOUR).resolved(OPENED_AT + 2 * HOUR)
    story.failed(OPENED_AT + 3 * HOUR, resolve_by=OPENED_AT + 300 * DAY).transferred(OPENED_AT + 4 * HOUR)

    await town.tell(story)

    assert (await town.figures())["total"]["backlog"]["overdue"] == 1


async def test_case_with_more_time_is_judged_by_what_was_granted(town: Town) -> None:
    kept = Story().accepted(OPENED_AT + HOUR).extended(OPENED_AT + 2 * HOUR, resolve_by=OPENED_AT + 3 * DAY)
    kept.resolved(OPENED_AT + 2 * DAY).verified(OPENED_AT + 2 * DAY).closed(OPENED_AT + 2 * DAY)
    waits = Story().accepted(OPENED_AT + HOUR).extended(OPENED_AT + 2 * HOUR, resolve_by=OPENED_AT + 300 * DAY)
    late = Story().accepted(OPENED_AT + HOUR).extended(OPENED_AT + 2 * HOUR, resolve_by=OPENED_AT + 3 * DAY)

    await town.tell(kept, waits, late)

    total = (await town.figures())["total"]
    assert total["on_time_closing_rate"] == rate(1, 2, 50.0)
    assert (total["backlog"]["open"], total["backlog"]["overdue"]) == (2, 1)


async def test_more_time_for_rework_makes_no_punctual_case_late(town: Town) -> None:
    story = Story().accepted(OPENED_AT + HOUR).extended(OPENED_AT + 2 * HOUR, resolve_by=OPENED_AT + 30 * DAY)
    story.resolved(OPENED_AT + DAY).failed(OPENED_AT + DAY + HOUR, resolve_by=OPENED_AT + 3 * DAY)
    story.accepted(OPENED_AT + 2 * DAY).extended(OPENED_AT + 2 * DAY + HOUR, resolve_by=OPENED_AT + 4 * DAY)

    await town.tell(story)

    assert (await town.figures())["total"]["backlog"]["overdue"] == 0


async def test_case_that_stands_still_is_open_and_not_overdue_and_then_judged_by_what_it_had_left(town: Town) -> None:
    stands = Story().accepted(OPENED_AT + HOUR).suspended(OPENED_AT + 2 * HOUR)
    ran_on = Story().accepted(OPENED_AT + HOUR).suspended(OPENED_AT + 2 * HOUR)
    ran_on.resumed(OPENED_AT + 5 * DAY, resolve_by=OPENED_AT + 6 * DAY)
    kept = Story().accepted(OPENED_AT + HOUR).suspended(OPENED_AT + 2 * HOUR)
    kept.resumed(OPENED_AT + 5 * DAY, resolve_by=OPENED_AT + 6 * DAY)
    kept.resolved(OPENED_AT + 5 * DAY).verified(OPENED_AT + 5 * DAY).closed(OPENED_AT + 5 * DAY)

    reworked = Story().accepted(OPENED_AT + HOUR).suspended(OPENED_AT + 2 * HOUR)
    reworked.resumed(OPENED_AT + 3 * HOUR, resolve_by=OPENED_AT + 300 * DAY, judged_by=OPENED_AT + 6 * DAY)

    await town.tell(stands, ran_on, kept, reworked)

    total = (await town.figures())["total"]
    assert (total["backlog"]["open"], total["backlog"]["overdue"]) == (3, 2)
    assert total["on_time_closing_rate"] == rate(1, 3, 33.33)


async def test_case_that_follows_another_is_no_more_punctual_than_that(town: Town) -> None:
    waits = Story().merged(OPENED_AT + HOUR, resolve_by=OPENED_AT + 300 * DAY)
    sooner = Story(resolve_by=OPENED_AT + 300 * DAY).merged(OPENED_AT + HOUR, resolve_by=OPENED_AT + DAY)
    in_time = Story(resolve_by=OPENED_AT + 300 * DAY).merged(OPENED_AT + HOUR, resolve_by=OPENED_AT + 200 * DAY)
    late = Story(resolve_by=OPENED_AT + 300 * DAY).merged(OPENED_AT + HOUR, resolve_by=OPENED_AT + DAY)
    late.resolved(OPENED_AT + 2 * DAY).verified(OPENED_AT + 2 * DAY).closed(OPENED_AT + 2 * DAY)

    await town.tell(waits, sooner, in_time, late)

    total = (await town.figures())["total"]
    assert (total["received"], total["backlog"]["open"], total["backlog"]["overdue"]) == (4, 3, 2)
    assert total["on_time_closing_rate"] == rate(0, 3, 0.0)
    assert total["first_response"]["count"] == 0


async def test_what_was_withdrawn_was_received_and_is_neither_open_nor_late_nor_closed(town: Town) -> None:
    late = Story(resolve_by=OPENED_AT + HOUR).withdrawn(OPENED_AT + 2 * DAY)
    done = Story().resolved(OPENED_AT + HOUR).withdrawn(OPENED_AT + 2 * HOUR)

    await town.tell(late, done)

    total = (await town.figures())["total"]
    assert (total["received"], total["backlog"]["open"], total["backlog"]["overdue"]) == (2, 0, 0)
    assert total["on_time_closing_rate"] == rate(0, 0, None)


@pytest.mark.parametrize("level", ["estate", "community", "grid", "town", "district"])
async def test_areas_are_told_apart_at_every_level(town: Town, level: str) -> None:
    await town.tell(Story().handled())

    told = await town.figures(by="area", level=level)

    (group,) = told["groups"]
    assert group["key"] == ("chunhe" if level == "estate" else level)
    assert group["figures"] == told["total"]
    assert group["ranked"] is False


async def test_categories_are_told_apart_and_ten_cases_are_ranked(town: Town) -> None:
    await town.tell(*(Story().handled() for _ in range(10)), Story(category=None).handled())

    told = await town.figures(by="category")

    groups = [(each["key"], each["name"], each["figures"]["received"], each["ranked"]) for each in told["groups"]]
    assert groups == [("order", {"zh": "公共秩序", "en": "公共秩序"}, 10, True), (None, None, 1, False)]


async def test_a_corrected_category_is_the_one_that_counts(town: Town) -> None:
    guessed = Story(category=None).categorised(OPENED_AT, "leaks")
    await town.tell(guessed.categorised(OPENED_AT + DAY, "order"), Story(category=None))

    told = await town.figures(by="category")

    assert {each["key"]: each["figures"]["received"] for each in told["groups"]} == {"order": 1, None: 1}


async def test_a_period_that_is_over_keeps_the_categories_of_its_end(town: Town) -> None:
    story = Story().accepted(OPENED_AT + HOUR).sent(OPENED_AT, delivered_at=OPENED_AT)
    await town.tell(story, Story(opened_at=OPENED_AT + HOUR))
    april = (await town.figures(by="category"))["groups"]

    story.categorised(APRIL.ends + DAY, "greening")
    await town.routing.publish(f"case-{story.ticket}", story.routing[-1])
    await town.heard()

    assert (await town.figures(by="category"))["groups"] == april
    [order] = april
    assert (order["key"], order["figures"]["received"], order["figures"]["backlog"]["overdue"]) == ("order", 2, 2)
    assert order["figures"]["stage_accept"]["count"] == order["figures"]["first_response"]["count"] == 1
    assert order["figures"]["delivery_rate"]["denominator"] == 1


async def test_what_was_said_in_a_period_counts_for_all_of_it(town: Town) -> None:
    """The first of two reports of a place is found to be something else, in the month after."""
    story = Story().accepted(OPENED_AT + HOUR).sent(OPENED_AT, delivered_at=OPENED_AT)
    await town.tell(story.categorised(APRIL.ends + DAY, "greening"), Story(opened_at=OPENED_AT + HOUR))
    both_months = {"from": "2026-04-01", "to": "2026-06-01"}

    groups = (await town.figures(**both_months, by="category"))["groups"]
    listed = (await town.ask_behind("open", **both_months, category="greening")).json()["tickets"]

    told = {each["key"]: each["figures"] for each in groups}
    greening = told.pop("greening")
    assert {key: each["received"] for key, each in told.items()} == {"order": 1}
    assert greening["received"] == greening["stage_accept"]["count"] == greening["first_response"]["count"] == 1
    assert greening["backlog"]["open"] == greening["delivery_rate"]["denominator"] == 1
    assert (greening["repeat_reports"]["numerator"], told["order"]["repeat_reports"]["numerator"]) == (0, 1)
    # It is open since it was reported, as whatever it counts.
    assert [each["at"] for each in listed] == ["2026-04-14T01:00:00Z"]


async def test_each_day_is_a_period_of_its_own(town: Town) -> None:
    await town.tell(Story().handled(), Story(opened_at=OPENED_AT + DAY).handled())

    told = await town.figures(**{"by": "day", "from": "2026-04-13", "to": "2026-04-17"})

    received = {each["key"]: each["figures"]["received"] for each in told["groups"]}
    assert received == {"2026-04-14": 1, "2026-04-15": 1}


async def test_an_area_shows_only_what_lies_in_it(town: Town) -> None:
    await town.tell(Story().handled())

    inside = await town.figures(area="grid")

    assert inside["total"]["received"] == 1
    assert inside["total"]["first_response"]["count"] == 1


@pytest.mark.parametrize(
    ("question", "field", "status"),
    [
        ({"from": "2026-04-31", "to": "2026-05-01"}, "from", 422),
        ({"from": "2026-04-01"}, "to", 422),
        ({"from": "2026-05-01", "to": "2026-04-01"}, "to", 422),
        ({"from": "2027-01-01", "to": "2027-02-01"}, "from", 422),
        ({"from": "2020-01-01", "to": "2026-01-01"}, "to", 422),
        ({"from": "2026-01-01", "to": "2026-05-01", "by": "day"}, "to", 422),
        ({"from": "0001-01-01", "to": "0001-02-01"}, "from", 422),
        ({"from": "2026-04-01", "to": "2026-05-01", "level": "street"}, "level", 422),
        ({"from": "2026-04-01", "to": "2026-05-01", "by": "person"}, "by", 422),
        ({"from": "2026-04-01", "to": "2026-05-01", "area": "atlantis"}, "area", 422),
        ({"from": "2026-04-01", "to": "2026-05-01", "group": "area"}, "group", 422),
        ({"from": "2026-04-01", "to": "2026-05-01", "area": "x" * 101}, "area", 422),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused_by_field(
    town: Town, question: dict[str, str], field: str, status: int
) -> None:
    response = await town.ask(**question)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert [each["field"] for each in response.json()["errors"]] == [field]
    assert all(each["reason"] and each["remedy"] for each in response.json()["errors"])


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_tables_count_what_a_second_ledger_counts(town: Town, seed: int) -> None:
    stories = random_stories(seed, 60)
    await town.tell(*stories)
    weeks = [OPENED_AT + timedelta(days=7 * number) for number in range(-5, 6)]

    periods = [(starts, starts + timedelta(days=7)) for starts in weeks] + [(APRIL.starts, APRIL.ends)]
    columns = [starts for starts, _ in periods], [ends for _, ends in periods]
    told = apart(Question(period=APRIL), AreaTree({}, {}))
    wanted = (told.dimensions, *(None,) * 4, *told.within, *told.groups)
    rows = await town.reporting.runtime.pool.fetch(SQL["tallies"], *columns, *wanted)

    for number, (starts, ends) in enumerate(periods, 1):
        counted = asdict(total(Tally(**{row["part"]: row["rows"]}) for row in rows if row["number"] == number))
        expected = asdict(tally_of(stories, starts=starts, ends=ends))
        assert {name: counted[name] for name in LEDGER} == {name: expected[name] for name in LEDGER}, (seed, starts)
    assert rows
