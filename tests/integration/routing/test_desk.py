"""The desk refuses what it must: strangers, guessed ids, other units, forged forms, words and files that are none."""

import asyncio
import io
import re
from datetime import timedelta
from html import unescape
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from PIL import Image

from services.routing.domain.case import Status
from services.routing.domain.district import District
from services.routing.handlers.accounts import UnknownAccountError, reissue_password
from services.routing.handlers.district import publish_district
from shared.contracts.directory import Role
from shared.testing.waiting import eventually
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import OWN_PASSWORD, Staff, hidden_in, staff_of

NORTH_GATE = "5C2W9GQC"
FIRE_LANE = "消防通道被堵住了"
PHONE = "+8610000000999"
MASKED = "100****0999"


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def fire_lane(desk: Desk) -> UUID:
    ticket = await desk.residents.report(FIRE_LANE, place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    return ticket


async def test_without_a_session_every_page_leads_to_the_door_and_back(staff: Staff) -> None:
    async with staff.browser() as browser:
        response = await browser.get("/desk?show=closed")

    assert response.status_code == 303
    assert response.headers["location"] == "/desk/sign-in?next=%2Fdesk%3Fshow%3Dclosed"


async def test_a_first_use_password_opens_nothing_but_the_page_that_changes_it(staff: Staff) -> None:
    async with staff.browser() as browser:
        entered = await browser.sign_in("committee-lead-1", staff.passwords["committee-lead-1"])
        inbox = await browser.get("/desk")
        short = await browser.set_own_password("short")
        same = await browser.set_own_password(staff.passwords["committee-lead-1"])
        changed = await browser.set_own_password()
        after = await browser.get("/desk")

    assert entered.headers["location"] == "/desk/first-password"
    assert inbox.headers["location"] == "/desk/first-password"
    assert (short.status_code, same.status_code, changed.status_code, after.status_code) == (422, 422, 303, 200)
    assert "新密码不能和原来的一样" in same.text


async def test_who_came_by_a_messages_link_is_led_on_to_it_after_the_first_password_is_changed(staff: Staff) -> None:
    async with staff.browser() as browser:
        password, link = staff.passwords["committee-lead-1"], "/desk/cases/1?show=unit"
        entered = await browser.sign_in("committee-lead-1", password, next_address=link)
        page = (await browser.get(entered.headers["location"])).text
        own = {"password": OWN_PASSWORD, "password_again": OWN_PASSWORD, "next": hidden_in(page, "next")}
        changed = await browser.client.post("/desk/first-password", data=own)

    assert entered.headers["location"] == "/desk/first-password?next=%2Fdesk%2Fcases%2F1%3Fshow%3Dunit"
    assert changed.headers["location"] == link


@pytest.mark.parametrize("account", ["committee-lead-1", "nobody"])
async def test_a_wrong_password_and_an_unknown_account_are_told_alike(staff: Staff, account: str) -> None:
    async with staff.browser() as browser:
        response = await browser.sign_in(account, "not the password")

    assert response.status_code == 401
    assert "账号或密码不对" in response.text


async def test_an_account_is_closed_for_a_while_after_ten_failures(staff: Staff, desk: Desk) -> None:
    account = "committee-lead-2"
    async with staff.browser() as browser:
        for _ in range(10):
            await browser.sign_in(account, "a guess")
        refused = await browser.sign_in(account, staff.passwords[account])
        desk.clock.advance(timedelta(minutes=15))
        later = await browser.sign_in(account, staff.passwords[account])

    assert (refused.status_code, later.status_code) == (429, 303)


async def test_a_strangers_failures_do_not_shut_out_the_accounts_owner(staff: Staff) -> None:
    account = "committee-lead-2"
    async with staff.browser(address="198.51.100.7") as stranger, staff.browser() as owner:
        statuses = [(await stranger.sign_in(account, "a guess")).status_code for _ in range(11)]
        for _ in range(250):
            await stranger.sign_in(account, "a guess")
        entered = await owner.sign_in(account, staff.passwords[account])

    assert statuses == [401] * 10 + [429]
    assert entered.status_code == 303


async def test_of_many_guesses_at_once_no_more_are_looked_at_than_one_after_the_other(staff: Staff) -> None:
    async with staff.browser() as browser:
        answers = await asyncio.gather(*(browser.sign_in("committee-lead-2", "a guess") for _ in range(30)))

    assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * 20


async def test_who_signs_in_often_is_not_taken_for_one_who_guesses(staff: Staff) -> None:
    account = "committee-lead-2"
    async with staff.browser() as browser:
        statuses = {(await browser.sign_in(account, staff.passwords[account])).status_code for _ in range(12)}

    assert statuses == {303}


async def test_an_account_with_a_character_that_no_database_takes_is_simply_unknown(staff: Staff) -> None:
    async with staff.browser() as browser:
        page = await browser.sign_in("committee\0lead", "a guess")
        answer = await browser.client.post("/api/v1/cases/session", json={"account": "a\0b", "password": "a guess"})

    assert (page.status_code, answer.status_code) == (401, 422)


async def test_a_body_that_nobody_needs_is_not_read_to_its_end(staff: Staff) -> None:
    async with staff.browser() as browser:
        page = await browser.client.post("/desk/sign-in", data={"account": "a" * 100_000})
        answer = await browser.client.post("/api/v1/cases/session", json={"account": "a" * 100_000})

    assert (page.status_code, answer.status_code) == (413, 413)


async def test_an_open_desk_gives_nobody_a_new_password(staff: Staff) -> None:
    async with staff.at_desk("committee-lead-1") as found_open, staff.browser() as owner:
        shown = await found_open.get("/desk/first-password")
        changed = await found_open.set_own_password("taken over by me")
        entered = await owner.sign_in("committee-lead-1", staff.passwords["committee-lead-1"])

    assert (shown.headers["location"], changed.headers["location"]) == ("/desk", "/desk")
    assert entered.status_code == 303


async def test_a_reissued_password_ends_all_sessions_and_must_be_changed(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.browser() as browser:
        issued = await reissue_password(desk.routing, "committee-lead-1")
        shut_out = await lead.get("/desk")
        entered = await browser.sign_in("committee-lead-1", issued.password)

    assert shut_out.headers["location"].startswith("/desk/sign-in")
    assert entered.headers["location"] == "/desk/first-password"
    with pytest.raises(UnknownAccountError):
        await reissue_password(desk.routing, "nobody")


async def test_who_left_the_district_is_shut_out_at_once(staff: Staff, desk: Desk, district: District) -> None:
    people = tuple(each for each in district.people if each.id != "committee-member-1")
    async with staff.at_desk("committee-member-1") as member:
        await publish_district(desk.routing, district.model_copy(update={"people": people}), file_sha256="0" * 64)
        response = await member.get("/desk")

    assert response.headers["location"].startswith("/desk/sign-in")


async def test_the_door_never_leads_to_another_site(staff: Staff) -> None:
    async with staff.at_desk("committee-lead-1") as browser:
        for address in ("https://elsewhere.example", "//elsewhere.example", "/desk/../..//elsewhere.example", "/r/X"):
            response = await browser.sign_in("committee-lead-1", "four plain words here", next_address=address)

            assert response.headers["location"] == "/desk"


async def test_a_session_ends_when_one_signs_out_and_when_its_time_is_over(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as one, staff.at_desk("committee-lead-1") as other:
        await one.client.post("/desk/sign-out", data={"x": "y"})
        signed_out = await one.get("/desk")
        still_in = await other.get("/desk")
        desk.clock.advance(timedelta(hours=12))
        over = await other.get("/desk")

    assert (signed_out.status_code, still_in.status_code, over.status_code) == (303, 200, 303)


async def test_signed_out_everywhere_no_device_is_let_in_at_its_next_request(staff: Staff) -> None:
    async with (
        staff.at_desk("committee-lead-1") as one,
        staff.at_desk("committee-lead-1") as other,
        staff.programme("committee-lead-1") as client,
        staff.at_desk("committee-member-1") as colleague,
    ):
        before = [(await each.get("/desk")).status_code for each in (one, other, colleague)]
        await one.client.post("/desk/sign-out", data={"everywhere": "yes"})
        after = [(await each.get("/desk")).status_code for each in (one, other, colleague)]
        by_program = await client.get("/cases")

    assert (before, after) == ([200] * 3, [303, 303, 200])
    assert by_program.status_code == 401


async def test_a_session_that_another_process_has_ended_is_over_within_a_second(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as browser:
        before = await browser.get("/desk")
        await desk.routing.runtime.pool.execute("DELETE FROM sessions")
        desk.clock.advance(timedelta(seconds=1.001))
        after = await browser.get("/desk")

    assert (before.status_code, after.status_code) == (200, 303)


async def test_a_program_signs_out_everywhere_too(staff: Staff) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.programme("committee-lead-1") as client:
        ended = await client.delete("/cases/sessions")
        after = [(await lead.get("/desk")).status_code, (await client.get("/cases")).status_code]

    assert (ended.status_code, after) == (204, [303, 401])


async def test_who_leaves_the_district_or_changes_role_is_so_at_their_next_request(
    staff: Staff, desk: Desk, district: District
) -> None:
    ticket = await fire_lane(desk)
    changed = [
        each.model_copy(update={"role": Role.AUDITOR}) if each.id == "grid-dispatcher-1" else each
        for each in district.people
        if each.id != "committee-member-1"
    ]
    async with staff.at_desk("committee-member-1") as leaver, staff.at_desk("grid-dispatcher-1") as dispatcher:
        before = [(await each.get("/desk")).status_code for each in (leaver, dispatcher)]
        await publish_district(
            desk.routing, district.model_copy(update={"people": tuple(changed)}), file_sha256="0" * 64
        )
        left = await leaver.get("/desk")
        form = {"form_token": "x", "note": "已派人"}
        noted = await dispatcher.client.post(f"/desk/cases/{ticket}/note", data=form)
        page = await dispatcher.page_of(ticket)

    assert (before, left.status_code) == ([200, 200], 303)
    assert noted.status_code == 403
    assert "您的岗位不需要看到联系方式" in page


async def test_who_is_moved_to_another_unit_after_they_read_its_case_does_nothing_with_it_any_more(
    staff: Staff, desk: Desk, district: District
) -> None:
    ticket = await fire_lane(desk)
    moved = [
        each.model_copy(update={"unit": "chunhe-property"}) if each.id == "committee-lead-1" else each
        for each in district.people
    ]
    async with staff.at_desk("committee-lead-1") as lead:
        page = await lead.page_of(ticket)
        form = {name: hidden_in(page, name) for name in ("version", "form_token")}
        await publish_district(desk.routing, district.model_copy(update={"people": tuple(moved)}), file_sha256="0" * 64)
        accepted = await lead.client.post(f"/desk/cases/{ticket}/accept", data=form)

    assert accepted.status_code == 404
    assert (await desk.case(ticket)).status is Status.ASSIGNED


async def test_a_form_from_another_site_is_refused(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    async with staff.at_desk("committee-lead-1") as lead:
        form = {"version": "2", "form_token": "x"}
        response = await lead.client.post(
            f"/desk/cases/{ticket}/accept", data=form, headers={"sec-fetch-site": "cross-site"}
        )

    assert response.status_code == 403
    assert (await desk.case(ticket)).status is Status.ASSIGNED


async def test_a_case_of_another_unit_and_a_case_that_is_none_look_alike(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    async with staff.at_desk("property-duty-1") as property_duty:
        addresses = [f"/desk/cases/{ticket}", f"/desk/cases/{uuid4()}", "/desk/cases/none"]
        pages = [await property_duty.get(address) for address in addresses]
        inbox = await property_duty.get("/desk")
        acted = await property_duty.client.post(f"/desk/cases/{ticket}/accept", data={"form_token": "x"})

    assert [page.status_code for page in pages] == [404, 404, 404]
    assert all("不在您的单位和辖区之内" in page.text for page in pages)
    assert FIRE_LANE not in inbox.text
    assert acted.status_code == 404


async def test_the_phone_is_masked_and_shown_to_who_acts_or_coordinates_when_they_ask(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    async with (
        staff.at_desk("committee-member-1") as member,
        staff.at_desk("grid-dispatcher-1") as dispatcher,
        staff.at_desk("town-supervisor-1") as supervisor,
    ):
        pages = [await each.page_of(ticket) for each in (member, dispatcher, supervisor)]
        asked = [await each.act(ticket, "contact") for each in (member, dispatcher)]
        refused = [
            await supervisor.client.post(
                f"/desk/cases/{ticket}/{act}", data={"form_token": "x", "note": "催一下", "version": "2"}
            )
            for act in ("note", "contact")
        ]
        back = await member.get(f"/desk/cases/{ticket}/contact")
        # Typed before others looked at the contact, an act is as right as it was.
        accepted = await member.client.post(
            f"/desk/cases/{ticket}/accept",
            data={"form_token": "typed-before", "version": hidden_in(pages[0], "version")},
        )
        page = await member.page_of(ticket)

    assert [PHONE in page for page in pages] == [False, False, False]
    assert all(MASKED in page for page in pages)
    assert "您的岗位不需要看到联系方式" in pages[2]
    assert [(each.status_code, PHONE in each.text) for each in asked] == [(200, True), (200, True)]
    assert {each.headers["cache-control"] for each in asked} == {"no-store"}
    assert [each.status_code for each in refused] == [403, 403]
    assert (back.status_code, accepted.status_code) == (303, 303)
    assert PHONE not in page
    assert page.count("看了联系方式") == 2
    assert await desk.types(ticket) == ["CaseOpened", "CaseAssigned", *["ContactRevealed"] * 2, "CaseAccepted"]


async def test_words_of_who_was_forgotten_are_gone_from_inbox_and_page(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    await desk.residents.be_forgotten(ticket, at=NOW)
    pool = desk.routing.runtime.pool
    async with staff.at_desk("committee-lead-1") as lead:

        async def erased() -> bool:
            keys = await pool.fetchval("SELECT count(*) FROM keys WHERE state = 'erased'")
            return bool(keys and await pool.fetchval("SELECT count(*) FROM erasures"))

        await eventually(erased)
        inbox, page = (await lead.get("/desk")).text, await lead.page_of(ticket)
        noted = await lead.act(ticket, "note", note="居民已撤回")

    assert FIRE_LANE not in inbox + page
    assert PHONE not in page
    assert "内容已按反映人的要求删除" in page
    assert "已按反映人的要求删除其个人信息" in page
    assert "没有留联系方式" not in page
    assert noted.status_code == 303


async def test_a_case_is_returned_and_given_to_another_unit_by_the_grid(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("grid-dispatcher-1") as dispatcher:
        returned = await lead.act(ticket, "return", reason="要交警来处理")
        waiting = (await dispatcher.get("/desk?show=unassigned")).text
        nowhere = await dispatcher.act(ticket, "transfer", unit="no-such-unit", reason="请处置")
        given = await dispatcher.act(ticket, "transfer", unit="xinhe-police", reason="请处置")
        gone = await lead.get(f"/desk/cases/{ticket}")

    case = await desk.case(ticket)
    assert (returned.status_code, nowhere.status_code, given.status_code) == (303, 422, 303)
    assert FIRE_LANE in waiting
    assert (case.unit, case.status) == ("xinhe-police", Status.ASSIGNED)
    assert gone.status_code == 404


async def test_failed_verification_gives_rework_with_the_reason_and_a_fresh_clock(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("grid-dispatcher-1") as dispatcher:
        await lead.act(ticket, "accept")
        await lead.act(ticket, "resolve", note="已处理")
        desk.clock.advance(timedelta(hours=2))
        failed = await dispatcher.act(ticket, "verify-fail", reason="车还在")
        page = await lead.page_of(ticket)

    case = await desk.case(ticket)
    assert failed.status_code == 303
    assert case.status is Status.ACCEPTED
    assert case.resolve.deadline == NOW + timedelta(hours=26)
    assert "车还在" in page


async def test_who_is_outrun_is_told_so_beside_what_they_typed_and_may_send_it_again(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("committee-member-1") as member:
        seen = await lead.page_of(ticket)
        await member.act(ticket, "accept")
        form = {"version": hidden_in(seen, "version"), "form_token": "late", "reason": "不归我们管"}
        response = await lead.client.post(f"/desk/cases/{ticket}/return", data=form)
        status_before = (await desk.case(ticket)).status
        now = {"version": hidden_in(response.text, "version"), "form_token": hidden_in(response.text, "form_token")}
        again = await lead.client.post(f"/desk/cases/{ticket}/return", data=form | now)
        opened_anew = await lead.get(f"/desk/cases/{ticket}/return?show=unit")

    assert response.status_code == 409
    assert re.search(r"刚才有人先改了.*>\n不归我们管</textarea>", response.text, re.DOTALL)
    assert (status_before, again.status_code) == (Status.ACCEPTED, 303)
    assert opened_anew.headers["location"] == f"/desk/cases/{ticket}?show=unit"


async def test_words_for_what_the_case_does_not_allow_any_more_are_shown(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("committee-member-1") as member:
        await member.act(ticket, "accept")
        seen = await lead.page_of(ticket)
        await member.act(ticket, "resolve", note="车已挪走")
        form = {"version": hidden_in(seen, "version"), "form_token": "late", "note": "我请车主挪了车"}
        response = await lead.client.post(f"/desk/cases/{ticket}/resolve", data=form)
        lead.client.cookies.clear()
        signed_out = await lead.client.post(f"/desk/cases/{ticket}/note?show=unit", data=form)

    assert response.status_code == 409
    assert '<p class="words">我请车主挪了车</p>' in response.text
    assert signed_out.headers["location"].endswith(f"next=%2Fdesk%2Fcases%2F{ticket}%3Fshow%3Dunit")


async def test_a_key_used_for_another_act_is_refused(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    async with staff.at_desk("committee-lead-1") as lead:
        first = await lead.client.post(f"/desk/cases/{ticket}/note", data={"form_token": "k", "note": "一"})
        other = await lead.client.post(f"/desk/cases/{ticket}/note", data={"form_token": "k", "note": "二"})

    assert (first.status_code, other.status_code) == (303, 409)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("", "这一项要填写"),
        ("  \n ", "这一项要填写"),
        ("长" * 2001, "写得太长了"),
        ("有\x00控制符", "看不见的特殊字符"),
    ],
)
async def test_words_that_are_none_are_told_beside_the_field(staff: Staff, desk: Desk, reason: str, said: str) -> None:
    ticket = await fire_lane(desk)
    async with staff.at_desk("committee-lead-1") as lead:
        response = await lead.act(ticket, "return", reason=reason)

    assert response.status_code == 422
    assert said in response.text
    assert (await desk.case(ticket)).status is Status.ASSIGNED


def photo(colour: str) -> bytes:
    drawn = io.BytesIO()
    picture = Image.new("RGB", (40, 30), colour)
    exif = picture.getexif()
    exif[0x010F] = "CANARY CAMERA"
    picture.save(drawn, "JPEG", exif=exif)
    return drawn.getvalue()


async def test_evidence_is_kept_without_its_camera_and_shown_to_who_sees_the_case(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("property-duty-1") as stranger:
        await lead.act(ticket, "accept")
        page = await lead.page_of(ticket)
        form = {"version": hidden_in(page, "version"), "form_token": "p", "note": "已挪车"}
        files = {"photos": ("after.jpg", photo("green"), "image/jpeg")}
        resolved = await lead.client.post(f"/desk/cases/{ticket}/resolve", data=form, files=files)
        address = (await lead.page_of(ticket)).split('<img src="')[1].split('"')[0]
        shown, hidden = await lead.get(address), await stranger.get(address)
        none = await lead.get(f"/desk/cases/{ticket}/photos/{'0' * 64}")

    assert resolved.status_code == 303, resolved.text
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert b"CANARY" not in shown.content
    assert (hidden.status_code, none.status_code) == (404, 404)


async def test_evidence_of_an_act_that_is_refused_is_not_kept(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    async with staff.at_desk("committee-lead-1") as lead:
        form = {"version": "1", "form_token": "p", "note": "已挪车"}
        files = {"photos": ("after.jpg", photo("red"), "image/jpeg")}
        refused = await lead.client.post(f"/desk/cases/{ticket}/resolve", data=form, files=files)

    [kept_before] = {each.attachment.id for each in [await desk.routing.photos.redrawn(photo("red"))]}
    assert refused.status_code == 409
    assert await desk.routing.photos.evidence_content(kept_before) is None


async def test_a_file_that_is_no_photo_is_told_beside_the_field_and_the_words_stay(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    async with staff.at_desk("committee-lead-1") as lead:
        await lead.act(ticket, "accept")
        form = {"version": "3", "form_token": "p", "note": "已挪车，见照片"}
        files = {"photos": ("after.jpg", b"no photo at all", "image/jpeg")}
        response = await lead.client.post(f"/desk/cases/{ticket}/resolve", data=form, files=files)

    assert response.status_code == 422
    assert "不是照片" in response.text
    assert "已挪车，见照片" in response.text
    assert (await desk.case(ticket)).status is Status.ACCEPTED


async def test_totals_are_exact_and_pages_lie_within_them(staff: Staff, desk: Desk) -> None:
    tickets = [
        await desk.residents.report(f"第{number}件", place=EAST_GATE, at=NOW + timedelta(minutes=number))
        for number in range(27)
    ]
    for ticket in tickets:
        await desk.case_once(ticket, Status.ASSIGNED)

    async with staff.at_desk("committee-lead-1") as lead:
        first = (await lead.get("/desk")).text
        onward = re.search(r'rel="next" href="([^"]+)"', first)
        second = (await lead.get(unescape(onward[1]))).text if onward else ""
        back = re.search(r'rel="prev" href="([^"]+)"', second)
        before = (await lead.get(unescape(back[1]))).text if back else ""
    async with staff.at_desk("grid-dispatcher-1") as dispatcher:
        at_once = (await dispatcher.get("/desk?show=area")).text

    assert "共 27 件" in first
    assert at_once.count('class="row-link"') == 27
    assert [each.count('class="row-link"') for each in (first, second, before)] == [25, 2, 25]
    assert "第 26–27 件，共 27 件" in second
    assert first.index("第0件") < first.index("第1件") < first.index("第2件")


async def test_words_of_a_report_are_found_within_what_one_sees(staff: Staff, desk: Desk) -> None:
    await fire_lane(desk)
    sofa = await desk.residents.report("亭子旁堆着旧沙发 SOFA", place=EAST_GATE, at=NOW)
    await desk.case_once(sofa, Status.ASSIGNED)

    async with staff.at_desk("grid-dispatcher-1") as dispatcher:
        found = (await dispatcher.get("/desk?show=area&words=旧沙发 sofa")).text
        none = (await dispatcher.get("/desk?show=area&words=鸽子")).text

    assert "共 1 件" in found
    assert re.findall(r'data-case="([^"]+)"', found) == [str(sofa)]
    assert "共 0 件" in none


async def test_a_case_keeps_the_list_that_one_came_from_beside_it_through_an_act(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    other = await desk.residents.report(FIRE_LANE, place=NORTH_GATE, at=NOW)
    await desk.case_once(other, Status.ASSIGNED)

    async with staff.at_desk("committee-lead-1") as lead:
        beside = (await lead.get(f"/desk/cases/{ticket}?show=unit&urgent=yes&junk=1")).text
        action = re.search(rf'action="(/desk/cases/{ticket}/accept[^"]*)"', beside)
        hidden = {"version": hidden_in(beside, "version"), "form_token": hidden_in(beside, "form_token")}
        done = await lead.client.post(unescape(action[1]) if action else "", data=hidden)
        alone = await lead.page_of(ticket)

    assert f'href="/desk/cases/{other}?show=unit&amp;urgent=yes"' in beside
    assert done.headers["location"] == f"/desk/cases/{ticket}?show=unit&urgent=yes#done"
    assert str(other) not in alone
