"""A picture and nothing else: what its file says besides (where, when, by whom, with what words) is gone."""

import asyncio
import io
from dataclasses import dataclass, field

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MEDIA_TYPE = "image/jpeg"
PIXELS_MAX = 50_000_000
EDGE_PIXELS_MAX = 2560
JPEG_QUALITY = 85
# Decoding needs some 150 MB for the largest photo that is taken.
DECODED_AT_ONCE = 2


class NotAPhotoError(Exception):
    """This is no photo in JPEG, PNG or WebP, it is damaged, or it has too many pixels."""


@dataclass(frozen=True, slots=True)
class Redrawing:
    """Pictures drawn anew, a few at once and off the loop."""

    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(DECODED_AT_ONCE))

    async def redrawn(self, content: bytes) -> bytes:
        """The picture alone, as JPEG.

        Raises:
            NotAPhotoError: it is none.
        """
        async with self._turns:
            return await asyncio.to_thread(redrawn, content)


def redrawn(content: bytes) -> bytes:
    """The pixels, upright and no more of them than a screen shows, as JPEG.

    Raises:
        NotAPhotoError: it holds no picture that we read.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            _check_size(image)
            image.load()
            picture = _upright(image).convert("RGB")
        picture.thumbnail((EDGE_PIXELS_MAX, EDGE_PIXELS_MAX))
        return _written(picture)
    except Exception as error:
        raise NotAPhotoError from error


def _check_size(image: Image.Image) -> None:
    """Before anything is decoded: a small file can hold a picture that fills the memory."""
    if image.width * image.height > PIXELS_MAX:
        raise NotAPhotoError


def _upright(image: Image.Image) -> Image.Image:
    """A photo whose notes are damaged is still a photo, perhaps lying on its side."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001 - as above.
        return image


def _written(picture: Image.Image) -> bytes:
    # The writer takes comments and profiles from here when it is not told otherwise.
    picture.info.clear()
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=JPEG_QUALITY)
    return written.getvalue()
