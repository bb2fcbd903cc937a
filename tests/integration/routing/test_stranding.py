"""Publishing while cases run: refused with their list, or each moved in the same act; and two editions at once."""

import asyncio
import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.routing.adapters.district_file import read_district
from services.routing.app import open_service
from services.routing.config import Config
from services.routing.domain.case import Status
from services.routing.domain.district import ConditionsEntry, District
from services.routing.domain.errors.directory import UnitUnknownError
from services.routing.domain.stranding import Change, Why
from services.routing.domain.units import Units
from services.routing.handlers.accounts import member_of_district
from services.routing.handlers.acts import accept, resolve, return_case, transfer
from services.routing.handlers.district import (
    CasesStrandedError,
    EditionChangedError,
    Published,
    compare_district,
    publish_district,
)
from services.routing.handlers.performing import Asked
from services.routing.handlers.stranding import move_cases, stranded_cases
from shared.contracts.intake import StatedUrgency
from shared.kernel.database import Connection, Pool
from shared.kernel.work import Work
from shared.privacy import Forgotten, Keyring, PersonKey
from shared.testing.waiting import eventually
from tests.integration.routing.conftest import EAST_GATE, NOW, PILOT, Desk
from tests.integration.routing.staff import staff_of

LEAK = "楼道里水管爆裂了"
FIRE_LANE = "东门外消防通道被几辆车堵住了"
BOXED_IN = "我的车位在路边第一个，经常被堵住出不来"


def without_property(district: District) -> District:
    """The committee does what the property office did."""
    gone = "chunhe-property"
    rules = [
        rule.model_copy(update={"unit": "committee of the place"}) if rule.unit == "property of the place" else rule
        for rule in district.rules
    ]
    return district.model_copy(
        update={
            "units": tuple(unit for unit in district.units if unit.id != gone),
            "people": tuple(person for person in district.people if person.unit != gone),
            "duties": tuple(duty for duty in district.duties if duty.unit != gone),
            "rules": tuple(rules),
        }
    )


async def reported(desk: Desk) -> UUID:
    ticket = await desk.residents.report(LEAK, place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    return ticket


async def publish(desk: Desk, district: District, *, expected: int | None = None, reassign: bool = False) -> Published:
    return await publish_district(desk.routing, district, file_sha256="0" * 64, expected=expected, reassign=reassign)


async def test_an_edition_that_strands_cases_is_refused_with_their_list_or_moves_them_in_the_same_act(
    desk: Desk, district: District
) -> None:
    ticket = await reported(desk)
    before = await desk.case(ticket)

    with pytest.raises(CasesStrandedError) as refused:
        await publish(desk, without_property(district))
    edition = (await compare_district(desk.routing, district)).edition
    done = await publish(desk, without_property(district), reassign=True)

    assert [(each.case_id, each.why, each.to_unit) for each in refused.value.stranded] == [
        (ticket, Why.UNIT_GONE, "chunhe-committee")
    ]
    assert (edition, done.edition, len(done.moved)) == (1, 2, 1)
    case = await desk.case(ticket)
    assert (case.unit, case.status) == ("chunhe-committee", Status.ASSIGNED)
    assert case.resolve.deadline == before.resolve.deadline
    assert (await compare_district(desk.routing, without_property(district))).stranded == ()
    staff = await staff_of(desk.routing)
    async with staff.at_desk("committee-lead-2") as lead:
        assert "辖区调整" in await lead.page_of(ticket)


async def test_the_new_edition_is_asked_with_what_was_stated_of_the_urgency(desk: Desk, district: District) -> None:
    ticket = await desk.residents.report(LEAK, place=EAST_GATE, at=NOW, stated_urgency=StatedUrgency.URGENT)
    await desk.case_once(ticket, Status.ASSIGNED)
    when = ConditionsEntry(urgency=StatedUrgency.URGENT)
    said = district.rules[0].model_copy(update={"id": "said", "when": when, "unit": "police of the place"})
    asking = district.model_copy(update={"rules": (said, *district.rules)})

    with pytest.raises(CasesStrandedError) as refused:
        await publish(desk, without_property(asking))

    assert [each.to_unit for each in refused.value.stranded] == ["xinhe-police"]


async def test_one_case_more_that_an_edition_strands_is_no_query_more(desk: Desk) -> None:
    service = desk.routing
    before = await service.rulebooks.current()
    gone = before.units.by_id["chunhe-property"].model_copy(update={"retired": True})
    units = Units({**before.units.by_id, gone.id: gone}, before.units.calendars)
    change = Change(before=before, after=replace(before, units=units), people={})

    async def queries_of_finding_and_moving(connection: Connection) -> tuple[int, int]:
        told: list[str] = []
        transaction = connection.transaction()
        await transaction.start()
        with connection.query_logger(lambda query: told.append(query.query)):
            work = Work(connection, service.runtime.store, NOW)
            found = await stranded_cases(service, work, change)
            await move_cases(work, change, found)
        await transaction.rollback()
        return len(found), len(told)

    async with service.runtime.pool.acquire() as connection:
        await reported(desk)
        # What a connection asks once about types is asked before anything is counted.
        await queries_of_finding_and_moving(connection)
        one, queries_of_one = await queries_of_finding_and_moving(connection)
        for _ in range(3):
            await reported(desk)
        several, queries_of_several = await queries_of_finding_and_moving(connection)

    assert (one, several) == (1, 4)
    assert queries_of_several == queries_of_one


async def test_a_case_that_is_opened_in_the_same_second_goes_by_the_new_edition(desk: Desk, district: District) -> None:
    await reported(desk)
    await publish(desk, without_property(district), reassign=True)

    ticket = await reported(desk)

    assert (await desk.case(ticket)).unit == "chunhe-committee"


@pytest.mark.long
async def test_an_act_in_the_same_second_brings_nothing_to_a_unit_that_another_process_has_just_retired(
    desk: Desk, district: District, config: Config
) -> None:
    ticket = await desk.residents.report("东门外汽车堵住了消防通道", place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    dispatcher = await member_of_district(desk.routing, "grid-dispatcher-2")
    assert dispatcher is not None
    asked = Asked(member=dispatcher, case_id=ticket, key="1")

    other = await open_service(desk.routing.runtime.ground, config)
    await publish_district(other, without_property(district), file_sha256="0" * 64)
    await other.runtime.stop()

    # The clock stands still, so that what this process knew is of this very second.
    with pytest.raises(UnitUnknownError):
        await transfer(desk.routing, asked, to_unit="chunhe-property", reason="")
    assert (await desk.case(ticket)).unit == "chunhe-committee"


def with_another_grid() -> District:
    """The grid is another unit, of the same people, and the property office is no more."""
    text = re.sub(r"\bxinhe-grid\b(?!-)", "xinhe-grid-b", PILOT.read_text(encoding="utf-8"))
    read = read_district(text.encode(), today=date(2026, 6, 1))
    assert read.district is not None
    return without_property(read.district)


async def test_who_is_awaited_is_replaced_in_the_same_act_and_nobody_asks_anew(desk: Desk) -> None:
    staff = await staff_of(desk.routing)
    late, boxed_in, over, back = [
        await desk.residents.report(text, place=place, at=NOW, category="public-order")
        for text, place in (
            (FIRE_LANE, EAST_GATE),
            (BOXED_IN, "XMHYAPX7"),
            (FIRE_LANE, EAST_GATE),
            (BOXED_IN, "XMHYAPX7"),
        )
    ]
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("committee-member-1") as member:
        for ticket in (late, boxed_in, over, back):
            await desk.case_once(ticket, Status.ASSIGNED)
            await lead.act(ticket, "accept")
        await lead.act(late, "extend", working_days="3", reason="等拖车")
        await lead.act(back, "return", reason="要网格来协调")
        await lead.act(boxed_in, "resolve", note="划了禁停区")
        await lead.act(over, "resolve", note="车已挪走")
        await member.act(over, "verify-pass", note="现场畅通")
        await member.act(over, "close")
    [sign] = [each.id for each in (await desk.case(over)).follow_ups.values() if each.unit == "chunhe-property"]

    expected = [
        (late, Why.OTHER_ANSWERER, "xinhe-grid", "xinhe-grid-b", "chunhe-committee"),
        (boxed_in, Why.OTHER_VERIFIER, "xinhe-grid", "xinhe-grid-b", ""),
        (over, Why.FOLLOW_UP_UNIT_GONE, "chunhe-property", "chunhe-committee", str(sign)),
        (back, Why.TOLD_UNIT_GONE, "xinhe-grid", "xinhe-grid-b", ""),
    ]
    compared = await compare_district(desk.routing, with_another_grid())
    done = await publish(desk, with_another_grid(), reassign=True)

    for told in (compared.stranded, done.moved):
        assert [(each.case_id, each.why, each.unit, each.to_unit, each.of) for each in told] == expected
    assert (await compare_district(desk.routing, with_another_grid())).stranded == ()
    async with staff.at_desk("grid-dispatcher-1") as grid:
        waits = (await grid.get("/desk?show=waiting")).text
        granted = await grid.act(late, "extend-grant")
        way = await grid.page_of(boxed_in)
        desk.clock.advance(timedelta(minutes=31))
        verified = await grid.act(boxed_in, "verify-pass", note="进出顺畅")
    assert all(each in waits for each in (FIRE_LANE, BOXED_IN))
    assert (granted.status_code, verified.status_code) == (303, 303)
    assert "辖区调整，改由新禾第一综合网格工作站核查" in way
    assert (await desk.case(boxed_in)).status is Status.VERIFIED
    assert (await desk.case(over)).follow_ups[sign].unit == "chunhe-committee"
    assert ((await desk.case(back)).unit, (await desk.case(back)).status) == ("xinhe-grid-b", Status.ASSIGNED)


@dataclass(frozen=True, slots=True)
class Asking(Keyring):
    """Asks, whenever an act seals its words, whether an edition could be published meanwhile."""

    pool: Pool = field(kw_only=True)
    could: list[bool] = field(default_factory=list)

    async def key_of(self, connection: Connection, person: str) -> PersonKey | Forgotten:
        own = "SELECT pg_try_advisory_xact_lock(hashtext('district of ' || current_schema()))"
        self.could.append(await self.pool.fetchval(own))
        return await Keyring.key_of(self, connection, person)


@pytest.mark.long
async def test_no_edition_is_published_until_an_act_that_brings_work_to_a_unit_is_done(desk: Desk) -> None:
    ticket = await desk.residents.report("东门外汽车堵住了消防通道", place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    lead, dispatcher = [
        await member_of_district(desk.routing, person) for person in ("committee-lead-1", "grid-dispatcher-2")
    ]
    assert lead is not None
    assert dispatcher is not None
    asked = Asked(member=dispatcher, case_id=ticket, key="1")
    asking = Asking(desk.routing.keyring.platform_key, pool=desk.routing.runtime.pool)
    service = replace(desk.routing, keyring=asking)

    await return_case(service, replace(asked, member=lead), reason="要网格协调")
    await transfer(service, asked, to_unit="chunhe-property", reason="归物业办")

    assert asking.could == [False, False]
    assert (await desk.case(ticket)).unit == "chunhe-property"


@pytest.mark.long
async def test_work_done_in_the_second_of_an_edition_waits_for_no_verifier_that_has_just_gone(
    desk: Desk, config: Config
) -> None:
    ticket = await desk.residents.report(BOXED_IN, place="XMHYAPX7", at=NOW, category="public-order")
    await desk.case_once(ticket, Status.ASSIGNED)
    lead = await member_of_district(desk.routing, "committee-lead-1")
    assert lead is not None
    asked = Asked(member=lead, case_id=ticket, key="1")
    await accept(desk.routing, asked)
    asking = Asking(desk.routing.keyring.platform_key, pool=desk.routing.runtime.pool)

    other = await open_service(desk.routing.runtime.ground, config)
    await publish_district(other, with_another_grid(), file_sha256="0" * 64)
    await other.runtime.stop()
    # The clock stands still, so that what this process knew is of this very second.
    known = await desk.routing.rulebooks.current()
    await resolve(replace(desk.routing, keyring=asking), replace(asked, key="2"), note="划了禁停区")

    assert not known.units.by_id["xinhe-grid"].retired
    assert (await desk.case(ticket)).verifier == "xinhe-grid-b"
    # First as if nobody were to verify it, then with the district held.
    assert asking.could == [True, False]


async def test_of_two_editions_published_at_once_the_second_is_refused(desk: Desk, district: District) -> None:
    others = [
        district.model_copy(update={"places": tuple(each for each in district.places if each.code != code)})
        for code in ("XMHYAPX7", "YJV64WK8")
    ]

    outcomes = await asyncio.gather(*(publish(desk, other, expected=1) for other in others), return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} == {EditionChangedError, Published}
    assert (await compare_district(desk.routing, district)).edition == 2


async def test_a_dispute_of_work_whose_unit_has_gone_finds_its_heir(desk: Desk, district: District) -> None:
    ticket = await reported(desk)
    staff = await staff_of(desk.routing)
    async with staff.at_desk("property-duty-1") as duty, staff.at_desk("property-manager") as manager:
        await duty.act(ticket, "accept")
        await duty.act(ticket, "resolve", note="换了水管")
        await manager.act(ticket, "verify-pass")
        await manager.act(ticket, "close")
    await publish(desk, without_property(district))

    await desk.residents.dispute(ticket, "又漏了", at=NOW)

    async def is_moved() -> bool:
        return (await desk.case(ticket)).unit == "chunhe-committee"

    await eventually(is_moved)
    assert (await desk.case(ticket)).status is Status.ASSIGNED
