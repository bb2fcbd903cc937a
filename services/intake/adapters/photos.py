"""Photos of residents, under random names; what is in the folder is fit to be shown."""

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from obstore.exceptions import NotFoundError
from obstore.store import LocalStore

from shared.contracts.envelope import Attachment
from shared.privacy.photos import MEDIA_TYPE, Redrawing


@dataclass(slots=True)
class PhotoStore:
    """A folder of photos."""

    folder: Path
    _store: LocalStore = field(init=False)
    _redrawing: Redrawing = field(default_factory=Redrawing)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._store = LocalStore(self.folder)

    async def clean(self, content: bytes) -> bytes:
        """The picture alone.

        Raises:
            NotAPhotoError: it is none.
        """
        return await self._redrawing.redrawn(content)

    async def keep(self, photo_id: str, cleaned: bytes) -> Attachment:
        """Store a cleaned photo."""
        await self._store.put_async(photo_id, cleaned)
        digest = hashlib.sha256(cleaned).hexdigest()
        return Attachment(id=photo_id, media_type=MEDIA_TYPE, size_bytes=len(cleaned), sha256=digest)

    async def drop(self, photo_ids: Sequence[str]) -> None:
        """Remove photos that no ticket names; one that is not there is gone already."""
        for photo_id in photo_ids:
            with suppress(FileNotFoundError, NotFoundError):
                await self._store.delete_async(photo_id)


def new_photo_id() -> str:
    """A name that nobody can guess."""
    return secrets.token_hex(16)
