"""并案: two residents tell of one trouble; it is worked on once, and each of them sees it through to the end."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import pytest_asyncio

from services.routing.domain.case import Status
from services.routing.domain.errors.merging import MasterItselfError, MergeTargetError
from services.routing.handlers.accounts import member_of_district
from services.routing.handlers.acts import add_note
from services.routing.handlers.merging import merge
from services.routing.handlers.performing import Asked
from shared.testing.waiting import eventually
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import Browser, Staff, staff_of

FIRST, SECOND = "东门外消防通道被几辆车堵住了", "车把消防通道堵了，没人管"


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def reported(desk: Desk, words: str) -> UUID:
    ticket = await desk.residents.report(words, place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    return ticket


async def merged(desk: Desk, lead: Browser) -> tuple[UUID, UUID]:
    master, duplicate = await reported(desk, FIRST), await reported(desk, SECOND)
    await lead.act(master, "accept")
    number = (await desk.case(master)).matter.number
    answer = await lead.act(duplicate, "merge", into=f" {number[:4]} {number[4:]}")
    assert answer.status_code == 303, answer.text
    return master, duplicate


async def test_one_is_worked_on_the_other_leaves_the_inbox_and_both_end_together(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("committee-lead-2") as colleague:
        master, duplicate = await merged(desk, lead)
        inbox = (await lead.get("/desk")).text
        by_number = (await lead.get(f"/desk?number={(await desk.case(duplicate)).matter.number}")).text
        page, followers_page = await lead.page_of(master), await lead.page_of(duplicate)
        refused = await lead.client.post(
            f"/desk/cases/{duplicate}/accept", data={"form_token": str(uuid4()), "version": "3"}
        )
        await lead.act(master, "resolve", note="已清理")
        await colleague.act(master, "verify-pass")
        await colleague.act(master, "close")
        followers_end = await lead.page_of(duplicate)

    assert (f"/desk/cases/{master}" in inbox, f"/desk/cases/{duplicate}" in inbox) == (True, False)
    assert "合并 1 件" in inbox
    assert (f"/desk/cases/{duplicate}" in by_number, "随主单办理" in by_number) == (True, True)
    assert SECOND in page
    assert f"/desk/cases/{master}" in followers_page
    assert 'id="action-accept"' not in followers_page
    assert refused.status_code == 409
    assert (await desk.types(duplicate))[2:] == ["CaseMerged", "CaseResolved", "VerificationPassed", "CaseClosed"]
    assert (await desk.types(master))[2:4] == ["CaseAccepted", "CaseJoined"]
    assert "结单" in followers_end


async def test_who_may_merge_is_offered_the_open_cases_of_the_same_place(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead:
        first, second = await reported(desk, FIRST), await reported(desk, SECOND)
        elsewhere = await desk.residents.report("楼道灯不亮", place="XMHYAPX7", at=NOW)
        await desk.case_once(elsewhere, Status.ASSIGNED)
        before = await lead.page_of(second)
        await lead.act(second, "merge", into=(await desk.case(first)).matter.number)
        after = await lead.page_of(first)

    assert f'<option value="{(await desk.case(first)).matter.number}">{FIRST}</option>' in before
    assert str(elsewhere) not in before
    assert '<option value="' + (await desk.case(second)).matter.number not in after


async def test_the_word_of_either_reporter_reopens_both(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("committee-lead-2") as colleague:
        master, duplicate = await merged(desk, lead)
        await lead.act(master, "resolve", note="已清理")
        await colleague.act(master, "verify-pass")
        await desk.residents.dispute(duplicate, "还是堵着", at=desk.clock.now())

        async def is_open_again() -> bool:
            return (await desk.case(master)).status is Status.ASSIGNED

        await eventually(is_open_again)
        page = await lead.page_of(master)

    assert "还是堵着" in page
    assert "的反映人说未解决" in page
    assert (await desk.case(duplicate)).status is Status.MERGED


async def test_a_number_that_is_none_is_said_at_the_field_and_what_was_typed_stays(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead:
        case = await reported(desk, FIRST)
        own = (await desk.case(case)).matter.number
        unknown = await lead.act(case, "merge", into="123")
        itself = await lead.act(case, "merge", into=own)

    assert (unknown.status_code, itself.status_code) == (422, 422)
    assert 'value="123"' in unknown.text or ">123<" in unknown.text
    assert await desk.types(case) == ["CaseOpened", "CaseAssigned"]


async def test_a_program_merges_by_number_once_and_reads_who_follows_whom(staff: Staff, desk: Desk) -> None:
    master, duplicate = await reported(desk, FIRST), await reported(desk, SECOND)
    number = (await desk.case(master)).matter.number
    key = {"idempotency-key": str(uuid4()), "if-match": "*"}
    async with staff.programme("committee-lead-1") as client:
        first = await client.post(f"/cases/{duplicate}/merge", headers=key, json={"into": number})
        again = await client.post(f"/cases/{duplicate}/merge", headers=key, json={"into": number})
        case, follower = [(await client.get(f"/cases/{each}")).json() for each in (master, duplicate)]
        [listed] = (await client.get("/cases")).json()["cases"]
        wrong = {"idempotency-key": str(uuid4()), "if-match": "*"}
        none = await client.post(f"/cases/{master}/merge", headers=wrong, json={"into": "nothing"})

    assert (first.status_code, again.status_code, none.status_code) == (204, 204, 422)
    assert (case["duplicates"], case["master"]) == ([str(duplicate)], None)
    assert (follower["status"], follower["master"], follower["acts"]) == ("merged", str(master), ["note"])
    assert (listed["id"], listed["duplicates"]) == (str(master), 1)
    assert none.json()["errors"][0]["field"] == "into"


async def reporter_withdrew(desk: Desk, case_id: UUID) -> bool:
    return (await desk.case(case_id)).reporter_withdrew


async def is_over(desk: Desk, case_id: UUID) -> bool:
    return (await desk.case(case_id)).is_withdrawn


async def test_the_masters_reporter_withdraws_and_who_follows_still_gets_it_done(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("committee-lead-2") as colleague:
        master, duplicate = await merged(desk, lead)
        await desk.residents.withdraw(master, at=desk.clock.now(), words="我搬走了")
        await eventually(lambda: reporter_withdrew(desk, master))
        page = await lead.page_of(master)
        await lead.act(master, "resolve", note="已清理")
        await colleague.act(master, "verify-pass")
        await colleague.act(master, "close")

    assert "还有并入的反映人在等" in page
    assert "我搬走了" in page
    assert (await desk.types(duplicate))[-1] == "CaseClosed"


async def test_when_both_reporters_withdraw_nobody_need_do_anything_any_more(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead:
        master, duplicate = await merged(desk, lead)
        await desk.residents.withdraw(master, at=desk.clock.now())
        await eventually(lambda: reporter_withdrew(desk, master))
        await desk.residents.withdraw(duplicate, at=desk.clock.now())
        await eventually(lambda: is_over(desk, master))
        inbox, page = (await lead.get("/desk")).text, await lead.page_of(master)

    assert f"/desk/cases/{master}" not in inbox
    assert "反映人已撤回，不用再处置" in page
    assert 'id="action-resolve"' not in page
    assert (await desk.types(master))[-3:] == ["ReporterWithdrew", "CaseLeft", "CaseWithdrawn"]
    assert (await desk.types(duplicate))[-1] == "CaseWithdrawn"


async def test_a_second_trouble_is_said_by_hand_once_and_shown_on_either_case(staff: Staff, desk: Desk) -> None:
    case = await reported(desk, FIRST)
    async with staff.at_desk("committee-lead-1") as lead, staff.programme("committee-lead-1") as client:
        empty = await lead.act(case, "split", other="", category="")
        nothing = await lead.act(case, "split", other="楼道灯不亮", category="no-such")
        key = {"idempotency-key": str(uuid4()), "if-match": "*"}
        answers = [
            await client.post(f"/cases/{case}/split", headers=key, json={"words": "楼道灯不亮"}) for _ in range(2)
        ]
        [other] = (await client.get(f"/cases/{case}")).json()["split_off"]
        opened = await desk.residents.report_split(case, UUID(other), "楼道灯不亮", place=EAST_GATE, at=NOW)
        await desk.case_once(opened, Status.ASSIGNED)
        page, others_page = await lead.page_of(case), await lead.page_of(opened)

    assert (empty.status_code, nothing.status_code) == (422, 422)
    assert "楼道灯不亮" in nothing.text
    assert [answer.status_code for answer in answers] == [204, 204]
    assert await desk.types(case) == ["CaseOpened", "CaseAssigned", "CaseSplit"]
    assert f"/desk/cases/{opened}" in page
    assert f"/desk/cases/{case}" in others_page


async def test_who_works_on_the_master_calls_the_reporter_of_what_follows_it(staff: Staff, desk: Desk) -> None:
    duplicate = await reported(desk, FIRST)
    master = await reported(desk, "卫生间天花板漏水")
    number = (await desk.case(master)).matter.number

    def once() -> dict[str, str]:
        return {"idempotency-key": str(uuid4()), "if-match": "*"}

    async with (
        staff.programme("grid-dispatcher-1") as dispatcher,
        staff.programme("property-manager") as works_on_it,
        staff.programme("committee-lead-2") as had_it,
    ):
        before = await works_on_it.post(f"/cases/{duplicate}/contact", headers=once())
        await dispatcher.post(f"/cases/{duplicate}/merge", headers=once(), json={"into": number})
        answers = [
            await client.post(f"/cases/{duplicate}/contact", headers=once())
            for client in (works_on_it, had_it, dispatcher)
        ]

    assert (await desk.case(master)).unit == "chunhe-property"
    assert (before.status_code, [each.status_code for each in answers]) == (404, [200, 403, 200])
    assert (await desk.types(duplicate))[-3:] == ["CaseMerged", "ContactRevealed", "ContactRevealed"]


async def test_of_two_that_are_merged_into_each_other_at_once_one_follows_and_acts_meanwhile_are_all_kept(
    desk: Desk,
) -> None:
    cases = [await reported(desk, FIRST), await reported(desk, SECOND)]
    numbers = [(await desk.case(each)).matter.number for each in cases]
    dispatcher = await member_of_district(desk.routing, "grid-dispatcher-1")
    assert dispatcher is not None
    asked = [Asked(member=dispatcher, case_id=each, key=str(each)) for each in cases]
    noting = [replace(each, key=f"{each.key}-{times}") for each in asked for times in range(6)]

    outcomes = await asyncio.gather(
        *(merge(desk.routing, each, into=number) for each, number in zip(asked, reversed(numbers), strict=True)),
        *(add_note(desk.routing, each, note="已到现场") for each in noting),
        return_exceptions=True,
    )

    masters = [(await desk.case(each)).master for each in cases]
    stays = masters.index(None)
    assert masters[1 - stays] == cases[stays]
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert refused == [outcomes[stays]]
    assert isinstance(outcomes[stays], MasterItselfError | MergeTargetError)
    assert [(await desk.types(each)).count("CaseNoted") for each in cases] == [6, 6]
