"""Others' events to the figures' rows: SQL alone, over what was received, so that a rebuild runs the very same."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from services.reporting.config import Config
from services.reporting.queries import SQL
from services.reporting.queries.turns import Turns
from shared.contracts.intake import TicketImported, TicketOpened, TicketRated
from shared.contracts.notify import (
    DeliveryReported,
    NotificationQueued,
    NotificationSuppressed,
    SendAccepted,
    SendRejected,
    SendUnknown,
)
from shared.contracts.routing import (
    CaseAccepted,
    CaseAssigned,
    CaseCategorised,
    CaseClosed,
    CaseEscalated,
    CaseMerged,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    CaseReturned,
    CaseWithdrawn,
    DeadlineRecomputed,
    ExtensionGranted,
    FollowUpCancelled,
    FollowUpDone,
    FollowUpPlanned,
    FollowUpRecurred,
    FollowUpReminded,
    JointTaskDeclined,
    JointTaskInsisted,
    JointTaskReleased,
    JointTaskTakenOver,
    SuspensionEnded,
    SuspensionGranted,
    UnitReportedIn,
    VerificationFailed,
    VerificationPassed,
    WhistleBlown,
)
from shared.directory import DirectoryFollower
from shared.kernel.database import Connection
from shared.kernel.event_store import SQL as KERNEL_SQL
from shared.kernel.projections import Projection
from shared.kernel.reactions import Received
from shared.kernel.rebuild import may_count_anew
from shared.kernel.runtime import Runtime
from shared.web.passes import Passes

log = structlog.get_logger()

MIGRATIONS = Path(__file__).parent / "sql" / "migrations"

# The events that the queries of projection.sql read, by the names that stand in them.
PROJECTED = (
    TicketOpened,
    TicketImported,
    TicketRated,
    CaseOpened,
    CaseCategorised,
    CaseAssigned,
    CaseAccepted,
    CaseResolved,
    ExtensionGranted,
    DeadlineRecomputed,
    SuspensionGranted,
    SuspensionEnded,
    CaseMerged,
    VerificationFailed,
    CaseClosed,
    CaseReopened,
    CaseWithdrawn,
    CaseEscalated,
    CaseReturned,
    VerificationPassed,
    WhistleBlown,
    UnitReportedIn,
    JointTaskDeclined,
    JointTaskReleased,
    JointTaskInsisted,
    JointTaskTakenOver,
    FollowUpPlanned,
    FollowUpReminded,
    FollowUpDone,
    FollowUpRecurred,
    FollowUpCancelled,
    NotificationQueued,
    NotificationSuppressed,
    SendAccepted,
    SendRejected,
    SendUnknown,
    DeliveryReported,
)
PROJECTED_TYPES = frozenset(event.type_name() for event in PROJECTED)


def _migrations(*names: str) -> tuple[str, ...]:
    return tuple((MIGRATIONS / name).read_text(encoding="utf-8") for name in names)


# The part of what writes facts that works them out, and its columns.
_, _, WORKED_OUT = SQL["project_facts"].partition("), matter AS (")
WORKED_OUT, _, _ = WORKED_OUT.partition("), arrivals AS (")
FILL_FACTS = """
SET LOCAL work_mem = '64MB';
WITH touched AS (SELECT ticket FROM reporting_figures.cases WHERE ticket BETWEEN '{first}' AND '{last}'), matter AS (
{worked_out})
INSERT INTO reporting_figures.facts
SELECT * FROM dated
"""
# Indexes are made of what is there already, in memory: row by row they cost a rebuild several times as much.
IN_MEMORY = "SET LOCAL maintenance_work_mem = '256MB';\n"
WITHOUT_KEY = "ALTER TABLE reporting_figures.facts DROP CONSTRAINT facts_pkey"
WITH_KEY = f"{IN_MEMORY}ALTER TABLE reporting_figures.facts ADD PRIMARY KEY (ticket, fact, key)"
# A rebuild works facts out for so many parts of the tickets, each by itself: no more of them are held in memory.
SHARES = 32
_, _, SUMMING = SQL["settle_sums"].partition("), kinds AS MATERIALIZED (")
FILL_SUMS = """
SET LOCAL work_mem = '64MB';
WITH changed AS NOT MATERIALIZED (SELECT 1 AS facts, parts, standing, at, since, until, unit, place, area, category,
    channel, urgency FROM reporting_figures.facts), kinds AS MATERIALIZED ({summing}
""".replace("{summing}", SUMMING)
_, _, CLASSING = SQL["settle_sums"].partition("), classed AS MATERIALIZED (")
CLASSING, _, _ = CLASSING.partition("), kinds AS MATERIALIZED (")
CLASSING, _, INTO_TIMES = CLASSING.partition("), timed AS (")
FILL_TIMES = """
SET LOCAL work_mem = '64MB';
WITH lengths AS (SELECT 1 AS facts, part, minutes, at, area, category, unit, channel, urgency
    FROM reporting_figures.durations WHERE until = 'infinity'), classed AS MATERIALIZED ({classing}) {into_times}
""".replace("{classing}", CLASSING).replace("{into_times}", INTO_TIMES)
FILL_FIRST_RESPONSES = FILL_TIMES.replace(
    "WHERE until = 'infinity'", "WHERE until = 'infinity' AND part = 'first_response'"
)


def _indexing(*names: str) -> tuple[str, ...]:
    return tuple(IN_MEMORY + text for text in _migrations(*names))


def _fill_facts() -> Iterator[str]:
    size = 2**128 // SHARES
    for share in range(SHARES):
        first, last = UUID(int=share * size), UUID(int=(share + 1) * size - 1)
        text = FILL_FACTS.replace("{worked_out}", WORKED_OUT)
        yield text.replace("{first}", str(first)).replace("{last}", str(last))


GATHERING = (SQL["project_cases"], SQL["project_phases"], SQL["project_ratings"], SQL["project_messages"])
FIGURES = Projection(
    name="figures",
    schema="reporting_figures",
    tables=_migrations(
        "0002_figures.sql",
        "0005_figures_facts.sql",
        "0009_figures_split_off.sql",
        "0014_figures_sums.sql",
        "0022_figures_times.sql",
        "0025_figures_by_edition_of_calendars.sql",
        "0027_figures_categories.sql",
    ),
    gathering=GATHERING,
    finishing=(
        *_indexing(
            "0003_figures_indexes.sql",
            "0004_figures_who_was_asked.sql",
            "0015_figures_indexes_of_what_was_said.sql",
        ),
        *(f"ANALYZE reporting_figures.{table}" for table in ("cases", "phases", "ratings", "messages")),
        WITHOUT_KEY,
        *_fill_facts(),
        SQL["fill_repeats"],
        SQL["fill_messages"],
        WITH_KEY,
        SQL["fill_spots"],
        FILL_SUMS,
        *_indexing(
            "0006_figures_facts_indexes.sql",
            "0010_figures_repeats.sql",
            "0012_figures_for_grafana.sql",
            "0016_figures_told_by_sums.sql",
            "0017_figures_for_dashboards.sql",
            "0019_first_acceptances_from_facts.sql",
            "0020_figures_of_a_running_month.sql",
            "0023_figures_told_by_classes.sql",
            "0026_figures_repeats_by_place.sql",
            "0028_figures_told_by_categories_of_then.sql",
        ),
        f"{FILL_TIMES};\n{SQL['counted_by_them']}",
    ),
    statements=(SQL["lock_places"], SQL["lock_cases"], *GATHERING, SQL["project_facts"]),
    settling=(SQL["settle_sums"],),
    sweeps=(SQL["sweep_sums"], SQL["sweep_spots"], SQL["sweep_times"]),
)
# Facts that were there before the sums are summed once. Code of before, which writes none, may go on for a while after
# the migration; until they are summed, figures are counted from the facts.
SUM_ALL = (
    SQL["forget_sums"],
    SQL["fill_repeats"],
    SQL["fill_messages"],
    SQL["fill_spots"],
    FILL_SUMS,
    SQL["all_summed"],
)
SUMMED_AFTER_MINUTES = 10
LOOK_EVERY_S = 60.0
COPY_CALENDARS = (SQL["forget_calendars"], SQL["copy_calendars"], SQL["copy_units"], SQL["copy_days"])
TIME_ALL = (*COPY_CALENDARS, SQL["forget_times"], FILL_TIMES, SQL["all_timed"], SQL["counted_by_them"])
TIME_FIRST_RESPONSES = (
    *COPY_CALENDARS,
    SQL["forget_first_responses"],
    FILL_FIRST_RESPONSES,
    SQL["counted_by_them"],
)
# Until the calendars were looked at, whoever asks for a time waits longer.
LOOK_AT_CALENDARS_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class Reporting:
    """What reporting is made of while it runs."""

    runtime: Runtime
    directory: DirectoryFollower
    config: Config
    turns: Turns

    @property
    def passes(self) -> Passes:
        """What reads the passes that the desk's door gives."""
        return Passes(self.config.session_key, self.runtime.ground.clock.now)


async def project(
    _service: Reporting, connection: Connection, _received: Sequence[Received[Any]], positions: Sequence[int]
) -> None:
    """Let what was just received show in the figures."""
    await FIGURES.take_in(connection, positions)


async def sum_all(connection: Connection) -> bool:
    """Sum the facts that were there before the sums, all or none; false where there is nothing to be done, or not yet.

    Whoever takes in news waits for it: some minutes at a million tickets. What is interrupted is begun anew.
    """
    if not await connection.fetchval(SQL["summing_is_due"], SUMMED_AFTER_MINUTES):
        return False
    async with connection.transaction():
        # What is being rebuilt is summed as it is made.
        if not await may_count_anew(connection, FIGURES.name):
            return False
        await connection.execute(KERNEL_SQL["wait_for_open_writers"])
        # Another process may have been first.
        if await connection.fetchval(SQL["is_all_summed"]):
            return False
        for text in SUM_ALL:
            await connection.execute(text)
    log.info("facts_summed")
    return True


async def keep_summed(reporting: Reporting) -> None:
    """Look until all is summed: at once in a new database, some minutes after the update in one that has facts."""
    while not await reporting.runtime.pool.fetchval(SQL["is_all_summed"]):
        connection = await reporting.runtime.ground.connect()
        try:
            await sum_all(connection)
        finally:
            await connection.close()
        await asyncio.sleep(LOOK_EVERY_S)
    await asyncio.Event().wait()


async def time_all(connection: Connection) -> bool:
    """Class the lengths that were there before the classes, or first responses anew where calendars changed.

    All or none; false where there is nothing to be done, or not yet. Whoever takes in news waits for it: some seconds
    for a year's first responses of a large district. What is interrupted is begun anew.
    """
    due = await connection.fetchrow(SQL["timing_is_due"], SUMMED_AFTER_MINUTES)
    if due is None or not (due["lengths"] or due["calendars"]):
        return False
    async with connection.transaction():
        # What is being rebuilt was counted by the calendars that are known.
        if not await may_count_anew(connection, FIGURES.name):
            return False
        return await _time(connection, TIME_ALL if due["lengths"] else TIME_FIRST_RESPONSES)


async def _time(connection: Connection, texts: Sequence[str]) -> bool:
    await connection.execute(KERNEL_SQL["wait_for_open_writers"])
    # The directory's records are no such rows: whoever writes them waits for nobody.
    changes = await connection.fetchval(SQL["changes_to_see"])
    needed = texts is TIME_ALL or await connection.fetchval(SQL["calendars_differ"])
    if needed:
        await FIGURES.settle(connection)
        for text in texts:
            await connection.execute(text)
        log.info("lengths_classed")
    await connection.execute(SQL["calendars_seen"], changes)
    return bool(needed)


async def keep_timed(reporting: Reporting) -> None:
    """Look whether lengths are to be classed: soon after calendars changed or a rebuild was taken back, some minutes
    after the update.
    """
    while True:
        due = await reporting.runtime.pool.fetchrow(SQL["timing_is_due"], SUMMED_AFTER_MINUTES)
        if due is not None and (due["lengths"] or due["calendars"]):
            connection = await reporting.runtime.ground.connect()
            try:
                await time_all(connection)
            finally:
                await connection.close()
        await asyncio.sleep(LOOK_AT_CALENDARS_EVERY_S)
