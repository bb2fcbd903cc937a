"""What can not be taken is refused field by field, says what to do, repeats no value, and leaves nothing behind."""

import asyncio
import codecs
import io
import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from services.intake.handlers import Report, Scope, open_ticket
from services.intake.handlers.photos import kept_photos, sweep_photos
from shared.contracts.intake import Channel
from shared.testing.waiting import eventually
from tests.integration.intake.conftest import PHONE, Door

GOOD = {"place": "GATE", "text": "消防通道被堵"}


def faults(response: Any) -> dict[str, str]:
    assert response.headers["content-type"] == "application/problem+json"
    return {each["field"]: each["reason"] for each in response.json()["errors"]}


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"place": "NOWHERE"}, "place", "is no place that we know"),
        ({"place": "OLDGATE"}, "place", "is no longer in use"),
        ({"text": ""}, "text", "is missing or empty"),
        ({"text": " \n\t　"}, "text", "is missing or empty"),
        ({"text": "长" * 20_000}, "text", "is longer than 4000 characters"),
        ({"text": "控\x00制"}, "text", "holds control characters"),
        ({"text": "反\u202e向"}, "text", "holds control characters"),
        ({"text": 7}, "text", "is not text"),
        ({"phone": "12"}, "phone", "is no phone at which a person can be reached from here"),
        ({"phone": "12345"}, "phone", "is no phone at which a person can be reached from here"),
        ({"category": "old"}, "category", "is none of the choices"),
        ({"stated_urgency": "high"}, "stated_urgency", "is neither urgent nor normal"),
        ({"stated_urgency": True}, "stated_urgency", "is not text"),
        ({"name": "名" * 51}, "name", "is longer than 50 characters"),
        ({"colour": "red"}, "colour", "is not a field of this operation"),
        ({"reference": "A-1"}, "reference", "is for partner systems only"),
    ],
)  # fmt: skip
async def test_a_field_that_can_not_be_taken_is_named(
    busy_door: Door, changes: dict[str, Any], field: str, reason: str
) -> None:
    before = await busy_door.tickets()

    response = await busy_door.http.post("/api/v1/tickets", json=GOOD | changes)

    assert response.status_code == 422
    assert faults(response) == {field: reason}
    assert await busy_door.tickets() == before


async def test_all_faulty_fields_are_told_at_once(busy_door: Door) -> None:
    response = await busy_door.http.post("/api/v1/tickets", json={"place": "X", "text": "", "phone": "1"})

    assert faults(response).keys() == {"place", "text", "phone"}


async def test_a_missing_field_is_named(busy_door: Door) -> None:
    response = await busy_door.http.post("/api/v1/tickets", json={"place": "GATE"})

    assert (response.status_code, faults(response)) == (422, {"text": "is missing or empty"})


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"place": "GATE", "text": "\xff"}'])
async def test_a_body_that_is_no_json_object_is_refused(busy_door: Door, body: bytes) -> None:
    response = await busy_door.http.post("/api/v1/tickets", content=body, headers={"content-type": "application/json"})

    assert (response.status_code, faults(response)) == (422, {"body": "is not a JSON object"})


async def test_a_field_that_stands_twice_is_refused_since_one_of_them_would_be_lost(busy_door: Door) -> None:
    body = b'{"place": "GATE", "text": "one", "text": "two"}'
    response = await busy_door.http.post("/api/v1/tickets", content=body, headers={"content-type": "application/json"})

    assert (response.status_code, faults(response)) == (422, {"text": "stands there more than once"})


async def test_a_parameter_that_nobody_reads_is_refused(busy_door: Door) -> None:
    before = await busy_door.tickets()

    response = await busy_door.http.post("/api/v1/tickets?dry=1", json=GOOD)

    assert (response.status_code, faults(response)) == (422, {"dry": "is not a field of this operation"})
    assert await busy_door.tickets() == before


@pytest.mark.parametrize(
    ("field", "reason"),
    [("foto", "is not a field of this operation"), ("text", "is not text"), ("name", "is not text")],
)
async def test_a_file_in_the_place_of_something_else_is_told_by_its_field(
    busy_door: Door, field: str, reason: str
) -> None:
    fields = {name: value for name, value in GOOD.items() if name != field}

    response = await busy_door.http.post("/api/v1/tickets", data=fields, files=[(field, ("a.jpg", a_photo(), ""))])

    assert (response.status_code, faults(response)) == (422, {field: reason})


async def test_no_refusal_repeats_what_was_given(busy_door: Door) -> None:
    given = {"place": "CANARYPLACE", "text": "\x00canary text", "phone": "+86 100 canary", "name": "\x00canary"}

    response = await busy_door.http.post("/api/v1/tickets", json=given)

    assert response.status_code == 422
    assert "canary" not in response.text.lower()


async def test_a_json_body_beyond_all_reports_is_not_read(busy_door: Door) -> None:
    response = await busy_door.http.post("/api/v1/tickets", json=GOOD | {"text": "长" * 600_000})

    assert response.status_code == 413


def a_photo(*, size: tuple[int, int] = (40, 30), kind: str = "JPEG", **saving: Any) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "red").save(written, kind, **saving)
    return written.getvalue()


async def test_photos_come_with_a_report_and_lose_where_they_were_taken(busy_door: Door) -> None:
    exif = Image.Exif()
    exif[0x9286] = "taken at home"
    photos = [("photos", ("a.jpg", a_photo(exif=exif), "image/jpeg")), ("photos", ("b.png", a_photo(kind="PNG"), ""))]

    response = await busy_door.http.post("/api/v1/tickets", data=GOOD, files=photos)

    data = await busy_door.intake.runtime.pool.fetchval(
        "SELECT data->'attachments' FROM events WHERE stream = $1", f"ticket-{response.json()['id']}"
    )
    kept = re.findall(r'"id": "(\w+)"', data)
    contents = [(busy_door.intake.config.data_dir / "photos" / name).read_bytes() for name in kept]
    assert response.status_code == 201
    assert len(contents) == 2
    assert all(content.startswith(b"\xff\xd8") and b"taken at home" not in content for content in contents)


def photos_kept(door: Door) -> int:
    return sum(1 for _ in (door.intake.config.data_dir / "photos").iterdir())


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ([b"<script>"], "is not a photo that we can read"),
        ([a_photo(), a_photo()[:200]], "is not a photo that we can read"),
        ([a_photo(kind="GIF")], "is not a photo that we can read"),
        ([a_photo(kind="PNG", size=(9000, 6000))], "is not a photo that we can read"),
        ([a_photo() + b"0" * 10 * 1024 * 1024], "is larger than 10 MB"),
        ([a_photo()] * 7, "are more than 6"),
    ],
    ids=["no photo", "half a photo", "another format", "too many pixels", "too large", "too many"],
)
async def test_what_is_no_photo_or_too_much_is_refused_and_none_is_kept(
    busy_door: Door, files: list[bytes], reason: str
) -> None:
    before = photos_kept(busy_door), await busy_door.tickets()

    response = await busy_door.http.post(
        "/api/v1/tickets", data=GOOD, files=[("photos", ("a.jpg", content, "image/jpeg")) for content in files]
    )

    assert (response.status_code, faults(response)) == (422, {"photos": reason})
    assert (photos_kept(busy_door), await busy_door.tickets()) == before


@pytest.mark.parametrize("path", ["/api/v1/tickets", "/r/GATE"])
async def test_forty_megabytes_are_refused_by_their_announcement(busy_door: Door, path: str) -> None:
    async def body() -> Any:
        for _ in range(40):
            yield b"0" * 1024 * 1024

    headers = {
        "content-type": "multipart/form-data; boundary=b",
        "content-length": str(40 * 1024 * 1024),
        "sec-fetch-site": "same-origin",
    }
    response = await busy_door.http.post(path, content=body(), headers=headers)

    assert response.status_code == 413


async def test_forty_megabytes_without_an_announcement_are_not_read_to_the_end(busy_door: Door) -> None:
    async def body() -> Any:
        yield b'--b\r\ncontent-disposition: form-data; name="photos"; filename="a"\r\n\r\n'
        for _ in range(40):
            yield b"0" * 1024 * 1024

    response = await busy_door.http.post(
        "/api/v1/tickets", content=body(), headers={"content-type": "multipart/form-data; boundary=b"}
    )

    assert response.status_code == 413


async def test_a_body_that_only_says_it_is_multipart_is_refused(busy_door: Door) -> None:
    response = await busy_door.http.post(
        "/api/v1/tickets", content=b"nothing", headers={"content-type": "multipart/form-data; boundary=b"}
    )

    assert response.status_code == 422


async def test_a_repeated_key_gets_the_first_answer(busy_door: Door) -> None:
    headers = {"idempotency-key": str(uuid4())}
    before = await busy_door.tickets()

    first = await busy_door.http.post("/api/v1/tickets", json=GOOD, headers=headers)
    second = await busy_door.http.post("/api/v1/tickets", json=GOOD, headers=headers)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert await busy_door.tickets() == before + 1


async def test_a_repeated_key_with_another_body_is_refused(busy_door: Door) -> None:
    headers = {"idempotency-key": str(uuid4())}
    await busy_door.http.post("/api/v1/tickets", json=GOOD, headers=headers)

    response = await busy_door.http.post("/api/v1/tickets", json=GOOD | {"text": "别的事"}, headers=headers)

    assert response.status_code == 422
    assert response.json()["type"] == "/problems/idempotency-conflict"


async def test_a_repeated_report_with_photos_leaves_no_second_set_of_them(door: Door) -> None:
    headers = {"idempotency-key": str(uuid4())}
    files = [("photos", ("a.jpg", a_photo(), "image/jpeg"))]
    for _ in range(2):
        assert (await door.http.post("/api/v1/tickets", data=GOOD, files=files, headers=headers)).status_code == 201

    door.clock.advance(timedelta(minutes=59))
    too_early = await sweep_photos(door.intake)
    door.clock.advance(timedelta(minutes=2))
    swept = await sweep_photos(door.intake)

    assert (too_early, swept) == (0, 1)
    assert photos_kept(door) == 1
    assert await sweep_photos(door.intake) == 0


async def test_a_photo_whose_ticket_came_about_stays_though_nobody_heard_of_it(door: Door) -> None:
    """The answer was lost after the commit: what looks like a failure is none."""
    photos = await kept_photos(door.intake, [a_photo()])
    report = Report(place="GATE", text="灯坏", channel=Channel.QR, photos=photos)

    async def there_is_a_ticket() -> bool:
        return await door.tickets() == 1

    opening = asyncio.create_task(open_ticket(door.intake, report))
    await eventually(there_is_a_ticket)
    opening.cancel()

    door.clock.advance(timedelta(hours=2))
    await sweep_photos(door.intake)

    assert photos_kept(door) == 1


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_what_is_neither_json_nor_a_form_with_photos_is_refused(busy_door: Door, media_type: str) -> None:
    before = await busy_door.tickets()

    response = await busy_door.http.post(
        "/api/v1/tickets", content=json.dumps(GOOD).encode(), headers={"content-type": media_type}
    )

    assert response.status_code == 415
    assert await busy_door.tickets() == before


@pytest.mark.parametrize("media_type", ["APPLICATION/JSON; charset=utf-8", "application/ld+json"])
async def test_json_is_known_however_it_is_written(busy_door: Door, media_type: str) -> None:
    body = codecs.BOM_UTF8 + json.dumps(GOOD).encode()

    response = await busy_door.http.post("/api/v1/tickets", content=body, headers={"content-type": media_type})

    assert response.status_code == 201


async def test_another_sites_page_makes_no_visitor_of_its_report(busy_door: Door) -> None:
    cross_site = {"sec-fetch-site": "cross-site"}
    key = {"authorization": f"Bearer {await busy_door.partner_key()}"}

    visitor = await busy_door.http.post("/api/v1/tickets", json=GOOD, headers=cross_site)
    partner = await busy_door.http.post("/api/v1/tickets", json=GOOD, headers=cross_site | key)

    assert (visitor.status_code, partner.status_code) == (403, 201)


async def test_an_empty_key_is_told_to_be_empty(busy_door: Door) -> None:
    response = await busy_door.http.post("/api/v1/tickets", json=GOOD, headers={"idempotency-key": ""})

    assert (response.status_code, faults(response)) == (422, {"Idempotency-Key": "is missing or empty"})


async def test_a_key_in_other_than_ascii_is_told_so(busy_door: Door) -> None:
    key = {b"idempotency-key": "键".encode() * 20}
    response = await busy_door.http.post("/api/v1/tickets", json=GOOD, headers=key)

    assert (response.status_code, faults(response)) == (422, {"Idempotency-Key": "holds other than printable ASCII"})


async def test_a_strangers_guessable_key_does_not_count(busy_door: Door) -> None:
    response = await busy_door.http.post("/api/v1/tickets", json=GOOD, headers={"idempotency-key": "1"})

    assert (response.status_code, faults(response)) == (422, {"Idempotency-Key": "is shorter than 32 characters"})


async def test_a_partners_short_key_counts_for_that_partner_alone(busy_door: Door) -> None:
    keys = [await busy_door.partner_key(), await busy_door.partner_key()]

    numbers = [
        (
            await busy_door.http.post(
                "/api/v1/tickets", json=GOOD, headers={"authorization": f"Bearer {key}", "idempotency-key": "1"}
            )
        ).json()["number"]
        for key in (keys[0], keys[0], keys[1])
    ]

    assert numbers[0] == numbers[1] != numbers[2]


@pytest.mark.parametrize(
    "header", ["Bearer yima_0000_wrong", "Bearer yima_", "Bearer nonsense", "Basic eA==", "Bearer ", "Bearer yima_é_x"]
)
async def test_a_wrong_api_key_is_refused_rather_than_taken_for_a_resident(busy_door: Door, header: str) -> None:
    response = await busy_door.http.post(
        "/api/v1/tickets", json=GOOD, headers={b"authorization": header.encode("latin-1")}
    )

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="yima"'


async def test_a_key_without_the_scope_is_refused(busy_door: Door) -> None:
    key = await busy_door.partner_key(Scope.READ)

    response = await busy_door.http.post("/api/v1/tickets", json=GOOD, headers={"authorization": f"Bearer {key}"})

    assert response.status_code == 403


async def test_nobody_sees_anothers_ticket_or_learns_that_it_exists(busy_door: Door) -> None:
    mine, other = await busy_door.partner_key(), await busy_door.partner_key()
    created = (
        await busy_door.http.post("/api/v1/tickets", json=GOOD, headers={"authorization": f"Bearer {mine}"})
    ).json()
    resident = await busy_door.report(phone=PHONE)
    token = resident["status_url"].rsplit("/", 1)[1]
    address = created["links"]["self"]

    async def status(path: str, bearer: str | None) -> int:
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        return int((await busy_door.http.get(path, headers=headers)).status_code)

    assert await status(address, mine) == 200
    assert await status(address, created["status_url"].rsplit("/", 1)[1]) == 200
    assert await status(address, other) == 404
    assert await status(address, token) == 404
    assert await status(address, None) == 404
    assert await status(f"/api/v1/tickets/{uuid4()}", mine) == 404
    assert await status("/api/v1/tickets/none", mine) == 404
    assert await status(resident["links"]["self"], mine) == 404
    assert await status(resident["links"]["self"], token) == 200


async def test_a_guessed_token_opens_nothing(busy_door: Door) -> None:
    response = await busy_door.http.get(f"/t/{'A' * 43}")

    assert response.status_code == 404
    assert "找不到这张工单" in response.text


async def test_a_partner_finds_its_own_reference_and_asks_again_cheaply(busy_door: Door) -> None:
    headers = {"authorization": f"Bearer {await busy_door.partner_key()}"}
    created = (
        await busy_door.http.post(
            "/api/v1/tickets", json=GOOD | {"reference": "GRID-7", "stated_urgency": "urgent"}, headers=headers
        )
    ).json()

    first = await busy_door.http.get(created["links"]["self"], headers=headers)
    second = await busy_door.http.get(
        created["links"]["self"], headers=headers | {"if-none-match": first.headers["etag"]}
    )

    assert (first.json()["reference"], first.json()["status"]) == ("GRID-7", "reported")
    assert first.json()["stated_urgency"] == "urgent"
    assert second.status_code == 304


async def test_a_place_tells_what_can_be_reported_there(busy_door: Door) -> None:
    known = await busy_door.http.get("/api/v1/places/GATE")
    unknown = await busy_door.http.get("/api/v1/places/NOWHERE")
    retired = await busy_door.http.get("/api/v1/places/OLDGATE")

    assert known.json()["categories"] == [{"id": "order", "name": {"zh": "公共秩序", "en": "Public order"}}]
    assert (unknown.status_code, retired.status_code) == (404, 410)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [("/r/NOWHERE", 404, "不认识这个二维码"), ("/r/OLDGATE", 410, "这个二维码已经停用")],
)
async def test_a_sticker_that_opens_nothing_says_what_to_do(
    busy_door: Door, path: str, status: int, words: str
) -> None:
    response = await busy_door.http.get(path)

    assert response.status_code == status
    assert words in response.text


async def form_of(door: Door) -> dict[str, str]:
    page = (await door.http.get("/r/GATE")).text
    fields = re.findall(r'type="hidden" name="(csrf_token|form_token)" value="([^"]+)"', page)
    return dict(fields)


async def test_the_page_shows_each_fault_beside_its_field_and_keeps_what_was_typed(busy_door: Door) -> None:
    form = await form_of(busy_door) | {"text": "路灯不亮" + "长" * 4000, "phone": "12", "name": "三号楼居民"}

    chinese = await busy_door.http.post("/r/GATE", data=form)
    english = await busy_door.http.post("/r/GATE", data=form, headers={"accept-language": "en"})

    assert (chinese.status_code, english.status_code) == (422, 422)
    assert "写得太长了，请不超过 4000 个字" in chinese.text
    assert "这个号码不像手机号" in chinese.text
    assert 'value="三号楼居民"' in chinese.text
    assert "路灯不亮" in chinese.text
    assert "4000" in english.text
    assert "写得太长" not in english.text


async def test_a_photo_that_is_none_is_told_on_the_page(busy_door: Door) -> None:
    form = await form_of(busy_door) | {"text": "路灯不亮"}

    response = await busy_door.http.post("/r/GATE", data=form, files=[("photos", ("a.jpg", b"none", "image/jpeg"))])

    assert response.status_code == 422
    assert "有一个文件不是照片" in response.text


async def test_a_page_without_photos_sends_an_empty_file_and_is_taken(busy_door: Door) -> None:
    form = await form_of(busy_door) | {"text": "路灯不亮"}

    response = await busy_door.http.post(
        "/r/GATE", data=form, files=[("photos", ("", b"", "application/octet-stream"))]
    )

    assert response.status_code == 303


async def test_a_box_that_was_ticked_is_kept_and_one_that_was_not_states_nothing(busy_door: Door) -> None:
    stated = []
    for ticked in ({"stated_urgency": "urgent"}, {}):
        await busy_door.http.post("/r/GATE", data=await form_of(busy_door) | {"text": "楼道很黑"} | ticked)
        last = "SELECT data FROM events WHERE stream LIKE 'ticket-%' ORDER BY position DESC LIMIT 1"
        stated.append(json.loads(await busy_door.intake.runtime.pool.fetchval(last)).get("stated_urgency"))

    assert stated == ["urgent", None]


async def test_who_fills_the_hidden_trap_opens_nothing(busy_door: Door) -> None:
    before = await busy_door.tickets()
    form = await form_of(busy_door) | {"text": "路灯不亮", "website": "http://spam"}

    response = await busy_door.http.post("/r/GATE", data=form)

    assert response.status_code == 422
    assert await busy_door.tickets() == before


async def test_a_form_of_another_site_is_refused(busy_door: Door) -> None:
    form = await form_of(busy_door) | {"text": "路灯不亮"}

    response = await busy_door.http.post("/r/GATE", data=form, headers={"sec-fetch-site": "cross-site"})

    assert response.status_code == 403
    assert "这张表单已经过期" in response.text


async def test_rating_or_disputing_too_early_is_refused_in_words(busy_door: Door) -> None:
    path = (await busy_door.report())["status_url"].removeprefix("http://yima.test")
    token = {"form_token": uuid4().hex}
    headers = {"sec-fetch-site": "same-origin"}

    rated = await busy_door.http.post(f"{path}/rating", data=token | {"rating": "satisfied"}, headers=headers)
    disputed = await busy_door.http.post(f"{path}/not-fixed", data=token | {"dispute_words": "没好"}, headers=headers)

    assert (rated.status_code, disputed.status_code) == (409, 409)
    assert "刚才有人先改了" in rated.text


async def test_a_rating_that_is_none_is_told_beside_its_field(busy_door: Door) -> None:
    path = (await busy_door.report())["status_url"].removeprefix("http://yima.test")
    form = {"form_token": uuid4().hex, "rating": "wonderful"}

    response = await busy_door.http.post(f"{path}/rating", data=form, headers={"sec-fetch-site": "same-origin"})

    assert response.status_code == 422
