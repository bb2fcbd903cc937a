"""What goes wrong around a canary: poisoned records, an exception that nobody expected, an unhelpful provider."""

import json
import secrets
import socket
from base64 import b64encode
from collections.abc import Mapping
from uuid import UUID, uuid4

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.structs import ConsumerRecord
from fastapi import FastAPI, Request

from shared.contracts.intake import TOPIC
from shared.kernel import problems
from shared.kernel.kafka import Topic, ensure_topics
from shared.testing.waiting import eventually
from tests.integration.notify.twilio_server import ACCOUNT, TOKEN, Answer, TwilioServer
from tests.scenarios.canaries import PHONE, TEXT, WORDS
from tests.scenarios.conftest import served
from tests.scenarios.search import records_of
from tests.scenarios.town import Town

# What a poisoned record itself says stands in its topic and where it is parked; nowhere else may it be repeated.
POISON = "毒丝雀"


async def two_poisoned_records_are_parked(town: Town, ticket: UUID) -> None:
    """The canary's ticket comes again from a publisher gone wrong: not as the contract has it, and its seal broken."""
    good = await _record_of(town, ticket)
    said = json.loads(good.value)
    altered = said["text"] | {"box": b64encode(secrets.token_bytes(80)).decode()}
    for poisoned in (said | {"number": POISON, "channel": POISON}, said | {"text": altered}):
        await _send_poisoned(town, good, json.dumps(poisoned).encode())

    async def are_parked() -> bool:
        parked = await town.values("routing", "SELECT stream FROM parked WHERE reason = 'poison'")
        return len(parked) >= 2

    await eventually(are_parked, timeout_s=60)


async def _record_of(town: Town, ticket: UUID) -> ConsumerRecord[bytes, bytes]:
    async for record in records_of(town, [town.ground("intake").broker.named(TOPIC)]):
        if dict(record.headers)["ce_subject"] == f"ticket-{ticket}".encode():
            return record
    raise AssertionError("the ticket's record is in no topic")


async def _send_poisoned(town: Town, good: ConsumerRecord[bytes, bytes], value: bytes) -> None:
    other = uuid4()
    headers = dict(good.headers) | {"ce_subject": f"ticket-{other}".encode(), "ce_id": str(uuid4()).encode()}
    async with AIOKafkaProducer(bootstrap_servers=town.platform.kafka_bootstrap) as producer:
        await producer.send_and_wait(good.topic, value, key=str(other).encode(), headers=list(headers.items()))


async def something_unexpected_happens(town: Town) -> None:
    """A handler of ours fails with a message that repeats what it was given."""
    app = FastAPI()
    problems.install(app, {})

    @app.post("/fails")
    async def fails(request: Request) -> None:
        raise RuntimeError((await request.body()).decode())

    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with served(app, listening), town.client() as http:
            address = f"http://127.0.0.1:{listening.getsockname()[1]}/fails"
            answer = await http.post(address, content=f"{PHONE} {TEXT} {WORDS}".encode())
    assert answer.status_code == 500


def unhelpful(status: int) -> Answer:
    """An error that repeats to whom the message should have gone, and what it said."""
    return status, {"code": 21211, "message": f"The 'To' number +86{PHONE} is not valid for {TEXT}", "status": status}


def settings_of(twilio: TwilioServer) -> Mapping[str, str]:
    """A platform that sends by this server."""
    return {
        "YIMA_NOTIFY_PROVIDER": "twilio",
        "YIMA_NOTIFY_TWILIO_ACCOUNT_SID": ACCOUNT,
        "YIMA_NOTIFY_TWILIO_AUTH_TOKEN": TOKEN,
        "YIMA_NOTIFY_TWILIO_SENDER": "+15005550006",
        "YIMA_NOTIFY_TWILIO_BASE_URL": twilio.url,
    }


async def plant(town: Town, *, word: str, phone: str) -> None:
    """Put a word and a phone where the search must find them: a scratch table, a scratch topic, a file, the log."""
    writings = (f"{word} {phone}".encode(), b64encode(f"x{word}".encode()), json.dumps([word, phone]).encode())
    connection = await asyncpg.connect(town.platform.database_url)
    try:
        await connection.execute("CREATE SCHEMA scratch; CREATE TABLE scratch.planted (a bytea, b text, c jsonb)")
        values = (writings[0], writings[1].decode(), writings[2].decode())
        await connection.execute("INSERT INTO scratch.planted VALUES ($1, $2, $3::jsonb)", *values)
    finally:
        await connection.close()
    await _plant_records(town, writings)
    (town.platform.data_dir / "planted").write_bytes(writings[0])
    structlog.get_logger().warning("planted", word=word, phone=phone)
    async with town.client() as http:
        await http.get("/planted", params={"word": word, "phone": phone})
    town.heard.refusals.append(writings[0])


async def _plant_records(town: Town, writings: tuple[bytes, bytes, bytes]) -> None:
    broker = town.ground("intake").broker
    await ensure_topics(broker, [Topic("scratch", partitions=1)])
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        key, value, header = writings
        await producer.send_and_wait(broker.named("scratch"), value, key=key, headers=[("planted", header)])
