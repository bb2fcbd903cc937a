"""The AsyncAPI 3 document: which events stand on which topic, under which key, with which CloudEvents headers."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.contracts import directory, duty, intake, keys, notify, routing
from shared.contracts.envelope import Event

Document = dict[str, Any]

SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"
PARTITIONS = 24
RETENTION_MS = 30 * 24 * 3600 * 1000
COMPACTION_LAG_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Message:
    """What a topic carries: a model, and the CloudEvents type that names it."""

    type_name: str
    schema_version: int
    model: type[Any]

    @property
    def name(self) -> str:
        """The type without its publisher."""
        return self.model.__name__

    @property
    def words(self) -> str:
        """What happened, as the model says it."""
        return inspect.getdoc(self.model) or ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of ours. On a topic of state (compacted) the newest record of a key is the truth."""

    name: str
    publishers: tuple[str, ...]
    title: str
    key: str
    messages: tuple[Message, ...]
    state: bool = False

    @property
    def short_name(self) -> str:
        """`intake` for `yima.intake.v1`."""
        return self.name.split(".")[1]


def _events(events: tuple[type[Event], ...]) -> tuple[Message, ...]:
    return tuple(Message(event.type_name(), event.schema_version, event) for event in events)


TOPICS = (
    Topic(
        name=intake.TOPIC,
        publishers=("intake",),
        title="The ticket as the reporter knows it",
        key="The ticket's id.",
        messages=_events(intake.EVENTS),
    ),
    Topic(
        name=routing.TOPIC,
        publishers=("routing",),
        title="The handling of a ticket, and who of a unit is on duty for it",
        key="The case's id, which is the ticket's; of a change of duty, the unit's.",
        messages=_events((*routing.EVENTS, *duty.EVENTS)),
    ),
    Topic(
        name=notify.TOPIC,
        publishers=("notify",),
        title="Every message, from wish to receipt",
        key="The notification's id.",
        messages=_events(notify.EVENTS),
    ),
    Topic(
        name=directory.TOPIC,
        publishers=("routing",),
        title="The district: places, units, people, duty, rules, calendars",
        key="Kind and id of the entity, as in `unit-wy`.",
        messages=_events(directory.EVENTS),
        state=True,
    ),
    Topic(
        name=keys.TOPIC,
        publishers=("intake", "routing"),
        title="Wrapped keys by person, and the marker that one was erased",
        key="The person's opaque id.",
        messages=(Message(keys.TYPE_NAME, 1, keys.KeyRecord),),
        state=True,
    ),
)
MESSAGES = tuple(message for topic in TOPICS for message in topic.messages)

# Kafka carries every header as text.
HEADERS: Mapping[str, tuple[str, str | None]] = {
    "ce_specversion": ("CloudEvents version, always 1.0.", None),
    "ce_id": ("The event's id; the same event sent again has the same id.", "uuid"),
    "ce_type": ("The event's type, for example yima.intake.TicketOpened.", None),
    "ce_source": ("The service that published it.", None),
    "ce_subject": ("The stream that it belongs to.", None),
    "ce_time": ("When it happened, UTC.", "date-time"),
    "content-type": ("Always application/json.", None),
    "ce_streamversion": ("Its place in the stream, from 1 on.", None),
    "ce_previousversion": ("The place before it; a reader that has not seen that one waits.", None),
    "ce_schemaversion": ("Version of the data's schema.", None),
}
OPTIONAL_HEADERS: Mapping[str, tuple[str, str | None]] = {
    "ce_correlationid": ("What it belongs to, from the first request on.", None),
    "ce_causationid": ("The event or request that it follows from.", None),
    "ce_actor": ("A role or a service, never a person's name.", None),
    "ce_traceparent": ("W3C trace context.", None),
}


def asyncapi_document() -> Document:
    """The whole document, the same for the same contracts."""
    return {
        "asyncapi": "3.0.0",
        "info": _info(),
        "defaultContentType": "application/json",
        "channels": {topic.short_name: _channel(topic) for topic in TOPICS},
        "operations": {
            f"{publisher}PublishesTo{topic.short_name.capitalize()}": _operation(topic)
            for topic in TOPICS
            for publisher in topic.publishers
        },
        "components": {
            "messages": {message.name: _message(message, topic) for topic in TOPICS for message in topic.messages},
            "schemas": {"CloudEventsHeaders": headers_schema()},
            "correlationIds": {"ticket": {"location": "$message.header#/ce_correlationid"}},
        },
    }


def headers_schema() -> Document:
    """CloudEvents 1.0 in Kafka's binary mode, and our extensions."""
    described = {**HEADERS, **OPTIONAL_HEADERS}
    properties = {name: _header(*of) for name, of in described.items()}
    properties["ce_specversion"]["const"] = "1.0"
    properties["content-type"]["const"] = "application/json"
    for name in ("ce_streamversion", "ce_previousversion", "ce_schemaversion"):
        properties[name]["pattern"] = "^[0-9]+$"
    return {"type": "object", "required": list(HEADERS), "properties": properties}


def _header(description: str, form: str | None) -> Document:
    return {"type": "string", "description": description} | ({"format": form} if form else {})


def _info() -> Document:
    return {
        "title": "Yima (一号一码)",
        "version": "1",
        "description": "What the four services say to each other. Values that could name a person are sealed.",
        "license": {"name": "Apache-2.0"},
    }


def _channel(topic: Topic) -> Document:
    return {
        "address": topic.name,
        "title": topic.title,
        "messages": {message.name: {"$ref": f"#/components/messages/{message.name}"} for message in topic.messages},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": PARTITIONS,
                "topicConfiguration": topic_configuration(topic),
                "bindingVersion": "0.5.0",
            }
        },
    }


def topic_configuration(topic: Topic) -> Document:
    """How long the broker keeps what."""
    if topic.state:
        return {"cleanup.policy": ["compact"], "max.compaction.lag.ms": COMPACTION_LAG_MS}
    return {"cleanup.policy": ["delete"], "retention.ms": RETENTION_MS}


def _operation(topic: Topic) -> Document:
    return {"action": "send", "channel": {"$ref": f"#/channels/{topic.short_name}"}, "summary": topic.title}


def _message(message: Message, topic: Topic) -> Document:
    return {
        "name": message.type_name,
        "title": message.name,
        "summary": message.words.split("\n", maxsplit=1)[0],
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/CloudEventsHeaders"},
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": f"./schemas/{message.type_name}.json"}},
        "correlationId": {"$ref": "#/components/correlationIds/ticket"},
        "bindings": {"kafka": {"key": {"type": "string", "description": topic.key}, "bindingVersion": "0.5.0"}},
    }
