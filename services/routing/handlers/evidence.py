"""Photos that come with an act: counted and weighed before any is decoded, and redrawn without what cameras add."""

from collections.abc import Sequence
from enum import StrEnum

from starlette.datastructures import UploadFile

from services.routing.adapters.photos import Picture
from services.routing.handlers.service import Routing
from shared.privacy.photos import NotAPhotoError

MEGABYTE = 1024 * 1024


class PhotosFault(StrEnum):
    """What can be wrong with the photos of an act."""

    NOT_A_PHOTO = "not_a_photo"
    PHOTO_TOO_LARGE = "photo_too_large"
    TOO_MANY_PHOTOS = "too_many_photos"


class PhotosRefusedError(Exception):
    """These photos can not be taken as evidence; none was kept."""

    def __init__(self, fault: PhotosFault, limit: int = 0) -> None:
        super().__init__(fault)
        self.fault, self.limit = fault, limit


def photos_bytes_max(service: Routing) -> int:
    """How long all photos of one act together may be."""
    return service.config.photos_max * service.config.photo_megabytes_max * MEGABYTE


def check_photos(service: Routing, uploads: Sequence[UploadFile]) -> None:
    """Refuse what is too much before anything is decoded.

    Raises:
        PhotosRefusedError: one is too large, or there are too many.
    """
    config = service.config
    if len(uploads) > config.photos_max:
        raise PhotosRefusedError(PhotosFault.TOO_MANY_PHOTOS, config.photos_max)
    if any((upload.size or 0) > config.photo_megabytes_max * MEGABYTE for upload in uploads):
        raise PhotosRefusedError(PhotosFault.PHOTO_TOO_LARGE, config.photo_megabytes_max)


async def redrawn(service: Routing, uploads: Sequence[UploadFile]) -> tuple[Picture, ...]:
    """The photos as they may be kept.

    Raises:
        PhotosRefusedError: one is no photo.
    """
    try:
        return tuple([await service.photos.redrawn(await upload.read()) for upload in uploads])
    except NotAPhotoError:
        raise PhotosRefusedError(PhotosFault.NOT_A_PHOTO) from None
