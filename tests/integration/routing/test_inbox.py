"""The inbox on real rows: exact totals, each case on exactly one page, and never one that the member may not see."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from services.routing.app import COMPONENTS, NAME
from services.routing.domain.access import Sight
from services.routing.domain.case import Case, decide
from services.routing.domain.case.commands import (
    Accept,
    Actor,
    BlowWhistle,
    Call,
    Command,
    DeadlineReached,
    Entrust,
    PassVerification,
    ReportIn,
    Resolve,
    Return,
    Transfer,
)
from services.routing.domain.case.state import Status
from services.routing.domain.errors.finishing import NotVerifierError
from services.routing.domain.inbox import Days, Due, Narrowing, Show, Wanted
from services.routing.projections import case_rows
from services.routing.queries import (
    ListedCase,
    Needed,
    Page,
    closed_page,
    inbox_connection,
    open_page,
    units_needed,
    urgent_overdue,
)
from shared.contracts.directory import Role
from shared.contracts.routing import About, Clock
from shared.kernel.database import Pool, open_pool
from shared.kernel.event_store import Recorded
from shared.testing.databases import NewDatabase
from tests.unit.routing.routing_samples import CASE_ID, DISPATCHER, LEAD, after, folded, open_case, sealed

NOW = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
CASES, OPEN = 300, 60
FILL = (Path(__file__).parents[3] / "bench" / "cases.sql").read_text(encoding="utf-8")
GRID = Sight(
    actor=Actor(person="grid-3-1", unit="grid-3", role=Role.DISPATCHER),
    units=frozenset({"grid-3"}),
    areas=frozenset(f"area-{number}" for number in range(3, 100, 10)),
)
PROPERTY = Sight(
    actor=Actor(person="unit-4-0-1", unit="unit-4-0", role=Role.HANDLER),
    units=frozenset({"unit-4-0"}),
    areas=frozenset(),
)


POLICE = Actor(person="police-duty-1", unit="police", role=Role.HANDLER)
# The fire lane came back once, the committee calls the police, the grid gives them the job and is to verify it.
FIRE_LANE = (
    open_case(),
    Return(by=LEAD, reason=sealed(), accept_by=after(20), to_unit="bureau", now=after(1)),
    Transfer(by=DISPATCHER, to_unit="committee", accept_by=after(20), directory_version=3, now=after(2)),
    Accept(by=LEAD, now=after(3)),
    BlowWhistle(by=LEAD, calls=(Call(unit="police", report_by=after(20)),), task=sealed(), now=after(5)),
    ReportIn(by=POLICE, now=after(8)),
    Entrust(by=DISPATCHER, unit="police", reason=sealed("b"), directory_version=3, now=after(9)),
    Resolve(by=POLICE, to_unit="grid", verify_by=after(60), now=after(30)),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Cases of a benchmark, few of them."""

    pool: Pool

    async def page(self, sight: Sight, wanted: Wanted, *, limit: int = 1000) -> Page:
        read = closed_page if wanted.show is Show.CLOSED else open_page
        async with inbox_connection(self.pool, wanted.narrowing) as connection:
            return await read(connection, sight, wanted, now=NOW, limit=limit)

    async def all(self, sight: Sight, wanted: Wanted) -> list[ListedCase]:
        return list((await self.page(sight, wanted)).rows)

    async def happened(self, case: Case | None, commands: Iterable[Command]) -> Case:
        """The case after these commands, with the rows that its events make."""
        recorded: list[Recorded] = []
        for command in commands:
            events = decide(case, command)
            case = folded(case, events)
            recorded += [Recorded(f"case-{CASE_ID}", 1, uuid4(), event) for event in events]
        async with self.pool.acquire() as connection:
            for beside in case_rows(recorded):
                await connection.execute(beside.statement, *beside.values)
        assert case is not None
        return case


@pytest_asyncio.fixture(loop_scope="session")
async def rows(new_database: NewDatabase) -> AsyncIterator[Rows]:
    dsn = await new_database(**{NAME: COMPONENTS})
    pool = await open_pool(dsn, schema=NAME, role=f"yima_{NAME}")
    fill = FILL.replace("{cases}", str(CASES)).replace("{open}", str(OPEN)).replace("{now}", NOW.isoformat())
    await pool.execute(fill)
    yield Rows(pool)
    await pool.close()


async def seen_ids(rows: Rows, sight: Sight) -> set[object]:
    """What the sight lets through, said anew and slowly."""
    found = await rows.pool.fetch(
        """SELECT id FROM cases WHERE coalesce(unit, left_unit) = ANY ($1::text[]) OR area = ANY ($2::text[])
            OR id IN (SELECT case_id FROM told WHERE unit = $3)
            OR id IN (SELECT case_id FROM parts
                WHERE unit = ANY ($1::text[]) AND state NOT IN ('released', 'taken_over'))
        """,
        list(sight.units),
        list(sight.areas),
        sight.actor.unit,
    )
    return {row["id"] for row in found}


async def test_each_total_is_the_count_of_its_rows(rows: Rows) -> None:
    for sight in (GRID, PROPERTY):
        for show in Show:
            page = await rows.page(sight, Wanted(show=show, narrowing=Narrowing(days=Days.QUARTER)))
            assert page.totals[show] == len(page.rows), (sight.actor.unit, show)


async def test_a_whole_number_finds_its_case_alone_and_a_part_finds_it_among_others(rows: Rows) -> None:
    for show in (Show.AREA, Show.CLOSED):
        listed = (await rows.page(GRID, Wanted(show=show, narrowing=Narrowing(days=Days.QUARTER)))).rows
        sought = listed[-1].number
        whole = Wanted(show=show, narrowing=Narrowing(number=sought, days=Days.QUARTER))
        part = Wanted(show=show, narrowing=Narrowing(number=sought[1:], days=Days.QUARTER))

        found = await rows.page(GRID, whole)

        assert ([row.number for row in found.rows], found.totals[show]) == ([sought], 1)
        assert sought in {row.number for row in (await rows.page(GRID, part)).rows}


async def test_no_list_and_no_filter_shows_a_case_out_of_sight(rows: Rows) -> None:
    narrowings = [
        Narrowing(),
        Narrowing(unit="unit-5-1"),
        Narrowing(places=("place-7",), days=Days.QUARTER),
        Narrowing(number="00", days=Days.QUARTER),
        Narrowing(urgent=True),
    ]
    for sight in (GRID, PROPERTY):
        allowed = await seen_ids(rows, sight)
        listed = {
            row.id
            for show in Show
            for narrowing in narrowings
            for row in await rows.all(sight, Wanted(show=show, narrowing=narrowing))
        }
        assert listed <= allowed
    everything = await rows.all(GRID, Wanted(show=Show.AREA))
    assert {row.id for row in everything} == {
        row["id"] for row in await rows.pool.fetch("SELECT id FROM cases WHERE status <> 'closed'")
    } & await seen_ids(rows, GRID)


async def test_filters_hold_together_and_totals_go_with_them(rows: Rows) -> None:
    everything = await rows.all(GRID, Wanted(show=Show.AREA))
    narrowing = Narrowing(status=Status.ASSIGNED, categories=("category-3", "category-13"), due=Due.OVER)
    page = await rows.page(GRID, Wanted(show=Show.AREA, narrowing=narrowing))

    expected = [
        row.id
        for row in everything
        if row.status is Status.ASSIGNED
        and row.category in ("category-3", "category-13")
        and row.due_at is not None
        and row.due_at < NOW
    ]
    assert 0 < len(expected) < len(everything)
    assert ([row.id for row in page.rows], page.totals[Show.AREA]) == (expected, len(expected))


async def test_what_waits_for_an_answer_is_done_work_of_others_and_questions_to_the_own_grid(rows: Rows) -> None:
    waiting = await rows.all(GRID, Wanted(show=Show.WAITING))
    asked = {row["case_id"] for row in await rows.pool.fetch("SELECT case_id FROM questions WHERE unit = 'grid-3'")}

    assert {row.status for row in waiting} == {Status.RESOLVED, Status.ACCEPTED}
    assert {row.id for row in waiting if row.status is not Status.RESOLVED} <= asked
    assert (
        await rows.all(replace(GRID, actor=replace(GRID.actor, role=Role.SUPERVISOR)), Wanted(show=Show.WAITING)) == []
    )


async def test_done_work_is_due_to_be_verified_and_waits_for_the_unit_that_is_named(rows: Rows) -> None:
    found = await rows.pool.fetch("SELECT id FROM cases WHERE status = 'resolved' ORDER BY verify_by LIMIT 2")
    mine, others = found[0]["id"], found[1]["id"]
    named = [(mine, GRID.actor.unit), (others, "unit-5-1")]
    await rows.pool.executemany("UPDATE cases SET verifier = $2, area = 'area-3' WHERE id = $1", named)
    await rows.pool.execute("UPDATE cases SET verify_by = $2 WHERE id = $1", mine, NOW - timedelta(hours=1))
    await rows.pool.execute("INSERT INTO told (unit, case_id) VALUES ($1, $2)", GRID.actor.unit, mine)

    unit = {row.id: row for row in await rows.all(GRID, Wanted(show=Show.UNIT))}
    waiting = {row.id for row in await rows.all(GRID, Wanted(show=Show.WAITING))}
    area = await rows.all(GRID, Wanted(show=Show.AREA))

    assert (unit[mine].clock, unit[mine].due_at) == (Clock.VERIFY, unit[mine].sort_at)
    assert (mine in waiting, others in waiting) == (True, False)
    assert [row.sort_at for row in area] == sorted(row.sort_at for row in area)
    assert {row.clock for row in area if row.status is Status.RESOLVED} == {Clock.VERIFY}
    over = Narrowing(status=Status.RESOLVED, due=Due.OVER)
    assert [row.id for row in await rows.all(GRID, Wanted(show=Show.AREA, narrowing=over))] == [mine]


async def test_done_work_waits_for_exactly_those_who_may_verify_it(rows: Rows) -> None:
    people = [replace(LEAD, unit=unit) for unit in ("committee", "police", "bureau", "town", "property")] + [DISPATCHER]
    case = await rows.happened(None, FIRE_LANE)
    early = await waits_for(rows, people)
    may_early = [by.unit for by in people if may_verify(case, by)]
    missed = DeadlineReached(
        clock=Clock.VERIFY, generation=case.verify.generation, next_unit="town", next_due=None, now=after(60)
    )
    late_case = await rows.happened(case, [missed])

    assert (early, case.told) == (may_early, ("bureau",))
    assert early == ["bureau", "grid"]
    assert await waits_for(rows, people) == [by.unit for by in people if may_verify(late_case, by)]
    assert late_case.told == ("bureau", "town")


async def waits_for(rows: Rows, people: Sequence[Actor]) -> list[str]:
    """The units of whom the case stands among what waits for them, and in its total."""
    found = []
    for by in people:
        own = Sight(actor=by, units=frozenset({by.unit}), areas=frozenset())
        page = await rows.page(own, Wanted(show=Show.WAITING))
        assert page.totals[Show.WAITING] == len(page.rows)
        found += [by.unit for row in page.rows if row.id == CASE_ID]
    return found


def may_verify(case: Case, by: Actor) -> bool:
    """What the decider says."""
    try:
        return bool(decide(case, PassVerification(by=by, now=after(120))))
    except NotVerifierError:
        return False


async def test_an_overdue_case_stays_overdue_when_it_is_asked_about(rows: Rows) -> None:
    asked = await rows.pool.fetchval("SELECT case_id FROM questions WHERE unit = 'grid-3' ORDER BY case_id LIMIT 1")
    over = NOW - timedelta(minutes=10)
    await rows.pool.execute("UPDATE cases SET resolve_by = $2 WHERE id = $1", asked, over)

    async def overdue(answer_by: datetime) -> list[tuple[Clock | None, datetime | None, datetime]]:
        await rows.pool.execute("UPDATE questions SET answer_by = $2 WHERE case_id = $1", asked, answer_by)
        wanted = Wanted(show=Show.WAITING, narrowing=Narrowing(due=Due.OVER))
        return [(row.clock, row.due_at, row.sort_at) for row in await rows.all(GRID, wanted) if row.id == asked]

    assert await overdue(NOW + timedelta(minutes=110)) == [(Clock.RESOLVE, over, over)]
    sooner = over - timedelta(minutes=1)
    assert await overdue(sooner) == [(Clock.ANSWER, sooner, sooner)]


async def test_until_it_is_accepted_a_case_is_due_by_the_earlier_of_its_two_clocks(rows: Rows) -> None:
    change = "UPDATE cases SET urgent = true, accept_by = $2, first_response_by = $3 WHERE id = $1"
    find = "SELECT id FROM cases WHERE status = 'assigned' AND area = ANY ($1::text[]) ORDER BY id LIMIT 1"
    case_id, over = await rows.pool.fetchval(find, sorted(GRID.areas)), NOW - timedelta(minutes=10)
    wanted = Wanted(show=Show.AREA, narrowing=Narrowing(due=Due.OVER))

    async def due(accept_by: datetime, first_response_by: datetime) -> list[tuple[Clock | None, datetime | None]]:
        await rows.pool.execute(change, case_id, accept_by, first_response_by)
        return [(row.clock, row.due_at) for row in await rows.all(GRID, wanted) if row.id == case_id]

    assert await due(over, over + timedelta(minutes=1)) == [(Clock.ACCEPT, over)]
    assert await due(over + timedelta(minutes=1), over) == [(Clock.FIRST_RESPONSE, over)]
    late = await urgent_overdue(rows.pool, NOW)
    assert await due(NOW + timedelta(minutes=5), over) == [(Clock.FIRST_RESPONSE, over)]
    assert await urgent_overdue(rows.pool, NOW) == late


async def test_urgent_cases_past_their_deadline_are_counted_until_the_work_is_done(rows: Rows) -> None:
    change = "UPDATE cases SET urgent = $2, status = $3, resolve_by = $4, history = false WHERE id = $1"
    case_id = await rows.pool.fetchval("SELECT id FROM cases WHERE status = 'accepted' ORDER BY id LIMIT 1")
    before = await urgent_overdue(rows.pool, NOW)

    async def more(*, urgent: bool = True, status: str = "accepted", minutes: int = -10) -> int:
        await rows.pool.execute(change, case_id, urgent, status, NOW + timedelta(minutes=minutes))
        return await urgent_overdue(rows.pool, NOW) - before

    assert [await more(), await more(urgent=False), await more(minutes=10), await more(status="resolved")] == [
        1,
        0,
        0,
        0,
    ]


async def test_unit_is_needed_while_a_clock_of_its_case_runs(rows: Rows) -> None:
    everything = (
        "SELECT unit, urgent, due_at IS NOT NULL AND status <> 'closed' AS runs FROM cases WHERE unit IS NOT NULL"
    )
    running = [row for row in await rows.pool.fetch(everything) if row["runs"]]
    every = Counter(row["unit"] for row in running)
    urgent = Counter(row["unit"] for row in running if row["urgent"])

    needed = await units_needed(rows.pool)

    assert needed == {unit: Needed(cases, urgent[unit]) for unit, cases in every.items()}
    assert 0 < urgent.total() < every.total()


async def test_who_answers_is_told_what_they_are_asked_and_nobody_else_is(rows: Rows) -> None:
    asked = await rows.pool.fetchval("SELECT case_id FROM questions WHERE unit = 'grid-3' ORDER BY case_id LIMIT 1")
    await rows.pool.execute("UPDATE questions SET about = 'suspension' WHERE case_id = $1", asked)
    handler = replace(GRID, actor=replace(GRID.actor, role=Role.HANDLER))

    seen = [await rows.all(sight, Wanted(show=Show.AREA)) for sight in (GRID, handler)]

    assert [[row.asked for row in listed if row.id == asked] for listed in seen] == [[(About.SUSPENSION,)], [()]]


async def test_of_the_cases_in_which_words_were_found_each_list_counts_its_own(rows: Rows) -> None:
    everything = await rows.all(GRID, Wanted(show=Show.AREA)) + await rows.all(GRID, Wanted(show=Show.CLOSED))
    ids = tuple(row.id for row in everything[::7])
    found = Narrowing(ids=ids)

    for show in (Show.AREA, Show.WAITING, Show.CLOSED):
        whole = await rows.all(GRID, Wanted(show=show))
        page = await rows.page(GRID, Wanted(show=show, narrowing=found))
        assert [row.id for row in page.rows] == [row.id for row in whole if row.id in ids]
        assert page.totals[show] == len(page.rows)


async def test_a_merged_case_is_listed_where_its_number_or_its_status_is_asked_for(rows: Rows) -> None:
    everything = await rows.all(GRID, Wanted(show=Show.AREA))
    merged = next(row for row in everything if row.status is Status.ASSIGNED)
    await rows.pool.execute("UPDATE cases SET status = 'merged' WHERE id = $1", merged.id)

    async def found(narrowing: Narrowing) -> tuple[list[object], int]:
        page = await rows.page(GRID, Wanted(show=Show.AREA, narrowing=narrowing))
        return [row.id for row in page.rows], page.totals[Show.AREA]

    ids, total = await found(Narrowing())
    assert (merged.id in ids, total) == (False, len(everything) - 1)
    assert merged.id not in (await found(Narrowing(number=merged.number[1:])))[0]
    assert await found(Narrowing(number=merged.number)) == ([merged.id], 1)
    assert await found(Narrowing(status=Status.MERGED)) == ([merged.id], 1)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=some.integers(1, 40), show=some.sampled_from([Show.AREA, Show.WAITING, Show.CLOSED]), back=some.booleans())
async def test_paging_yields_each_case_once_under_any_page_size(rows: Rows, limit: int, show: Show, back: bool) -> None:
    wanted = Wanted(show=show)
    whole = [row.id for row in await rows.all(GRID, wanted)]
    page = await rows.page(GRID, wanted, limit=limit)
    forward = [row.id for row in page.rows]
    while page.next:
        page = await rows.page(GRID, wanted.at(page.next), limit=limit)
        assert page.before == len(forward)
        forward += [row.id for row in page.rows]
    assert forward == whole

    backward = [row.id for row in page.rows]
    while back and page.previous:
        page = await rows.page(GRID, wanted.at(page.previous), limit=limit)
        backward = [row.id for row in page.rows] + backward
        assert page.before == len(whole) - len(backward)
    assert not back or backward == whole


async def test_closed_cases_are_counted_exactly_within_the_period(rows: Rows) -> None:
    for days in Days:
        page = await rows.page(GRID, Wanted(show=Show.CLOSED, narrowing=Narrowing(days=days)))
        since = NOW - timedelta(days=int(days))
        closed = await rows.pool.fetch("SELECT id FROM cases WHERE status = 'closed' AND closed_at >= $1", since)
        assert page.totals[Show.CLOSED] == len({row["id"] for row in closed} & await seen_ids(rows, GRID))
