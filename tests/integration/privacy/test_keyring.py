"""The keyring on real PostgreSQL: keys arrive in any order, open what they seal, and are forgotten for good."""

import uuid
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from shared.contracts.envelope import Sealed
from shared.contracts.keys import KeyRecord
from shared.kernel.database import Connection, connect
from shared.kernel.migrations import migrate
from shared.privacy import (
    KEYS,
    Forgotten,
    KeyNotArrivedError,
    Keyring,
    PersonKey,
    PlatformKey,
    SealBrokenError,
    seal,
)

KEYRING = Keyring(PlatformKey(bytes(32)))


@pytest_asyncio.fixture
async def connection(postgres_dsn: str) -> AsyncIterator[Connection]:
    name = f"keys_{uuid.uuid4().hex}"
    await migrate(postgres_dsn, schema=name, role=name, components=[KEYS])
    connection = await connect(postgres_dsn, schema=name, role=name)
    yield connection
    await connection.close()


def sealed_by(key: PersonKey, text: str) -> Sealed:
    return seal(key, text, nonce=bytes(12))


def new_key(person: str) -> tuple[PersonKey, KeyRecord]:
    new = KEYRING.new_key(person, entropy=uuid.uuid4().bytes * 2 + bytes(12))
    return new.key, new.record


def erased(person: str, *, version: int) -> KeyRecord:
    return KeyRecord(person=person, version=version, state="erased")


async def test_what_a_recorded_key_seals_opens(connection: Connection) -> None:
    key, record = new_key("reporter-1")
    await KEYRING.record(connection, [record])

    text = await KEYRING.opened(connection, sealed_by(key, "东门消防通道被堵"))

    assert text == "东门消防通道被堵"


async def test_many_values_of_many_people_open_in_their_order(connection: Connection) -> None:
    first, first_record = new_key("reporter-1")
    second, second_record = new_key("reporter-2")
    await KEYRING.record(connection, [first_record, second_record, erased("reporter-3", version=2)])
    third, _ = new_key("reporter-3")

    texts = await KEYRING.opened_many(
        connection, [sealed_by(second, "b"), sealed_by(first, "a"), sealed_by(third, "c"), sealed_by(second, "d")]
    )

    assert texts == ["b", "a", Forgotten("reporter-3"), "d"]


async def test_nothing_to_open_asks_nothing(connection: Connection) -> None:
    assert await KEYRING.opened_many(connection, []) == []
    assert await KEYRING.record(connection, []) == []


async def test_a_value_whose_key_has_not_come_says_whom_it_waits_for(connection: Connection) -> None:
    key, _ = new_key("reporter-1")

    with pytest.raises(KeyNotArrivedError) as waiting:
        await KEYRING.opened(connection, sealed_by(key, "a"))

    assert waiting.value.waiting_for == "reporter-1"


async def test_a_newer_key_than_the_one_held_is_waited_for(connection: Connection) -> None:
    key, record = new_key("reporter-1")
    await KEYRING.record(connection, [record])

    with pytest.raises(KeyNotArrivedError):
        await KEYRING.opened(connection, sealed_by(PersonKey("reporter-1", 2, key.secret), "a"))


async def test_an_altered_value_is_refused(connection: Connection) -> None:
    _, record = new_key("reporter-1")
    other, _ = new_key("reporter-1")
    await KEYRING.record(connection, [record])

    with pytest.raises(SealBrokenError):
        await KEYRING.opened(connection, sealed_by(other, "a"))


async def test_erasing_forgets_at_once_and_is_no_error_twice(connection: Connection) -> None:
    key, record = new_key("reporter-1")
    await KEYRING.record(connection, [record])

    await KEYRING.erase(connection, "reporter-1")
    await KEYRING.erase(connection, "reporter-1")

    assert await KEYRING.opened(connection, sealed_by(key, "a")) == Forgotten("reporter-1")
    assert await KEYRING.records_of(connection, ["reporter-1"]) == [erased("reporter-1", version=2)]


async def test_an_erased_key_is_nowhere_in_the_row(connection: Connection) -> None:
    _, record = new_key("reporter-1")
    await KEYRING.record(connection, [record])

    await KEYRING.erase(connection, "reporter-1")

    row = await connection.fetchval("SELECT keys::text FROM keys")
    assert record.wrapped is not None
    assert record.wrapped not in row


async def test_somebody_whose_key_never_came_can_be_forgotten(connection: Connection) -> None:
    key, record = new_key("reporter-1")

    await KEYRING.erase(connection, "reporter-1")
    arrived = await KEYRING.record(connection, [record])

    assert arrived == []
    assert await KEYRING.opened(connection, sealed_by(key, "a")) == Forgotten("reporter-1")


@pytest.mark.parametrize("marker_version", [1, 2, 9])
async def test_erased_wins_whatever_comes_before_or_after(connection: Connection, marker_version: int) -> None:
    key, record = new_key("reporter-1")
    later = record.model_copy(update={"version": 5})

    await KEYRING.record(connection, [record])
    await KEYRING.record(connection, [erased("reporter-1", version=marker_version)])
    await KEYRING.record(connection, [later])

    assert await KEYRING.opened(connection, sealed_by(key, "a")) == Forgotten("reporter-1")


async def test_erased_wins_within_one_batch_too(connection: Connection) -> None:
    key, record = new_key("reporter-1")

    arrived = await KEYRING.record(connection, [erased("reporter-1", version=2), record])

    assert arrived == ["reporter-1"]
    assert await KEYRING.opened(connection, sealed_by(key, "a")) == Forgotten("reporter-1")


async def test_a_repeated_record_is_no_news(connection: Connection) -> None:
    _, record = new_key("reporter-1")

    first = await KEYRING.record(connection, [record, record])
    second = await KEYRING.record(connection, [record])

    assert first == ["reporter-1"]
    assert second == []


async def test_the_key_of_a_person_seals_more_under_it(connection: Connection) -> None:
    key, record = new_key("reporter-1")
    await KEYRING.record(connection, [record])

    assert await KEYRING.key_of(connection, "reporter-1") == key

    await KEYRING.erase(connection, "reporter-1")
    assert await KEYRING.key_of(connection, "reporter-1") == Forgotten("reporter-1")


async def test_keys_cannot_be_deleted_by_the_service(connection: Connection) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("DELETE FROM keys")


def test_a_new_key_needs_all_its_entropy() -> None:
    with pytest.raises(ValueError, match="44 random bytes are needed, 32 were given"):
        KEYRING.new_key("reporter-1", entropy=bytes(32))
