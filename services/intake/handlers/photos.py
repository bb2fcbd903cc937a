"""The photos of one report: all checked before any is kept, and none left behind when no ticket came of it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.intake.adapters.photos import NotAPhotoError
from services.intake.config import MEGABYTE, Config
from services.intake.domain.errors import Fault, Refusal, RefusedFieldsError
from services.intake.handlers.ground import Intake
from shared.contracts.envelope import Attachment


@dataclass(slots=True)
class KeptPhotos:
    """Photos in the store; they stay there once something needs them."""

    photos: tuple[Attachment, ...] = ()
    needed: bool = False


@asynccontextmanager
async def kept_photos(intake: Intake, contents: Sequence[bytes]) -> AsyncIterator[KeptPhotos]:
    """Keep a report's photos while its ticket is opened.

    Raises:
        RefusedFieldsError: one is no photo, too large, or there are too many; none was kept.
    """
    check_sizes([len(content) for content in contents], intake.config)
    kept = KeptPhotos()
    try:
        cleaned = [await intake.photos.clean(content) for content in contents]
    except NotAPhotoError:
        raise RefusedFieldsError([Refusal("photos", Fault.NOT_A_PHOTO)]) from None
    try:
        for photo in cleaned:
            kept.photos = (*kept.photos, await intake.photos.keep(photo))
        yield kept
    finally:
        if not kept.needed:
            await intake.photos.drop(kept.photos)


def check_sizes(sizes: Sequence[int], config: Config) -> None:
    """Refuse what is too much before anything is decoded.

    Raises:
        RefusedFieldsError: too many photos, or one is too large.
    """
    if len(sizes) > config.photos_max:
        raise RefusedFieldsError([Refusal("photos", Fault.TOO_MANY_PHOTOS, config.photos_max)])
    if any(size > config.photo_megabytes_max * MEGABYTE for size in sizes):
        raise RefusedFieldsError([Refusal("photos", Fault.PHOTO_TOO_LARGE, config.photo_megabytes_max)])
