"""Photos: evidence of staff taken in and kept without what cameras add to them, and reporters' photos handed on."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from obstore.exceptions import NotFoundError
from obstore.store import LocalStore

from shared.contracts.envelope import Attachment
from shared.privacy.photos import MEDIA_TYPE, Redrawing


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo redrawn, and not kept anywhere yet."""

    attachment: Attachment
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Photos:
    """Two folders: what staff add, and what intake took in from reporters, which is only read here."""

    evidence: LocalStore
    reported: LocalStore
    redrawing: Redrawing = field(default_factory=Redrawing)

    @classmethod
    def under(cls, data_dir: Path) -> "Photos":
        """The stores below a data directory."""
        return cls(
            LocalStore(data_dir / "evidence", mkdir=True),
            LocalStore(data_dir / "photos", mkdir=True),
        )

    async def redrawn(self, content: bytes) -> Picture:
        """A photo as it may be kept.

        Raises:
            NotAPhotoError: it can not be read as one.
        """
        picture = await self.redrawing.redrawn(content)
        # Named by its content, so that a form that is sent twice keeps one.
        digest = hashlib.sha256(picture).hexdigest()
        return Picture(Attachment(id=digest, media_type=MEDIA_TYPE, size_bytes=len(picture), sha256=digest), picture)

    async def keep(self, pictures: Sequence[Picture]) -> None:
        """Store photos as evidence; again, it changes nothing."""
        for picture in pictures:
            await self.evidence.put_async(picture.attachment.id, picture.content)

    async def evidence_content(self, name: str) -> bytes | None:
        """A photo that staff added, if it is there."""
        return await _content(self.evidence, name)

    async def reported_content(self, name: str) -> bytes | None:
        """A photo that came with a ticket, if it is there."""
        return await _content(self.reported, name)


async def _content(store: LocalStore, name: str) -> bytes | None:
    try:
        found = await store.get_async(name)
    except (NotFoundError, FileNotFoundError):
        return None
    return bytes(await found.bytes_async())
