"""Who reports, and under which key what they write is sealed."""

import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.intake.queries import SQL
from shared.contracts.envelope import Sealed
from shared.kernel.clock import Clock
from shared.kernel.database import Connection, Pool
from shared.kernel.together import RowBeside, Together
from shared.privacy import NONCE_BYTES, Keyring, NewKey, PersonKey, blind_index, seal
from shared.privacy.keyring import ENTROPY_BYTES
from shared.privacy.sealing import unwrap

KNOWN_MAX = 20_000
# No key stays in memory longer; whether it is still theirs is asked by each append's own statement.
KNOWN_FOR = timedelta(seconds=60)

KEY_BESIDE = (SQL["key_beside_opening"], SQL["key_queued_beside_opening"])
REPORTER_BESIDE = SQL["reporter_beside_opening"]
KNOWN_BESIDE = SQL["known_reporter_beside_opening"]


@dataclass(frozen=True, slots=True)
class Reporter:
    """Whose key seals a ticket, and what makes them known when they are new."""

    key: PersonKey
    new: NewKey | None = None

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

    def beside(self, stream: str, phone_index: str | None) -> tuple[RowBeside, ...]:
        """The rows that make a new reporter known, with their ticket, or that hold that a known one's key is theirs."""
        person = {"stream": stream, "person": self.person}
        if self.new is None:
            known = {**person, "phone_index": phone_index, "key_version": str(self.key.version)}
            return (RowBeside(KNOWN_BESIDE, known),)
        stored, queued = KEY_BESIDE
        rows = (RowBeside(stored, {**person, "wrapped": self.new.wrapped}), RowBeside(queued, person))
        return (*rows, RowBeside(REPORTER_BESIDE, {**person, "phone_index": phone_index})) if phone_index else rows


@dataclass(slots=True)
class Reporters:
    """Who is known by phone. The last ones are remembered; those not remembered are asked for together."""

    pool: Pool
    keyring: Keyring
    clock: Clock
    hmac_key: bytes = field(repr=False)
    _known: OrderedDict[str, tuple[PersonKey, datetime]] = field(default_factory=OrderedDict, repr=False)
    _lookups: Together[str, PersonKey | None] = field(init=False)

    def __post_init__(self) -> None:
        """Remember nobody yet."""
        self._lookups = Together(self._look_up)

    def index_of(self, phone: str) -> str:
        """What a phone is found by."""
        return blind_index(self.hmac_key, phone)

    async def reporter(self, phone_index: str | None) -> Reporter:
        """Who has this phone; otherwise, and without a phone, somebody new."""
        known = None
        if phone_index is not None:
            known = self._remembered(phone_index) or await self._lookups.ask(phone_index)
        if known:
            return Reporter(known)
        new = self.new_key()
        return Reporter(new.key, new)

    def new_key(self) -> NewKey:
        """The key of somebody nobody knew."""
        return self.keyring.new_key(secrets.token_hex(16), entropy=secrets.token_bytes(ENTROPY_BYTES))

    def remember(self, phone_index: str, key: PersonKey) -> None:
        """Know this phone for a while."""
        self._known[phone_index] = (key, self.clock.now())
        if len(self._known) > KNOWN_MAX:
            self._known.popitem(last=False)

    def forget(self, phone_index: str) -> None:
        """Look this phone up again the next time."""
        self._known.pop(phone_index, None)

    async def keys_of_phones(self, connection: Connection, phone_indexes: Sequence[str]) -> dict[str, PersonKey]:
        """The keys of those who have reported from these phones; one whose person was forgotten is free again."""
        rows = await connection.fetch(SQL["reporters_of_phones"], phone_indexes)
        platform_key = self.keyring.platform_key
        if any(row["wrapped"] is None for row in rows):
            await connection.execute(SQL["forget_erased_reporters"], phone_indexes)
        return {
            row["phone_index"]: unwrap(platform_key, row["wrapped"], person=row["person"], version=row["version"])
            for row in rows
            if row["wrapped"] is not None
        }

    async def _look_up(self, phone_indexes: Sequence[str]) -> list[PersonKey | Exception | None]:
        async with self.pool.acquire() as connection:
            keys = await self.keys_of_phones(connection, list(set(phone_indexes)))
        for index, key in keys.items():
            self.remember(index, key)
        return [keys.get(index) for index in phone_indexes]

    def _remembered(self, phone_index: str) -> PersonKey | None:
        found = self._known.get(phone_index)
        if found is None:
            return None
        key, since = found
        if self.clock.now() - since > KNOWN_FOR:
            del self._known[phone_index]
            return None
        return key
