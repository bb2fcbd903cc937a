"""Every figure counted a second time from the event log itself: no difference, nor in the tickets behind."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

import pytest

from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.definition import RateDefinition
from services.reporting.domain.period import Period
from services.reporting.queries import sql_of
from shared.contracts.codec import decode
from shared.contracts.envelope import Event
from tests.integration.reporting import naive
from tests.integration.reporting.conftest import NOW, Town
from tests.integration.reporting.random_stories import eventful_stories
from tests.integration.reporting.test_figures import APRIL, NOTHING
from tests.integration.reporting.test_times import until_timed

WEEK = Period(APRIL.first_day.replace(day=13), APRIL.first_day.replace(day=20))
PERIODS = (APRIL, Period.of_month(2026, 5), WEEK)
LOG = "SELECT stream, type, schema_version, data FROM events ORDER BY position"


async def log_of(town: Town) -> list[tuple[UUID, Event]]:
    """Everything that the publishers recorded, with its ticket."""
    log: list[tuple[UUID, Event]] = []
    for publisher in (town.intake, town.routing, town.notify):
        rows = await publisher.runtime.pool.fetch(LOG)
        for row in rows:
            event = decode(row["type"], row["schema_version"], row["data"])
            if row["stream"].partition("-")[0] in ("ticket", "case", "notification"):
                log.append((getattr(event, "ticket_id", None) or event.case_id, event))
    return log


async def tickets_behind(town: Town, figure: str, side: str, period: Period) -> list[UUID]:
    """All pages of the list, in small pages."""
    tickets: list[UUID] = []
    question = {"from": str(period.first_day), "to": str(period.day_after), "of": side, "limit": "60"}
    while True:
        response = await town.ask_behind(figure, **question)
        assert response.status_code == 200, response.text
        page = response.json()
        tickets += [UUID(each["ticket"]) for each in page["tickets"]]
        if page["next"] is None:
            assert page["total"] == len(tickets)
            return tickets
        question["after"] = page["next"]


@pytest.mark.parametrize(
    ("seed", "tickets"),
    [(21, 130), *(pytest.param(seed, 400, marks=pytest.mark.long) for seed in (31, 32, 33))],
)
async def test_no_figure_differs_from_the_log_and_its_tickets_add_up(town: Town, seed: int, tickets: int) -> None:
    await town.tell(*eventful_stories(seed, tickets))
    log = await log_of(town)
    counted: dict[str, int] = dict.fromkeys(naive.FIGURES, 0)

    # What is printed is seen with `-s`: each line after both numbers and both lists of tickets were found equal.
    for period in PERIODS:
        expected = naive.recomputed(log, starts=period.starts, ends=period.told_until(NOW))
        told = (await town.figures(**{"from": str(period.first_day), "to": str(period.day_after)}))["total"]
        for figure, (numerator, denominator) in expected.items():
            where = (figure, seed, str(period.first_day))
            assert (told[figure]["numerator"], told[figure]["denominator"]) == (len(numerator), len(denominator)), where
            assert sorted(await tickets_behind(town, figure, "numerator", period)) == sorted(numerator), where
            assert sorted(await tickets_behind(town, figure, "denominator", period)) == sorted(denominator), where
            rest = Counter(denominator) - Counter(numerator)
            assert Counter(await tickets_behind(town, figure, "rest", period)) == rest, where
            counted[figure] += len(numerator)
            line = f"{figure:22} {period.first_day} {len(numerator):6} of {len(denominator):6}, differences 0"
            print(line)  # noqa: T201 - read by whoever has to defend a figure.

        await are_told_by_category(town, period, expected, naive.categories(log, ends=period.told_until(NOW)))

    assert len(counted) >= 10
    assert all(counted.values()), counted
    # Some counted as another category when April ended than they do now.
    assert naive.categories(log, ends=APRIL.ends) != naive.categories(log, ends=NOW)


async def are_told_by_category(
    town: Town, period: Period, expected: Mapping[str, naive.Sides], categories: Mapping[UUID, str | None]
) -> None:
    told = await town.figures(**{"from": str(period.first_day), "to": str(period.day_after), "by": "category"})
    for figure, sides in expected.items():
        for side, tickets in zip(("numerator", "denominator"), sides, strict=True):
            found = {each["key"]: each["figures"][figure][side] for each in told["groups"]}
            counted = Counter(categories[ticket] for ticket in tickets)
            assert +Counter(found) == counted, (figure, side, str(period.first_day))


async def test_the_query_that_a_definition_shows_counts_what_the_interface_tells(town: Town) -> None:
    await town.tell(*eventful_stories(23, 40))
    await until_timed(town)
    told = (await town.figures())["total"]
    told |= told.pop("backlog")

    for figure in FIGURES.values():
        rows = await town.reporting.runtime.pool.fetch(sql_of(figure), APRIL.starts, APRIL.ends)
        if isinstance(figure, RateDefinition):
            assert dict(rows[0]) == {side: told[figure.id][side] for side in ("numerator", "denominator")}
        elif isinstance(told[figure.id], int):
            assert rows[0]["count"] == told[figure.id]
        else:
            expected = told[figure.id]
            assert rows[0]["count"] == expected["count"]
            # So few are sorted one by one.
            assert expected.pop("within_percent") == 0
            assert expected == NOTHING or {
                name: round(float(rows[0][name]), 2) for name in expected if name != "count"
            } == {name: expected[name] for name in expected if name != "count"}
