"""Who reports, and under which key what they write is sealed."""

import json
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.intake.queries import SQL
from shared.contracts.envelope import Sealed
from shared.kernel.clock import Clock
from shared.kernel.database import Connection, Pool
from shared.kernel.event_store import Beside
from shared.privacy import NONCE_BYTES, Keyring, NewKey, PersonKey, blind_index, seal
from shared.privacy.keyring import ENTROPY_BYTES
from shared.privacy.sealing import unwrap

KNOWN_MAX = 20_000
# An erasure in another process is noticed within this time; until then a new report of that person would be sealed
# under a key that no longer exists, and lost to its handlers.
KNOWN_FOR = timedelta(seconds=60)

KEY_BESIDE = (SQL["key_beside_opening"], SQL["key_queued_beside_opening"])
REPORTER_BESIDE = SQL["reporter_beside_opening"]


@dataclass(frozen=True, slots=True)
class Reporter:
    """Whose key seals a ticket, and the rows that make them known when they are new."""

    key: PersonKey
    beside: tuple[Beside, ...] = ()

    @property
    def person(self) -> str:
        """Their opaque id."""
        return self.key.person

    def seal(self, text: str) -> Sealed:
        """Seal what they gave us."""
        return seal(self.key, text, nonce=secrets.token_bytes(NONCE_BYTES))

    def seal_given(self, text: str | None) -> Sealed | None:
        """The same for what may be absent."""
        return None if text is None else self.seal(text)


@dataclass(slots=True)
class Reporters:
    """Who is known by phone. The last ones are remembered, so that a report needs one round trip."""

    pool: Pool
    keyring: Keyring
    clock: Clock
    hmac_key: bytes = field(repr=False)
    _known: OrderedDict[str, tuple[PersonKey, datetime]] = field(default_factory=OrderedDict, repr=False)

    def index_of(self, phone: str) -> str:
        """What a phone is found by."""
        return blind_index(self.hmac_key, phone)

    def reporter(self, phone_index: str | None) -> Reporter:
        """Whom we remember by this phone; otherwise somebody new, as it nearly always turns out to be."""
        known = self._remembered(phone_index) if phone_index else None
        return Reporter(known) if known else self._new_reporter(phone_index)

    def remember(self, phone_index: str, key: PersonKey) -> None:
        """Know this phone for a while."""
        self._known[phone_index] = (key, self.clock.now())
        if len(self._known) > KNOWN_MAX:
            self._known.popitem(last=False)

    async def learn(self, phone_index: str) -> None:
        """Ask the database who has this phone; a phone whose person was forgotten is free again."""
        async with self.pool.acquire() as connection:
            for index, key in (await self.keys_of_phones(connection, [phone_index])).items():
                self.remember(index, key)

    async def keys_of_phones(self, connection: Connection, phone_indexes: Sequence[str]) -> dict[str, PersonKey]:
        """The keys of those who have reported from these phones."""
        await connection.execute(SQL["forget_erased_reporters"], phone_indexes)
        rows = await connection.fetch(SQL["reporters_of_phones"], phone_indexes)
        platform_key = self.keyring.platform_key
        return {
            row["phone_index"]: unwrap(platform_key, row["wrapped"], person=row["person"], version=row["version"])
            for row in rows
        }

    def new_key(self) -> NewKey:
        """A person nobody knew, and their key."""
        return self.keyring.new_key(secrets.token_hex(16), entropy=secrets.token_bytes(ENTROPY_BYTES))

    def _remembered(self, phone_index: str) -> PersonKey | None:
        found = self._known.get(phone_index)
        if found is None:
            return None
        key, since = found
        if self.clock.now() - since > KNOWN_FOR:
            del self._known[phone_index]
            return None
        return key

    def _new_reporter(self, phone_index: str | None) -> Reporter:
        new = self.new_key()
        values = json.dumps({"person": new.key.person, "wrapped": new.wrapped, "phone_index": phone_index})
        beside = tuple(Beside(statement, values) for statement in KEY_BESIDE)
        return Reporter(new.key, (*beside, Beside(REPORTER_BESIDE, values)) if phone_index else beside)
