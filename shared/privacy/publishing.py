"""Keys on `yima.keys.v1`: how a service's relay sends them, and what all who may read follow."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import NAMESPACE_URL, uuid5

from shared.contracts import keys as contract
from shared.contracts.keys import KeyRecord
from shared.kernel.database import Connection
from shared.kernel.kafka import Topic
from shared.privacy.keyring import Keyring

# Each fetch names every partition it reads: six carry the keys of a district, and keep the request short.
KEYS_TOPIC = Topic(contract.TOPIC, state=True, partitions=6)

KeyMessage = tuple[str, Sequence[tuple[str, bytes]], bytes]


def key_messages(
    keyring: Keyring, source: str
) -> Callable[[Connection, Sequence[str]], Awaitable[Sequence[KeyMessage]]]:
    """For `Publication.current_states`: the current key of each of these people, read when it is sent."""

    async def current(connection: Connection, people: Sequence[str]) -> Sequence[KeyMessage]:
        return [_message(record, source) for record in await keyring.records_of(connection, people)]

    return current


def _message(record: KeyRecord, source: str) -> KeyMessage:
    fields = {
        "ce_specversion": "1.0",
        "ce_id": str(uuid5(NAMESPACE_URL, f"{record.person}/{record.version}")),
        "ce_type": contract.TYPE_NAME,
        "ce_source": source,
        "ce_subject": record.person,
        # A record has no time of its own: the newest version is the truth, whenever it was made.
        "ce_time": "1970-01-01T00:00:00+00:00",
        "content-type": "application/json",
        "ce_streamversion": str(record.version),
        "ce_previousversion": str(record.version - 1),
        "ce_schemaversion": "1",
    }
    headers = [(name, value.encode()) for name, value in fields.items()]
    return record.person, headers, record.model_dump_json().encode()
