"""What somebody decides about figures: that a month is published."""

from dataclasses import replace
from datetime import datetime

from services.reporting.domain.errors import AlreadyPublishedError
from services.reporting.domain.period import Period
from services.reporting.domain.publication import PUBLISHED_BY, Publication, publishable
from services.reporting.domain.question import Question
from services.reporting.queries import PUBLICATION, SQL
from services.reporting.queries.answers import answer_within
from shared.directory import Directory
from shared.kernel.database import Connection


async def publish_month(connection: Connection, directory: Directory, period: Period, now: datetime) -> Publication:
    """Keep a month's figures, and the tickets behind them, as they are now: what arrives later is a correction.

    Raises:
        AlreadyPublishedError: it was published before.
        MonthNotOverError: it still runs.
        NotAMonthError: it is no calendar month.
    """
    publishable(period, now)
    async with connection.transaction(isolation="repeatable_read"):
        # What is published is exact, however long that takes: it is said once.
        asked = Question(period=period, sorted_max=None)
        whole = await answer_within(connection, directory, asked, now)
        groups = {
            by: (await answer_within(connection, directory, replace(asked, by=by), now)).groups for by in PUBLISHED_BY
        }
        told = Publication(month=period.first_day, published_at=now, total=whole.total, groups=groups)
        kept = await connection.fetchval(
            SQL["publish_month"], period.first_day, now, PUBLICATION.dump_json(told).decode()
        )
        if kept is None:
            raise AlreadyPublishedError
        await connection.execute(SQL["publish_parts"], period.first_day, period.starts, period.ends)
    return told
