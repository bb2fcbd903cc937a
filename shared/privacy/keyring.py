"""The keys of people as one service holds them: made, followed, opened with, erased.

Every opening reads the key's current row, one query a batch: an erasure counts at once in every process, and no key
stays in memory. Unwrapping costs a few microseconds, so a cache would save nothing worth that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.contracts.envelope import Sealed
from shared.contracts.keys import KeyRecord
from shared.kernel.database import Connection
from shared.kernel.migrations import Component
from shared.kernel.queries import Queries
from shared.kernel.waiting import NotYetError
from shared.privacy.sealing import (
    KEY_BYTES,
    NONCE_BYTES,
    Forgotten,
    PersonKey,
    PlatformKey,
    open_sealed,
    unwrap,
    wrap,
)

SQL_FOLDER = Path(__file__).parent / "sql"
SQL = Queries.load(SQL_FOLDER / "queries")
KEYS = Component("privacy", SQL_FOLDER / "migrations")

ENTROPY_BYTES = KEY_BYTES + NONCE_BYTES


class KeyNotArrivedError(NotYetError):
    """The key of this person has not come yet; what it seals waits until it has."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made: to seal with now, and as the record that is stored and published."""

    key: PersonKey
    wrapped: str

    @property
    def record(self) -> KeyRecord:
        """As it is stored, and published on `yima.keys.v1`."""
        return KeyRecord(person=self.key.person, version=self.key.version, state="wrapped", wrapped=self.wrapped)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Opens what people's keys seal, on connections whose schema holds the table `keys`."""

    platform_key: PlatformKey

    def new_key(self, person: str, *, entropy: bytes) -> NewKey:
        """A first key for a person, from 44 random bytes that are used for nothing else."""
        if len(entropy) != ENTROPY_BYTES:
            raise ValueError(f"{ENTROPY_BYTES} random bytes are needed, {len(entropy)} were given.")
        key = PersonKey(person, 1, entropy[:KEY_BYTES])
        return NewKey(key, wrap(self.platform_key, key, nonce=entropy[KEY_BYTES:]))

    async def key_of(self, connection: Connection, person: str) -> PersonKey | Forgotten:
        """A person's key, to seal more under it.

        Raises:
            KeyNotArrivedError: none has come yet.
        """
        held = await self._held(connection, {person})
        return self._usable(held, person=person, version_min=1)

    async def opened(self, connection: Connection, sealed: Sealed) -> str | Forgotten:
        """The text of one sealed value; prefer `opened_many` for more than one.

        Raises:
            KeyNotArrivedError: the person's key has not come yet.
            SealBrokenError: the value was altered.
        """
        [text] = await self.opened_many(connection, [sealed])
        return text

    async def opened_many(self, connection: Connection, values: Sequence[Sealed]) -> list[str | Forgotten]:
        """The texts of sealed values in their order, by one query.

        Raises:
            KeyNotArrivedError: a person's key has not come yet.
            SealBrokenError: a value was altered.
        """
        held = await self._held(connection, {sealed.person for sealed in values})
        keys = {
            (sealed.person, sealed.key_version): self._usable(
                held, person=sealed.person, version_min=sealed.key_version
            )
            for sealed in values
        }
        return [_text(keys[sealed.person, sealed.key_version], sealed) for sealed in values]

    async def records_of(self, connection: Connection, people: Iterable[str]) -> list[KeyRecord]:
        """The current records of these people's keys, as the relay publishes them; who has none is left out."""
        wanted = list(people)
        if not wanted:
            return []
        rows = await connection.fetch(SQL["keys_of"], wanted)
        return [KeyRecord.model_construct(**row) for row in rows]

    async def record(self, connection: Connection, records: Sequence[KeyRecord]) -> list[str]:
        """Keep key records, in any order and repeated; returns the people whose record is new here."""
        final = _final(records)
        if not final:
            return []
        rows = await connection.fetch(
            SQL["record_keys"],
            [given.person for given in final],
            [given.version for given in final],
            [given.state for given in final],
            [given.wrapped for given in final],
        )
        return [row["person"] for row in rows]

    async def erase(self, connection: Connection, person: str) -> None:
        """Forget a person for good; the caller queues the person's row for publishing in the same transaction."""
        await connection.execute(SQL["erase_key"], person)

    async def _held(self, connection: Connection, people: Iterable[str]) -> dict[str, KeyRecord]:
        return {record.person: record for record in await self.records_of(connection, people)}

    def _usable(self, held: dict[str, KeyRecord], *, person: str, version_min: int) -> PersonKey | Forgotten:
        record = held.get(person)
        if record is not None and record.state == "erased":
            return Forgotten(person)
        if record is None or record.wrapped is None or record.version < version_min:
            raise KeyNotArrivedError(person)
        return unwrap(self.platform_key, record.wrapped, person=person, version=record.version)


def _text(key: PersonKey | Forgotten, sealed: Sealed) -> str | Forgotten:
    return key if isinstance(key, Forgotten) else open_sealed(key, sealed)


def _final(records: Sequence[KeyRecord]) -> list[KeyRecord]:
    """What is left of each person's records in one batch: erasure, otherwise the highest version."""
    # A later entry of a dict replaces an earlier one, so the strongest come last.
    by_strength = sorted(records, key=lambda given: (given.state == "erased", given.version))
    return list({given.person: given for given in by_strength}.values())
