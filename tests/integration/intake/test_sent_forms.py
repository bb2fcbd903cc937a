"""A form that is not read as its sender meant it is refused, by what is wrong with it, and nothing is stored."""

import re
from typing import Any
from urllib.parse import quote_from_bytes
from uuid import uuid4

import pytest

from tests.integration.intake.conftest import Door

REPORT = {"place": "GATE", "text": "灯坏了"}
GB18030 = "灯坏了".encode("gb18030")
OWN_PAGE = {"sec-fetch-site": "same-origin"}
MULTIPART = {"content-type": "multipart/form-data; boundary=b"}
URLENCODED = {"content-type": "application/x-www-form-urlencoded"}


def multipart(*fields: tuple[str, bytes]) -> bytes:
    parts = [
        b'--b\r\ncontent-disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in fields
    ]
    return b"".join(parts) + b"--b--\r\n"


def faults(response: Any) -> dict[str, str]:
    return {each["field"]: each["reason"] for each in response.json()["errors"]}


async def words_of(door: Door, address: str) -> str:
    page = (await door.http.get(address)).text
    found = re.search(r'<p class="words">(.*?)</p>', page, re.DOTALL)
    return found[1] if found else ""


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", "; charset=gb18030"])
async def test_text_that_is_not_utf8_is_refused_by_its_field(busy_door: Door, charset: str) -> None:
    before = await busy_door.tickets()
    headers = {"content-type": MULTIPART["content-type"] + charset}

    response = await busy_door.http.post(
        "/api/v1/tickets", content=multipart(("place", b"GATE"), ("text", GB18030)), headers=headers
    )

    assert (response.status_code, faults(response)) == (422, {"text": "is not UTF-8"})
    assert response.json()["errors"][0]["remedy"] == "Send its text in UTF-8."
    assert await busy_door.tickets() == before


async def test_a_field_whose_name_is_not_ascii_is_unknown_however_the_form_says_it_is_written(busy_door: Door) -> None:
    fields = [("place", b"GATE"), ("text", b"dark"), ("备注", b"1")]
    open_quote = {"content-type": MULTIPART["content-type"] + '; x="a'}

    plain = await busy_door.http.post("/api/v1/tickets", content=multipart(*fields), headers=MULTIPART)
    odd = await busy_door.http.post("/api/v1/tickets", content=multipart(*fields), headers=open_quote)

    assert (plain.status_code, faults(plain)) == (422, {"备注": "is not a field of this operation"})
    assert odd.status_code == 422


async def test_chinese_in_a_multipart_form_arrives_as_it_was_written(busy_door: Door) -> None:
    body = multipart(("place", b"GATE"), ("text", "灯坏了 é 👍".encode()))

    created = await busy_door.http.post("/api/v1/tickets", content=body, headers=MULTIPART)

    address = created.json()["status_url"].removeprefix("http://yima.test")
    assert await words_of(busy_door, address) == "灯坏了 é 👍"


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        (MULTIPART, multipart(("form_token", b"t" * 32), ("text", GB18030))),
        (URLENCODED, b"form_token=" + b"t" * 32 + b"&text=" + quote_from_bytes(GB18030).encode()),
        (URLENCODED, b"form_token=" + b"t" * 32 + b"&text=" + GB18030),
    ],
    ids=["multipart", "urlencoded", "raw"],
)
async def test_a_page_form_that_is_not_utf8_is_answered_with_a_page_that_says_so(
    busy_door: Door, headers: dict[str, str], text: bytes
) -> None:
    before = await busy_door.tickets()

    response = await busy_door.http.post("/r/GATE", content=text, headers=headers | OWN_PAGE)

    assert response.status_code == 422
    assert "文字的编码不对" in response.text
    assert await busy_door.tickets() == before


@pytest.mark.parametrize("text", ["%E7%81%AF%E5%9D%8F+%E4%BA%86", "灯坏 了"])
async def test_an_urlencoded_form_is_read_as_utf8_with_and_without_escapes(busy_door: Door, text: str) -> None:
    body = f"form_token={uuid4().hex}&text={text}".encode()

    response = await busy_door.http.post("/r/GATE", content=body, headers=URLENCODED | OWN_PAGE)

    assert response.status_code == 303
    await busy_door.http.get(response.headers["location"])
    assert await words_of(busy_door, response.headers["location"]) == "灯坏 了"


@pytest.mark.parametrize("field", ["text", "place"])
async def test_a_form_field_that_stands_twice_is_refused(busy_door: Door, field: str) -> None:
    fields = [("place", b"GATE"), ("text", b"one"), (field, b"GATE")]

    response = await busy_door.http.post("/api/v1/tickets", content=multipart(*fields), headers=MULTIPART)

    assert (response.status_code, faults(response)) == (422, {field: "stands there more than once"})


@pytest.mark.parametrize("more", [("text", "别的"), ("bogus", "1")], ids=["twice", "unknown"])
async def test_a_page_form_with_a_field_twice_or_unknown_is_refused(busy_door: Door, more: tuple[str, str]) -> None:
    before = await busy_door.tickets()
    fields = [("form_token", b"t" * 32), ("text", "灯坏".encode()), (more[0], more[1].encode())]

    response = await busy_door.http.post("/r/GATE", content=multipart(*fields), headers=MULTIPART | OWN_PAGE)

    assert response.status_code == 422
    assert "表单的内容不对" in response.text
    assert await busy_door.tickets() == before


async def test_a_form_of_too_many_fields_is_told_so(busy_door: Door) -> None:
    fields = [(f"field{number}", b"1") for number in range(25)]

    response = await busy_door.http.post("/api/v1/tickets", content=multipart(*fields), headers=MULTIPART)

    assert (response.status_code, faults(response)) == (422, {"body": "holds too many fields or files"})


async def test_two_keys_on_one_request_are_refused(busy_door: Door) -> None:
    before = await busy_door.tickets()
    keys = [("idempotency-key", str(uuid4())), ("idempotency-key", str(uuid4()))]

    response = await busy_door.http.post("/api/v1/tickets", json=REPORT, headers=keys)

    assert (response.status_code, faults(response)) == (422, {"Idempotency-Key": "stands there more than once"})
    assert await busy_door.tickets() == before


@pytest.mark.parametrize("half", [rb"\ud800", rb"\udc00"])
async def test_half_a_character_in_json_is_told_by_its_field(busy_door: Door, half: bytes) -> None:
    body = b'{"place": "GATE", "text": "' + half + b'"}'

    response = await busy_door.http.post("/api/v1/tickets", content=body, headers={"content-type": "application/json"})

    assert (response.status_code, faults(response)) == (422, {"text": "holds a character that is none"})


async def test_what_shows_nothing_is_no_text_and_no_name(busy_door: Door) -> None:
    text = await busy_door.http.post("/api/v1/tickets", json=REPORT | {"text": "\u3164\u200b"})
    name = await busy_door.http.post("/api/v1/tickets", json=REPORT | {"name": "\u2800", "phone": "\u200b"})

    assert (text.status_code, faults(text)) == (422, {"text": "is missing or empty"})
    assert name.status_code == 201


async def test_a_code_typed_in_small_letters_finds_its_place(busy_door: Door) -> None:
    response = await busy_door.http.get("/r/gate?lang=en")
    unknown = await busy_door.http.get("/r/nowhere")

    assert (response.status_code, response.headers["location"]) == (308, "/r/GATE?lang=en")
    assert unknown.status_code == 404


async def test_a_spent_form_says_that_it_was_used_and_how_to_report_another(busy_door: Door) -> None:
    form = {"form_token": uuid4().hex, "text": "路灯不亮"}
    await busy_door.http.post("/r/GATE", data=form, headers=OWN_PAGE)

    response = await busy_door.http.post("/r/GATE", data=form | {"text": "别的事"}, headers=OWN_PAGE)

    assert response.status_code == 409
    assert "这张表单已经提交过" in response.text
    assert "重新扫描二维码" in response.text
