"""What is set aside: a record kept raw with its reason, taken out again; and what stands in for an unreadable one."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog

from shared.kernel import metrics
from shared.kernel.kafka import INT_MAX, Broker, Incoming, NotACloudEventError, read_parts, read_record

log = structlog.get_logger()

UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Parked:
    """A record set aside, and why. Errors are named by type and place, never by their text, which can be personal."""

    incoming: Incoming
    reason: str
    waiting_for: str | None = None
    error: str | None = None

    @classmethod
    def poison(cls, incoming: Incoming, error: BaseException) -> "Parked":
        """Its handler raised."""
        return cls(incoming, "poison", error=f"{type(error).__name__} at {metrics.where(error)}")

    @classmethod
    def unreadable(cls, incoming: Incoming) -> "Parked":
        """It is no CloudEvent of ours, and a retry does not make it one."""
        return cls(incoming, "poison", error=NotACloudEventError.__name__)

    def report(self, consumer: str) -> None:
        """Count it and log it."""
        metrics.PARKED.labels(consumer=consumer, reason=self.reason).inc()
        log.warning(
            "parked",
            consumer=consumer,
            reason=self.reason,
            stream=self.incoming.stream,
            version=self.incoming.version,
            error=self.error,
        )


def read_records(broker: Broker, records: Sequence[Any]) -> tuple[list[Incoming], list[Parked]]:
    """What can be read, and what is set aside since it can not."""
    incoming: list[Incoming] = []
    unreadable: list[Parked] = []
    for record in records:
        try:
            incoming.append(read_record(broker, record))
        except NotACloudEventError:
            unreadable.append(Parked.unreadable(_stand_in(broker, record)))
    return incoming, unreadable


def parked_columns(parked: Iterable[Parked], parked_at: Mapping[UUID, datetime]) -> list[list[Any]]:
    """As the query `park` takes them; what was parked before keeps its time."""
    rows = [
        (
            each.incoming.publisher,
            each.incoming.stream,
            each.incoming.version,
            each.incoming.event_id,
            each.reason,
            each.waiting_for,
            each.error,
            each.incoming.topic,
            each.incoming.partition,
            each.incoming.offset,
            json.dumps(dict(each.incoming.headers)),
            each.incoming.data,
            parked_at.get(each.incoming.event_id),
        )
        for each in parked
    ]
    return [list(column) for column in zip(*rows, strict=True)]


def taken_out(row: Any) -> tuple[Incoming, datetime]:
    """A parked row as the record that it was, and when it was parked."""
    incoming = read_parts(
        topic=row["topic"],
        partition=row["partition"],
        offset=row["record_offset"],
        headers=json.loads(row["headers"]),
        data=row["data"],
    )
    return incoming, row["parked_at"]


def _stand_in(broker: Broker, record: Any) -> Incoming:
    """A record that is no CloudEvent has no stream: it is shown under its partition, at its offset."""
    topic = broker.plain(record.topic)
    stream = f"{UNREADABLE}-{topic}/{record.partition}"
    headers = {
        "ce_source": "unknown",
        "ce_subject": stream,
        "ce_streamversion": str(record.offset % INT_MAX + 1),
        "ce_previousversion": str(record.offset % INT_MAX),
        "ce_id": str(uuid5(NAMESPACE_URL, f"{stream}/{record.offset}")),
        "ce_type": UNREADABLE,
        "ce_schemaversion": "1",
        "ce_time": "1970-01-01T00:00:00+00:00",
    }
    return replace(
        read_parts(topic=topic, partition=record.partition, offset=record.offset, headers=headers, data=b""),
        data=record.value or b"",
    )
