"""The provider that sends nothing and keeps every message, sealed, for the sandbox's page.

What is sent at the same time is kept by one statement. A message that was handed over twice stands here twice, as it
would on a phone.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from services.notify.adapters.provider import Accepted, Outcome, Rejected, Sms
from shared.contracts.envelope import Sealed
from shared.contracts.keys import KeyRecord
from shared.kernel.database import Pool
from shared.kernel.queries import Queries
from shared.privacy import NONCE_BYTES, Keyring, seal
from shared.privacy.sealing import unwrap
from shared.sms.segments import segment_count

SQL = Queries.load(Path(__file__).parents[1] / "sql" / "queries")

FORGOTTEN_CODE = "forgotten"


@dataclass(slots=True)
class SandboxProvider:
    """Accepts everything for people who are not forgotten."""

    pool: Pool
    keyring: Keyring
    now: Callable[[], datetime]
    name: str = "sandbox"
    _waiting: list[tuple[Sms, asyncio.Future[Outcome]]] = field(default_factory=list)
    _keeping: set[asyncio.Task[None]] = field(default_factory=set)

    async def send(self, sms: Sms) -> Outcome:
        """Keep it together with all that are sent in the same turn of the loop."""
        if not self._waiting:
            task = asyncio.create_task(self._keep_waiting())
            self._keeping.add(task)
            task.add_done_callback(self._keeping.discard)
        kept: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((sms, kept))
        return await kept

    async def close(self) -> None:
        """Nothing is held open."""

    async def _keep_waiting(self) -> None:
        batch, self._waiting = self._waiting, []
        try:
            outcomes = await self._keep([sms for sms, _ in batch])
        except Exception as error:  # noqa: BLE001 - every waiter learns it; the kernel counts its send as unknown.
            for _, kept in batch:
                if not kept.done():
                    kept.set_exception(error)
            return
        for (_, kept), outcome in zip(batch, outcomes, strict=True):
            if not kept.done():
                kept.set_result(outcome)

    async def _keep(self, batch: Sequence[Sms]) -> list[Outcome]:
        async with self.pool.acquire() as connection:
            people = {sms.sealed_phone.person for sms in batch}
            held = {record.person: record for record in await self.keyring.records_of(connection, people)}
            sealed = [(sms, self._sealed(sms, held)) for sms in batch]
            kept = [(sms, text) for sms, text in sealed if text is not None]
            rows = await connection.fetch(
                SQL["keep_sandbox_messages"],
                [sms.notification_id for sms, _ in kept],
                [sms.sealed_phone.model_dump_json() for sms, _ in kept],
                [text.model_dump_json() for _, text in kept],
                [segment_count(sms.text) for sms, _ in kept],
                self.now(),
            )
        positions = {row["notification_id"]: row["position"] for row in rows}
        return [_outcome(positions.get(sms.notification_id)) for sms in batch]

    def _sealed(self, sms: Sms, held: dict[str, KeyRecord]) -> Sealed | None:
        record = held.get(sms.sealed_phone.person)
        if record is None or record.wrapped is None:
            return None
        key = unwrap(self.keyring.platform_key, record.wrapped, person=record.person, version=record.version)
        return seal(key, sms.text, nonce=secrets.token_bytes(NONCE_BYTES))


def _outcome(position: int | None) -> Outcome:
    """A person forgotten between opening and sending has no key to keep the message under: it is refused for good."""
    if position is None:
        return Rejected(FORGOTTEN_CODE, retryable=False)
    return Accepted(f"sandbox-{position}")
