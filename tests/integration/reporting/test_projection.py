"""Rows from events: whichever topic is first, however often it is delivered, and the same when counted afresh."""

from datetime import datetime
from uuid import uuid4

import pytest

from services.reporting.projections import FIGURES, PROJECTED_TYPES
from services.reporting.queries import SQL, message_counts
from shared.contracts.codec import EVENTS
from shared.contracts.notify import Audience, NotificationSuppressed, SuppressionReason
from shared.kernel.clock import SystemClock
from shared.kernel.rebuild import Differences, DifferencesFoundError, Rebuild, RebuildProgress, rebuild
from tests.integration.reporting.conftest import NOW, Town
from tests.integration.reporting.random_stories import random_stories
from tests.integration.reporting.stories import OPENED_AT, Story
from tests.integration.reporting.test_figures import APRIL


def ignore(_progress: RebuildProgress) -> None:
    """Nobody watches."""


async def rows_of(town: Town) -> dict[str, list[str]]:
    """Everything in the figures' tables, as text."""
    tables = ("cases", "phases", "ratings", "messages", "facts", "unsummed", "sums", "spots")
    async with town.reporting.runtime.pool.acquire() as connection:
        await FIGURES.settle(connection)
        for sweep in FIGURES.sweeps:
            await connection.execute(sweep)
    return {
        table: [
            str(row["row"])
            for row in await town.reporting.runtime.pool.fetch(
                f"SELECT to_jsonb(t)::text AS row FROM reporting_figures.{table} AS t ORDER BY 1"  # noqa: S608
            )
        ]
        for table in tables
    }


async def test_every_answer_says_how_fresh_it_is(town: Town) -> None:
    await town.tell(Story().handled())

    told = await town.figures()

    newest = await town.reporting.runtime.pool.fetchval("SELECT max(occurred_at) FROM received")
    assert datetime.fromisoformat(told["newest_event_at"]) == newest
    assert told["newest_event_age_s"] == (NOW - newest).total_seconds()


async def test_routing_may_be_heard_before_intake(town: Town) -> None:
    story = Story().handled()

    await town.routing.publish(f"case-{story.ticket}", *story.routing)
    await town.heard()
    before = (await town.figures())["total"]["received"]
    await town.intake.publish(f"ticket-{story.ticket}", *story.intake)
    await town.heard()
    after = (await town.figures())["total"]

    assert before == 0
    assert (after["received"], after["closing_rate"]["numerator"]) == (1, 1)


async def test_either_order_makes_the_same_rows(town: Town) -> None:
    stories = random_stories(7, 20)
    for story in stories:
        await town.routing.publish(f"case-{story.ticket}", *story.routing)
    await town.heard()
    for story in stories:
        await town.intake.publish(f"ticket-{story.ticket}", *story.intake)
    await town.heard()
    routing_first = await rows_of(town)

    pool = town.reporting.runtime.pool
    for table in routing_first:
        await pool.execute(f"DELETE FROM reporting_figures.{table}")  # noqa: S608
    received = await pool.fetch("SELECT position FROM received ORDER BY publisher, position")
    async with pool.acquire() as connection, connection.transaction():
        for (position,) in received:
            await FIGURES.take_in(connection, [position])

    assert await rows_of(town) == routing_first


async def test_what_is_delivered_again_counts_once(town: Town) -> None:
    story = Story().handled()
    await town.tell(story)

    await town.routing.runtime.pool.execute("INSERT INTO outbox SELECT position FROM events ON CONFLICT DO NOTHING")

    async def sent_again() -> bool:
        return not await town.routing.runtime.pool.fetchval("SELECT count(*) FROM outbox")

    await town.until(sent_again)
    later = Story().handled()
    await town.tell(later)
    assert (await town.figures())["total"]["received"] == 2
    assert await town.reporting.runtime.pool.fetchval("SELECT count(*) FROM received") == 16


async def test_the_directory_is_followed_and_not_kept_as_history(town: Town) -> None:
    await town.tell(Story())

    publishers = await town.reporting.runtime.pool.fetch("SELECT DISTINCT type FROM received")

    assert {row["type"] for row in publishers} <= PROJECTED_TYPES


async def test_a_rebuild_by_unchanged_code_is_equal(town: Town) -> None:
    await town.tell(*random_stories(11, 40))
    before = await rows_of(town)
    connection = await town.reporting.runtime.ground.connect()

    try:
        result = await Rebuild(connection, FIGURES, SystemClock(), ignore, chunk=30).run(Differences.REFUSE)
    finally:
        await connection.close()

    assert result.differences == ()
    assert await rows_of(town) == before
    assert sum(len(rows) for rows in before.values()) > 100


async def test_the_service_goes_on_counting_into_the_rebuilt_tables(town: Town) -> None:
    await town.tell(Story().handled())
    connection = await town.reporting.runtime.ground.connect()

    try:
        await rebuild(connection, FIGURES, clock=SystemClock(), report=ignore)
        await town.tell(Story().handled())
        await rebuild(connection, FIGURES, clock=SystemClock(), report=ignore)
    finally:
        await connection.close()

    assert (await town.figures())["total"]["received"] == 2


async def test_a_figure_that_was_tampered_with_shows(town: Town) -> None:
    await town.tell(Story().handled())
    await town.reporting.runtime.pool.execute(
        "UPDATE reporting_figures.phases SET in_time = true WHERE in_time IS NULL"
    )
    connection = await town.reporting.runtime.ground.connect()

    with pytest.raises(DifferencesFoundError) as refused:
        await rebuild(connection, FIGURES, clock=SystemClock(), report=ignore)
    await connection.close()

    assert [each.table for each in refused.value.differences] == ["phases"]


async def test_messages_that_were_kept_back_say_why(town: Town) -> None:
    notification = uuid4()

    await town.notify.publish(
        f"notification-{notification}",
        NotificationSuppressed(
            at=OPENED_AT,
            notification_id=notification,
            ticket_id=uuid4(),
            audience=Audience.REPORTER,
            template="received",
            reason=SuppressionReason.HISTORY,
        ),
    )
    await town.heard()

    async with town.reporting.runtime.pool.acquire() as connection:
        counts = await message_counts(connection, APRIL)
    assert counts == {("NotificationSuppressed", "history"): 1}


def test_every_type_that_the_queries_name_is_an_event_that_is_kept() -> None:
    texts = " ".join(SQL[name] for name in SQL if name.startswith("project_"))

    named = {word.strip("',()") for word in texts.split() if word.strip("',()").startswith("yima.")}

    assert named == PROJECTED_TYPES
    assert named <= EVENTS.keys()
