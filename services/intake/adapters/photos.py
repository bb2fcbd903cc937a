"""Photos of residents, under random names; what is kept is fit to be shown."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.contracts.envelope import Attachment
from shared.kernel.objects import Objects
from shared.privacy.photos import MEDIA_TYPE, Redrawing


@dataclass(frozen=True, slots=True)
class PhotoStore:
    """Where they are kept."""

    kept: Objects
    _redrawing: Redrawing = field(default_factory=Redrawing)

    async def clean(self, content: bytes) -> bytes:
        """The picture alone.

        Raises:
            NotAPhotoError: it is none.
        """
        return await self._redrawing.redrawn(content)

    async def keep(self, cleaned: Mapping[str, bytes]) -> tuple[Attachment, ...]:
        """Store cleaned photos, by their names.

        Raises:
            ObjectsAwayError: they can not be stored now; some of them may be.
        """
        await self.kept.keep(cleaned)
        return tuple(_attachment(photo_id, content) for photo_id, content in cleaned.items())

    async def drop(self, photo_ids: Sequence[str]) -> None:
        """Remove photos that no ticket names; one that is not there is gone already.

        Raises:
            ObjectsAwayError: some may still be there.
        """
        await self.kept.drop(photo_ids)


def new_photo_id() -> str:
    """A name that nobody can guess."""
    return secrets.token_hex(16)


def _attachment(photo_id: str, content: bytes) -> Attachment:
    digest = hashlib.sha256(content).hexdigest()
    return Attachment(id=photo_id, media_type=MEDIA_TYPE, size_bytes=len(content), sha256=digest)
