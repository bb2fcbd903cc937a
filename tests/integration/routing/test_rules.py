"""Rules looked at afterwards: the reason of each assignment, and what another file would have made of tickets."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from services.routing.domain.case import Status
from services.routing.domain.district import CallEntry, ConditionsEntry, District, NameEntry, RepeatsEntry
from services.routing.domain.errors.handling import CaseUnknownError
from services.routing.domain.simulation import Simulation
from services.routing.handlers.district import publish_district
from services.routing.handlers.recounting import recompute_deadlines, recounted_cases
from services.routing.handlers.rule_hits import rule_hits
from services.routing.handlers.rules import explain, simulate
from shared.contracts.directory import RepeatsOf
from shared.contracts.intake import StatedUrgency
from shared.contracts.routing import Clock
from shared.testing.waiting import eventually
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import Staff, staff_of

FIRE_LANE, LEAK = "消防通道被堵住了", "楼道里水管爆裂了"


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def reported(desk: Desk, text: str, *, at: datetime = NOW) -> UUID:
    ticket = await desk.residents.report(text, place=EAST_GATE, at=at)
    await desk.case_once(ticket, Status.ASSIGNED)
    return ticket


async def outcome_of(desk: Desk, district: District) -> Simulation:
    pages = [page async for page in simulate(desk.routing, district, since=NOW - timedelta(days=1))]
    return pages[-1]


def without(district: District, rule: str) -> District:
    return district.model_copy(update={"rules": tuple(each for each in district.rules if each.id != rule)})


async def test_each_assignment_is_explained_with_what_did_not_hold_before(
    staff: Staff, desk: Desk, district: District
) -> None:
    ticket = await reported(desk, LEAK)
    number = (await desk.case(ticket)).matter.number
    async with staff.at_desk("grid-dispatcher-1") as grid:
        await grid.act(ticket, "transfer", unit="chunhe-committee", reason="先由居委会协调")

    # A rule that is withdrawn keeps the name that it had when it gave the case its unit.
    await publish_district(desk.routing, without(district, "burst-pipe"), file_sha256="0" * 64)
    first, second = await explain(desk.routing, number)

    assert (first.rule, first.passed_over[0]) == ("burst-pipe", ("fire-lane", "words_any"))
    [withdrawn] = [rule for rule in district.rules if rule.id == "burst-pipe"]
    assert first.rule_name is not None
    assert first.rule_name.zh == withdrawn.name.zh
    assert (second.rule, second.unit) == ("staff", "chunhe-committee")
    with pytest.raises(CaseUnknownError):
        await explain(desk.routing, "000000000")


async def test_a_file_is_asked_about_recorded_tickets_and_nothing_is_changed(desk: Desk, district: District) -> None:
    for text in (FIRE_LANE, LEAK):
        await reported(desk, text)

    same = await outcome_of(desk, district)
    other = await outcome_of(desk, without(district, "burst-pipe"))

    assert (same.tickets, same.differing) == (2, [])
    assert other.tickets == 2
    assert [each.before.rule for each in other.differing if each.before] == ["burst-pipe"]
    assert await desk.routing.runtime.pool.fetchval("SELECT count(*) FROM events WHERE stream LIKE 'case-%'") == 4


async def test_what_was_stated_of_its_urgency_is_kept_with_the_case_and_asked_about(
    desk: Desk, district: District, staff: Staff
) -> None:
    ticket = await desk.residents.report("楼道很黑", place=EAST_GATE, at=NOW, stated_urgency=StatedUrgency.URGENT)
    await desk.case_once(ticket, Status.ASSIGNED)
    said = district.rules[0].model_copy(update={"id": "said", "when": ConditionsEntry(urgency=StatedUrgency.URGENT)})

    outcome = await outcome_of(desk, district.model_copy(update={"rules": (said, *district.rules)}))
    async with staff.at_desk("grid-dispatcher-1") as grid:
        page = await grid.page_of(ticket)

    [differing] = outcome.differing
    assert differing.after is not None
    assert differing.after.rule == "said"
    assert "自述紧急程度" in page
    assert "反映人自己选的" in page
    assert "规则没有按紧急处理" in page


async def test_what_tickets_repeated_and_whom_rules_called_is_compared(desk: Desk, district: District) -> None:
    first, again = district.rules[0].model_copy(update={"id": "again"}), NameEntry(zh="请到场", en="Please come")
    call = CallEntry(unit="police of the place", task=again)
    when = ConditionsEntry(repeats=RepeatsEntry(count=1, days=7, of=RepeatsOf.PLACE))
    rules = (first.model_copy(update={"when": when, "whistle": (call,)}), *district.rules)
    repeating = district.model_copy(update={"rules": rules})
    for minute in range(2):
        await reported(desk, LEAK, at=NOW + timedelta(minutes=minute))

    outcome = await outcome_of(desk, repeating)
    [against] = [page async for page in simulate(desk.routing, repeating, since=NOW, against=district)]

    for found in (outcome, against):
        [differing] = found.differing
        assert differing.after is not None
        assert (differing.after.rule, differing.after.calls) == ("again", ("xinhe-police",))
        assert (found.tickets, found.calls_after) == (2, {"xinhe-police": 1})


async def test_rules_are_counted_by_when_what_they_led_was_reported(staff: Staff, desk: Desk) -> None:
    for days in (0, 0, 3):
        ticket = await reported(desk, LEAK, at=NOW + timedelta(days=days))
    async with staff.at_desk("grid-dispatcher-1") as grid:
        await grid.act(ticket, "transfer", unit="chunhe-committee", reason="先由居委会协调")

    counted = await rule_hits(desk.routing, since=NOW, until=NOW + timedelta(days=3))

    assert {each.rule: (each.hits, each.last_at) for each in counted if each.hits} == {"burst-pipe": (2, NOW)}
    assert counted[0].rule == "fire-lane"
    assert all(each.name for each in counted)


async def test_open_cases_are_looked_through_for_deadlines_that_are_counted_otherwise(
    desk: Desk, district: District
) -> None:
    await reported(desk, FIRE_LANE)
    await reported(desk, "想咨询老年助餐点的开放时间")
    number = await desk.routing.runtime.pool.fetchval("SELECT number FROM cases WHERE NOT urgent")
    same = [page async for page in recounted_cases(desk.routing)]
    office, *others = district.calendars
    day_off = office.model_copy(update={"days_off": (*office.days_off, NOW.date() + timedelta(days=1))})
    changed = district.model_copy(update={"calendars": (day_off, *others)})

    await publish_district(desk.routing, changed, file_sha256="0" * 64)
    desk.routing.directory.look_again()
    [(cases, [other])] = [page async for page in recounted_cases(desk.routing)]

    assert same == [(2, [])]
    assert (cases, other.number) == (2, number)
    assert Clock.RESOLVE in {each.clock for each in other.clocks}

    moved = [await recompute_deadlines(desk.routing, other.case_id) for _ in range(2)]
    counted = await desk.case(other.case_id)

    assert moved == [len(other.clocks), 0]
    assert [page async for page in recounted_cases(desk.routing)] == [(2, [])]
    [resolve] = [each for each in other.clocks if each.clock is Clock.RESOLVE]
    timers = "SELECT max(due_at) FROM timers WHERE kind = 'resolve' AND subject = $1"
    assert counted.resolve.due_at in (resolve.after, *resolve.warnings)
    assert await desk.routing.runtime.pool.fetchval(timers, str(other.case_id)) == counted.resolve.due_at


async def test_tickets_of_before_are_not_asked_about(desk: Desk, district: District) -> None:
    await reported(desk, FIRE_LANE)

    pages = [page async for page in simulate(desk.routing, district, since=NOW + timedelta(days=1))]

    assert pages == []


async def test_words_that_were_erased_are_left_out_and_counted(desk: Desk, district: District) -> None:
    ticket = await reported(desk, LEAK)
    await desk.residents.be_forgotten(ticket, at=NOW)

    async def is_forgotten() -> bool:
        return (await outcome_of(desk, district)).unreadable == 1

    await eventually(is_forgotten)
