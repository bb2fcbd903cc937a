"""The AsyncAPI document describes what really goes over the wire."""

import inspect
import json
from datetime import UTC, datetime
from uuid import UUID

import jsonschema

from shared.contracts.asyncapi import (
    MESSAGES,
    PARTITIONS,
    TOPICS,
    asyncapi_document,
    headers_schema,
    topic_configuration,
)
from shared.contracts.codec import EVENTS
from shared.contracts.documents import documents
from shared.kernel import kafka
from shared.kernel.event_store import Cause

ROW = {
    "event_id": UUID(int=1),
    "type": "yima.intake.TicketOpened",
    "stream": "8b2f4c1e-5a76-4d3b-9c0e-7f6a5b4c3d2e",
    "occurred_at": datetime(2026, 4, 28, 11, 30, tzinfo=UTC),
    "version": 1,
    "schema_version": 1,
}
CAUSE = Cause(command_id=UUID(int=2), actor="resident", correlation_id="c", causation_id="e", traceparent="00-01-02-03")


def test_every_event_and_the_key_records_stand_on_one_topic() -> None:
    names = [message.type_name for message in MESSAGES]

    assert sorted(names) == sorted([*EVENTS, "yima.keys.KeyRecord"])


def test_the_headers_that_the_relay_writes_are_the_documented_ones() -> None:
    written = kafka.event_headers(ROW, source="intake", metadata=json.loads(CAUSE.metadata()))

    headers = {name: value.decode() for name, value in written}

    assert headers.keys() == headers_schema()["properties"].keys()
    jsonschema.validate(headers, headers_schema(), format_checker=jsonschema.FormatChecker())


def test_topics_are_kept_as_documented() -> None:
    assert kafka.PARTITIONS == PARTITIONS
    for topic in TOPICS:
        settings = kafka.Topic(topic.name, state=topic.state).settings()
        documented = topic_configuration(topic)
        assert settings == {
            name: ",".join(value) if isinstance(value, list) else str(value) for name, value in documented.items()
        }


def test_every_reference_in_the_document_leads_somewhere() -> None:
    document = asyncapi_document()
    written = documents()

    for message in document["components"]["messages"].values():
        assert message["payload"]["schema"]["$ref"].removeprefix("./") in written
    for channel in document["channels"].values():
        for name, reference in channel["messages"].items():
            assert reference == {"$ref": f"#/components/messages/{name}"}
            assert name in document["components"]["messages"]


def test_a_message_says_in_words_what_happened() -> None:
    accepted = asyncapi_document()["components"]["messages"]["CaseAccepted"]

    assert accepted["summary"] == "The unit's duty holder took it (接单)."
    assert inspect.getdoc(EVENTS["yima.routing.CaseAccepted"]) == accepted["summary"]
