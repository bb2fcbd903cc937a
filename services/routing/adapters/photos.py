"""Photos: evidence of staff taken in and kept without what cameras add to them, and reporters' photos handed on."""

import asyncio
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from obstore.exceptions import NotFoundError
from obstore.store import LocalStore
from PIL import Image, ImageOps, UnidentifiedImageError

from shared.contracts.envelope import Attachment

FORMATS = ("JPEG", "PNG", "WEBP")
PIXELS_MAX = 50_000_000
EDGE_PIXELS_MAX = 2560
MEDIA_TYPE = "image/jpeg"


class NotAPhotoError(Exception):
    """The file is no photo that we can read: JPEG, PNG or WebP."""


@dataclass(frozen=True, slots=True)
class Photos:
    """Two folders: what staff add, and what intake took in from reporters, which is only read here."""

    evidence: LocalStore
    reported: LocalStore

    @classmethod
    def under(cls, data_dir: Path) -> "Photos":
        """The stores below a data directory."""
        return cls(
            LocalStore(data_dir / "evidence", mkdir=True),
            LocalStore(data_dir / "photos", mkdir=True),
        )

    async def keep(self, content: bytes) -> Attachment:
        """Store a photo as evidence.

        Raises:
            NotAPhotoError: it can not be read as one.
        """
        picture = await asyncio.to_thread(redrawn, content)
        # Named by its content, so that a form that is sent twice keeps one.
        digest = hashlib.sha256(picture).hexdigest()
        await self.evidence.put_async(digest, picture)
        return Attachment(id=digest, media_type=MEDIA_TYPE, size_bytes=len(picture), sha256=digest)

    async def evidence_content(self, name: str) -> bytes | None:
        """A photo that staff added, if it is there."""
        return await _content(self.evidence, name)

    async def reported_content(self, name: str) -> bytes | None:
        """A photo that came with a ticket, if it is there."""
        return await _content(self.reported, name)


def redrawn(content: bytes) -> bytes:
    """The picture alone: turned upright, no larger than needed, without place, time and camera."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > PIXELS_MAX:
                raise NotAPhotoError
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as unreadable:
        raise NotAPhotoError from unreadable
    picture.thumbnail((EDGE_PIXELS_MAX, EDGE_PIXELS_MAX))
    drawn = io.BytesIO()
    picture.save(drawn, "JPEG", quality=82)
    return drawn.getvalue()


async def _content(store: LocalStore, name: str) -> bytes | None:
    try:
        found = await store.get_async(name)
    except (NotFoundError, FileNotFoundError):
        return None
    return bytes(await found.bytes_async())
