"""Photos: evidence of staff taken in and kept without what cameras add to them, and reporters' photos handed on."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shared.contracts.envelope import Attachment
from shared.kernel.bucket import Bucket
from shared.kernel.objects import Objects
from shared.privacy.photos import MEDIA_TYPE, Redrawing


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo redrawn, and not kept anywhere yet."""

    attachment: Attachment
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Photos:
    """What staff add, and what intake took in from reporters, which is only read here."""

    evidence: Objects
    reported: Objects
    redrawing: Redrawing = field(default_factory=Redrawing)

    @classmethod
    def kept(cls, data_dir: Path, bucket: Bucket | None) -> "Photos":
        """Those below a data directory, or in a bucket."""
        return cls(Objects.below(data_dir, "evidence", bucket), Objects.below(data_dir, "photos", bucket))

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
        """Store photos as evidence; again, it changes nothing.

        Raises:
            ObjectsAwayError: they can not be stored now.
        """
        await self.evidence.keep({each.attachment.id: each.content for each in pictures})

    async def evidence_content(self, name: str) -> bytes | None:
        """A photo that staff added, if it is there.

        Raises:
            ObjectsAwayError: it can not be said now.
        """
        return await self.evidence.content(name)

    async def reported_content(self, name: str) -> bytes | None:
        """A photo that came with a ticket, if it is there.

        Raises:
            ObjectsAwayError: it can not be said now.
        """
        return await self.reported.content(name)
