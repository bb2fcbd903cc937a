"""Nothing personal stands anywhere in the clear: a canary is sent through everything, then searched for everywhere."""

import json
from base64 import b64encode
from pathlib import Path

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.testing.waiting import eventually
from tests.integration.notify.twilio_server import TwilioServer, twilio_server
from tests.scenarios import canaries
from tests.scenarios.accidents import (
    POISON,
    plant,
    settings_of,
    something_unexpected_happens,
    two_poisoned_records_are_parked,
    unhelpful,
)
from tests.scenarios.canaries import CANARIES, PHONE, REPORT
from tests.scenarios.conftest import opened_town
from tests.scenarios.search import Found, Hay, Needles, search
from tests.scenarios.town import Town

CONTROL, CONTROL_PHONE = "对照雀", "10000004799"


@pytest.mark.timeout(400)
async def test_a_canary_sent_through_everything_is_found_nowhere(
    town: Town, tmp_path: Path, shared_postgres: EmbeddedPostgres, capsys: pytest.CaptureFixture[str]
) -> None:
    ticket = await canaries.comes_by_every_door(town)
    refused = await canaries.is_refused_everywhere(town)
    said_of_lines = await canaries.is_imported(town, canaries.history_with_canaries(tmp_path / "canary.jsonl"))
    await two_poisoned_records_are_parked(town, ticket)
    await something_unexpected_happens(town)
    await town.settled()

    town.heard.refusals.extend(said.encode() for said in said_of_lines)
    found = await search(town, Needles.of(CANARIES), [town.log, shared_postgres.log])
    repeated = await search(town, Needles.of([POISON]), [town.log, shared_postgres.log])

    with capsys.disabled():
        print(f"\n{found.account()}")  # noqa: T201 - the account is what this test is asked for.
    assert found.places == []
    assert repeated.kinds == {"record", "column"}
    assert [place for place in repeated.places if "parked.data" not in place and "value of" not in place] == []
    assert {status // 100 for status in refused} == {4}, refused
    assert len(said_of_lines) == 14
    assert min(found.looked_at[kind] for kind in ("record", "column", "file", "log", "metrics", "refusal")) > 0


@pytest.mark.long
@pytest.mark.timeout(400)
async def test_nor_does_a_failing_provider_repeat_it_anywhere(
    settings: pytest.MonkeyPatch,
    log: Path,
    fresh_postgres_dsn: str,
    kafka_bootstrap: str,
    tmp_path: Path,
) -> None:
    async with twilio_server() as twilio:
        twilio.answers = [unhelpful(400), unhelpful(500), unhelpful(429), "close", unhelpful(422)]
        with settings.context() as environment:
            for name, value in settings_of(twilio).items():
                environment.setenv(name, value)
            async with opened_town(fresh_postgres_dsn, kafka_bootstrap, tmp_path, log) as town:
                async with town.client() as http:
                    answers = [await http.post("/api/v1/tickets", json=REPORT) for _ in range(3)]
                await eventually(lambda: were_tried(twilio, 6), timeout_s=60)
                await town.settled()
                found = await search(town, Needles.of(CANARIES), [log])

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert f"+86{PHONE}" in {request["To"] for request in twilio.requests}
    assert found.places == []


@pytest.mark.long
async def test_the_search_finds_what_is_there_in_every_writing(town: Town) -> None:
    await plant(town, word=CONTROL, phone=CONTROL_PHONE)

    found = await search(town, Needles.of([CONTROL]), [town.log])
    found_phone = await search(town, Needles.of([CONTROL_PHONE]), [town.log])

    everywhere = {"record", "column", "file", "log", "refusal", "address"}
    assert (found.kinds, found_phone.kinds) == (everywhere, everywhere)
    assert [counted(found, kind) for kind in ("record", "column", "file")] == [3, 3, 1]


def test_every_writing_of_a_word_is_recognised() -> None:
    needles, found = Needles.of([CONTROL, CONTROL_PHONE]), Found()
    hidden = [
        b64encode(b"ab" + CONTROL_PHONE.encode() + b"c"),
        b64encode(b"+86" + CONTROL_PHONE.encode()),
        json.dumps({"text": CONTROL}).encode(),
        CONTROL.encode("gb18030"),
        CONTROL.encode().hex().encode(),
        repr(CONTROL.encode()).encode(),
        "１００００００４７９９".encode(),
        b"+86 100 0000 4799",
    ]

    for each in hidden:
        needles.look(found, Hay("writing", "here", each))

    assert counted(found, "writing") == len(hidden)


def counted(found: Found, kind: str) -> int:
    """How often something of this kind was found."""
    return sum(place.startswith(f"{kind} ") for place in found.places)


async def were_tried(twilio: TwilioServer, count: int) -> bool:
    """Whether the provider was asked so often: each report has a receipt and a duty holder's message."""
    return len(twilio.requests) >= count
