"""The photos of one report: all checked before any is kept; those that no ticket names are swept away later.

Whether a ticket names them is told by the append's own statement, which takes them off the list of photos on their way.
So a photo outlives every doubt about that statement's outcome, and none stays for ever that nothing names.
"""

from collections.abc import Sequence
from datetime import timedelta

from services.intake.adapters.photos import new_photo_id
from services.intake.config import MEGABYTE, Config
from services.intake.domain.errors import Fault, Refusal, RefusedFieldsError
from services.intake.handlers.ground import Intake
from services.intake.queries import SQL
from shared.contracts.envelope import Attachment
from shared.privacy.photos import NotAPhotoError

# Longer than any statement may take.
ON_THEIR_WAY_MAX = timedelta(hours=1)


async def kept_photos(intake: Intake, contents: Sequence[bytes]) -> tuple[Attachment, ...]:
    """Keep a report's photos, for the ticket that is opened next.

    Raises:
        RefusedFieldsError: one is no photo, too large, or there are too many; none was kept.
        ObjectsAwayError: they can not be kept now.
    """
    check_sizes([len(content) for content in contents], intake.config)
    try:
        cleaned = [await intake.photos.clean(content) for content in contents]
    except NotAPhotoError:
        raise RefusedFieldsError([Refusal("photos", Fault.NOT_A_PHOTO)]) from None
    if not cleaned:
        return ()
    named = {new_photo_id(): content for content in cleaned}
    await intake.runtime.pool.execute(SQL["photos_set_out"], list(named), intake.now())
    return await intake.photos.keep(named)


async def sweep_photos(intake: Intake) -> int:
    """Remove the photos that no ticket has come to name; returns how many.

    Raises:
        ObjectsAwayError: the next sweep finds them again.
    """
    rows = await intake.runtime.pool.fetch(SQL["photos_lost_on_their_way"], intake.now() - ON_THEIR_WAY_MAX)
    photo_ids = [row["id"] for row in rows]
    await intake.photos.drop(photo_ids)
    await intake.runtime.pool.execute(SQL["forget_photos"], photo_ids)
    return len(photo_ids)


def check_sizes(sizes: Sequence[int], config: Config) -> None:
    """Refuse what is too much before anything is decoded.

    Raises:
        RefusedFieldsError: too many photos, or one is too large.
    """
    if len(sizes) > config.photos_max:
        raise RefusedFieldsError([Refusal("photos", Fault.TOO_MANY_PHOTOS, config.photos_max)])
    if any(size > config.photo_megabytes_max * MEGABYTE for size in sizes):
        raise RefusedFieldsError([Refusal("photos", Fault.PHOTO_TOO_LARGE, config.photo_megabytes_max)])
