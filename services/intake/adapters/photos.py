"""Photos of residents: made sure to be photos, stripped of where and when they were taken, and stored."""

import asyncio
import hashlib
import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from obstore.store import LocalStore
from PIL import Image, ImageOps, UnidentifiedImageError

from shared.contracts.envelope import Attachment

FORMATS = ("JPEG", "PNG", "WEBP")
MEDIA_TYPE = "image/jpeg"
PIXELS_MAX = 50_000_000
JPEG_QUALITY = 85
# Decoding needs some 150 MB for the largest photo that we take.
DECODED_AT_ONCE = 2


class NotAPhotoError(Exception):
    """This is no photo in JPEG, PNG or WebP, it is damaged, or it has too many pixels."""


@dataclass(slots=True)
class PhotoStore:
    """A folder of photos under random names; what is in it is fit to be shown."""

    folder: Path
    _store: LocalStore = field(init=False)
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(DECODED_AT_ONCE))

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._store = LocalStore(self.folder)

    async def clean(self, content: bytes) -> bytes:
        """The picture alone.

        Raises:
            NotAPhotoError: it is none.
        """
        async with self._turns:
            return await asyncio.to_thread(re_encoded, content)

    async def keep(self, cleaned: bytes) -> Attachment:
        """Store a cleaned photo."""
        photo_id = secrets.token_hex(16)
        await self._store.put_async(photo_id, cleaned)
        digest = hashlib.sha256(cleaned).hexdigest()
        return Attachment(id=photo_id, media_type=MEDIA_TYPE, size_bytes=len(cleaned), sha256=digest)

    async def drop(self, photos: Sequence[Attachment]) -> None:
        """Remove photos whose ticket did not come about."""
        if photos:
            await self._store.delete_async([photo.id for photo in photos])


def re_encoded(content: bytes) -> bytes:
    """The pixels, upright, as JPEG: whatever else the file held (a position, a name, a hidden part) is gone.

    Raises:
        NotAPhotoError: it holds no picture that we read.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > PIXELS_MAX:
                raise NotAPhotoError
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise NotAPhotoError from error
    written = io.BytesIO()
    upright.save(written, "JPEG", quality=JPEG_QUALITY, exif=b"")
    return written.getvalue()
