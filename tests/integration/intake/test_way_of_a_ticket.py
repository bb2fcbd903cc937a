"""A ticket's way at the front door: reported, followed by its link, rated once, disputed while the fix is fresh."""

import re
from datetime import timedelta
from uuid import UUID

from services.intake.domain.number import is_ticket_number
from shared.contracts.envelope import Attachment, Event
from shared.contracts.intake import Link, TicketOpened
from shared.contracts.routing import (
    CaseAccepted,
    CaseAssigned,
    CaseClosed,
    CaseReopened,
    CaseResolved,
    CaseSplit,
    Deadlines,
    FollowUpRecurred,
    Matter,
    RuleTrace,
    VerificationFailed,
    VerificationPassed,
)
from shared.testing.waiting import eventually
from tests.integration.intake.conftest import NOW, PHONE, Door, a_matter

TRACE = RuleTrace(rule="default", directory_version=1)


def closed_case(ticket_id: str) -> list[Event]:
    """Everything from assignment to closing, ten minutes each."""
    case_id = UUID(ticket_id)
    at = [NOW + timedelta(minutes=10 * step) for step in range(5)]
    return [
        CaseAssigned(at=at[0], case_id=case_id, unit="committee", matter=a_matter(), trace=TRACE,
                     deadlines=Deadlines(resolve_by=NOW + timedelta(hours=2))),
        CaseAccepted(at=at[1], case_id=case_id, unit="committee"),
        CaseResolved(at=at[2], case_id=case_id, unit="committee"),
        VerificationPassed(at=at[3], case_id=case_id),
        CaseClosed(at=at[4], case_id=case_id, unit="committee", matter=a_matter()),
    ]  # fmt: skip


def hidden(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]+)"', page)
    assert found is not None
    return found[1]


async def form_of(door: Door, path: str) -> dict[str, str]:
    """The hidden fields of a page's forms, as a browser sends them."""
    page = (await door.http.get(path)).text
    return {name: hidden(page, name) for name in ("csrf_token", "form_token")}


async def test_a_report_becomes_a_ticket_with_a_number_and_a_link(door: Door) -> None:
    created = await door.report(phone=PHONE, name="三号楼居民", category="order")

    assert await door.events_of(created["id"]) == ["TicketOpened"]
    assert is_ticket_number(created["number"])
    assert created["status"] == "reported"
    assert re.fullmatch(r"http://yima\.test/t/[\w-]{43}", created["status_url"])


async def test_the_ticket_reaches_its_topic_and_the_reporters_key_the_keys_topic(door: Door) -> None:
    await door.report(phone=PHONE)

    async def sent() -> bool:
        left = await door.intake.runtime.pool.fetchval(
            "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM outbox_states)"
        )
        return int(left) == 0

    await eventually(sent)


async def test_the_same_phone_is_the_same_person_and_key(door: Door) -> None:
    await door.report(phone=PHONE)
    await door.report(phone=f"+86 {PHONE}")

    people = await door.intake.runtime.pool.fetch("SELECT DISTINCT data->>'reporter' FROM events")
    assert len(people) == 1
    assert await door.intake.runtime.pool.fetchval("SELECT count(*) FROM keys") == 1


async def test_a_phone_that_another_process_has_met_is_found_again(door: Door) -> None:
    await door.report(phone=PHONE)
    door.clock.advance(timedelta(hours=1))

    await door.report(phone=PHONE)

    people = await door.intake.runtime.pool.fetch("SELECT DISTINCT data->>'reporter' FROM events")
    assert len(people) == 1


async def test_who_leaves_no_phone_is_somebody_new_each_time(door: Door) -> None:
    await door.report()
    await door.report()

    assert await door.intake.runtime.pool.fetchval("SELECT count(*) FROM keys") == 2


async def test_the_status_page_tells_each_step_in_the_readers_language(door: Door) -> None:
    created = await door.report(text="东门外消防通道被堵")
    path = created["status_url"].removeprefix("http://yima.test")
    await door.told(created["id"], *closed_case(created["id"])[:2])

    chinese = (await door.http.get(path)).text
    english = (await door.http.get(path, headers={"accept-language": "en"})).text

    assert "居委会已接单，正在处理" in chinese
    assert "东门外消防通道被堵" in chinese
    assert "Residents&#39; committee" in english


async def test_a_closed_ticket_takes_one_rating(door: Door) -> None:
    created = await door.report()
    path = created["status_url"].removeprefix("http://yima.test")
    await door.told(created["id"], *closed_case(created["id"]))

    form = await form_of(door, path) | {"rating": "satisfied", "rating_words": "很快"}
    first = await door.http.post(f"{path}/rating", data=form)
    page = await door.http.get(path)
    again = await door.http.post(f"{path}/rating", data=form | await form_of(door, path))

    assert (first.status_code, first.headers["location"]) == (303, path)
    assert "谢谢您的评价" in page.text
    assert again.status_code == 409
    assert await door.events_of(created["id"]) == ["TicketOpened", "TicketRated"]


async def test_the_same_form_sent_twice_counts_once(door: Door) -> None:
    created = await door.report()
    path = created["status_url"].removeprefix("http://yima.test")
    await door.told(created["id"], *closed_case(created["id"]))
    form = await form_of(door, path) | {"rating": "so_so"}

    first = await door.http.post(f"{path}/rating", data=form)
    second = await door.http.post(f"{path}/rating", data=form)

    assert (first.status_code, second.status_code) == (303, 303)
    assert await door.events_of(created["id"]) == ["TicketOpened", "TicketRated"]


async def test_not_fixed_goes_out_with_the_reporters_words(door: Door) -> None:
    created = await door.report()
    path = created["status_url"].removeprefix("http://yima.test")
    await door.told(created["id"], *closed_case(created["id"]))
    door.clock.advance(timedelta(hours=3))

    form = await form_of(door, path) | {"dispute_words": "车还在"}
    response = await door.http.post(f"{path}/not-fixed", data=form)
    page = await door.http.get(path)

    assert response.status_code == 303
    assert "您的话正在转给处理的人" in page.text
    assert f"{path}/not-fixed" not in page.text
    assert await door.events_of(created["id"]) == ["TicketOpened", "FixDisputed"]


async def test_who_withdraws_is_asked_nothing_more_whatever_is_done_for_others(door: Door) -> None:
    created = await door.report()
    path = created["status_url"].removeprefix("http://yima.test")
    await door.told(created["id"], *closed_case(created["id"])[:1])
    door.clock.advance(timedelta(minutes=1))

    form = await form_of(door, path) | {"withdraw_words": "已经开走了"}
    first = await door.http.post(f"{path}/withdrawal", data=form)
    second = await door.http.post(f"{path}/withdrawal", data=form)
    door.clock.advance(timedelta(hours=3))
    page = (await door.http.get(path)).text
    again = await door.http.post(f"{path}/withdrawal", data=await form_of(door, "/r/GATE"))

    assert (first.status_code, second.status_code, again.status_code) == (303, 303, 409)
    assert "您已撤回" in page
    assert "已经撤回，处理的人会收到通知" in page
    assert f"{path}/withdrawal" not in page
    assert await door.events_of(created["id"]) == ["TicketOpened", "TicketWithdrawn"]


async def opened_event(door: Door, ticket_id: UUID) -> TicketOpened:
    query = "SELECT data FROM events WHERE stream = $1 AND version = 1"
    return TicketOpened.model_validate_json(
        await door.intake.runtime.pool.fetchval(query, f"ticket-{ticket_id}"), strict=False
    )


async def test_a_second_trouble_is_a_ticket_of_its_own_of_the_same_reporter(door: Door) -> None:
    created = await door.report(phone=PHONE)
    path = created["status_url"].removeprefix("http://yima.test")
    first, second = UUID(created["id"]), UUID(int=77)
    words = (await opened_event(door, first)).text
    split = CaseSplit(at=NOW, case_id=first, other=second, unit="committee", by="p1", words=words)
    await door.routing.publish(f"case-{first}", split)

    async def is_split() -> bool:
        return await door.events_of(created["id"]) == ["TicketOpened", "TicketSplit"]

    await eventually(is_split)
    original, opened = await opened_event(door, first), await opened_event(door, second)
    other = f"/t/{door.intake.tracking_token(second)}"
    page, others_page = (await door.http.get(path)).text, (await door.http.get(other)).text

    assert (opened.split_from, opened.split_from_number) == (first, created["number"])
    assert (opened.reporter, opened.contact, opened.place) == (original.reporter, original.contact, original.place)
    assert (opened.text, opened.category, is_ticket_number(opened.number)) == (words, None, True)
    assert other in page
    assert path in others_page


async def test_what_a_follow_up_found_back_is_a_ticket_of_the_same_reporter_with_what_was_seen(door: Door) -> None:
    created = await door.report(phone=PHONE)
    path = created["status_url"].removeprefix("http://yima.test")
    first, again = UUID(created["id"]), UUID(int=78)
    original = await opened_event(door, first)
    seen = Attachment(id="0" * 64, media_type="image/jpeg", size_bytes=1, sha256="0" * 64)
    matter = Matter(
        number=created["number"],
        place=original.place,
        area="estate",
        category="order",
        reporter=original.reporter,
        tracking_token=original.tracking_token,
    )
    recurred = FollowUpRecurred(
        at=NOW,
        case_id=first,
        follow_up=UUID(int=1),
        occurrence=1,
        unit="property",
        other=again,
        by="p1",
        words=original.text,
        evidence=(seen,),
        matter=matter,
    )
    await door.routing.publish(f"case-{first}", recurred)

    async def is_opened() -> bool:
        return await door.events_of(created["id"]) == ["TicketOpened", "TicketSplit"]

    await eventually(is_opened)
    opened = await opened_event(door, again)
    page = (await door.http.get(path)).text

    assert (opened.split_from, opened.link, opened.category) == (first, Link.CAME_BACK, "order")
    assert (opened.reporter, opened.contact, opened.attachments) == (original.reporter, original.contact, (seen,))
    assert "同一问题的另一次反映" in page
    assert "您同一次反映的另一件事" not in page


async def test_after_rework_the_steps_to_come_are_shown_again(door: Door) -> None:
    created = await door.report()
    path = created["status_url"].removeprefix("http://yima.test")
    case_id = UUID(created["id"])
    later = NOW + timedelta(hours=1)

    await door.told(
        created["id"],
        *closed_case(created["id"])[:3],
        VerificationFailed(
            at=later, case_id=case_id, unit="committee", by="p1", reason=a_matter().tracking_token, matter=a_matter()
        ),
        CaseResolved(at=later, case_id=case_id, unit="committee"),
        CaseReopened(at=later, case_id=case_id, unit="committee", words=a_matter().tracking_token, matter=a_matter()),
    )

    page = (await door.http.get(path)).text
    assert "您说没有解决，居委会重新处理" in page
    assert "办结，请您评价" in page


async def test_the_report_page_works_without_javascript(door: Door) -> None:
    form = await form_of(door, "/r/GATE") | {"text": "路灯不亮", "phone": PHONE, "category": ""}

    response = await door.http.post("/r/GATE", data=form)
    receipt = await door.http.get(response.headers["location"])
    status = await door.http.get(response.headers["location"])

    assert response.status_code == 303
    assert re.fullmatch(r"/t/[\w-]{43}", response.headers["location"])
    assert "已经收到，谢谢您" in receipt.text
    assert "路灯不亮" in status.text


async def test_a_report_page_sent_twice_opens_one_ticket(door: Door) -> None:
    form = await form_of(door, "/r/GATE") | {"text": "路灯不亮"}

    first = await door.http.post("/r/GATE", data=form)
    second = await door.http.post("/r/GATE", data=form)

    assert first.headers["location"] == second.headers["location"]
    assert await door.tickets() == 1
