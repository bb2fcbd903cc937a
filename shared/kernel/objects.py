"""Objects under names that nobody else has, in a folder or in a bucket that speaks S3.

Promise: what was kept is there when `keep` returns, and either all of it was kept or the caller is told within seconds
that it was not; a name is written once, so keeping it again changes nothing. Names are told to nobody: not to the log,
not to the metrics.
"""

import asyncio
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import TypeVar

import structlog
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore, S3Store

from shared.kernel import metrics
from shared.kernel.bucket import Bucket
from shared.kernel.loops import beat

log = structlog.get_logger()

T = TypeVar("T")

# For all that is kept at once, and for each that is read or dropped: somebody waits for it with a page open.
DONE_WITHIN_S = 8.0
ASKED_EVERY_S = 30.0
# A name that none of ours has: that there is no such object is the answer of a store that works.
ASKED_FOR = "is-there-anybody"
# What a store says of a missing object and of a missing bucket differs in its text only.
NO_BUCKET = "NoSuchBucket"


class Away(StrEnum):
    """Why objects cannot be had."""

    SILENT = "silent"
    DENIED = "denied"
    NO_BUCKET = "no_bucket"


TROUBLES: Mapping[Away, str] = {
    Away.SILENT: "the store does not answer",
    Away.DENIED: "the store refuses our account",
    Away.NO_BUCKET: "the store has no such bucket",
}


class ObjectsAwayError(Exception):
    """The store of objects does not do what it is asked."""

    def __init__(self, why: Away) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Objects:
    """One store of objects; `before` is the folder in which they lay before, until the last of them is moved."""

    store: LocalStore | S3Store
    before: LocalStore | None = None
    done_within_s: float = DONE_WITHIN_S
    # Set from one that could not be kept until something can: a store may be read and yet be full, or closed to us.
    keeps_nothing: asyncio.Event = field(default_factory=asyncio.Event, repr=False, compare=False)

    @classmethod
    def below(cls, data_dir: Path, name: str, bucket: Bucket | None) -> "Objects":
        """What has this name in the data directory; in the bucket, where there is one."""
        folder = data_dir / name
        if bucket is None:
            return cls(LocalStore(folder, mkdir=True))
        return cls(bucket.store(name), LocalStore(folder) if folder.is_dir() else None)

    @property
    def is_remote(self) -> bool:
        """Whether it is another machine's, which can be away."""
        return isinstance(self.store, S3Store)

    async def keep(self, contents: Mapping[str, bytes]) -> None:
        """Have these for good.

        Raises:
            ObjectsAwayError: not all are kept for certain.
        """
        if not contents:
            return
        try:
            with _told("keep"):
                async with asyncio.timeout(self.done_within_s):
                    await all_ended([self.store.put_async(name, content) for name, content in contents.items()])
        except ObjectsAwayError:
            self.keeps_nothing.set()
            raise
        self.keeps_nothing.clear()

    async def content(self, name: str) -> bytes | None:
        """One of them; none where there is none of this name.

        Raises:
            ObjectsAwayError: whether there is one is not known.
        """
        with _told("read"):
            async with asyncio.timeout(self.done_within_s):
                # First where they leave from: what is not there has arrived, or never was.
                earlier = await _content(self.before, name) if self.before else None
                return earlier if earlier is not None else await _content(self.store, name)

    async def drop(self, names: Sequence[str]) -> None:
        """Have these no longer; one that is not there is gone already.

        Raises:
            ObjectsAwayError: some may still be there.
        """
        with _told("drop"):
            for name in names:
                async with asyncio.timeout(self.done_within_s):
                    # In this order: whoever moves it meanwhile then finds it gone, and takes back what was moved.
                    await _drop(self.before, name)
                    await _drop(self.store, name)

    async def answers(self) -> None:
        """Ask whether it is there and takes us for who we are; where the last was not kept, whether it keeps again.

        Raises:
            ObjectsAwayError: it is not, or does not.
        """
        with _told("ask"):
            async with asyncio.timeout(self.done_within_s):
                if self.keeps_nothing.is_set():
                    await self.store.put_async(ASKED_FOR, b"")
                    await _drop(self.store, ASKED_FOR)
                    self.keeps_nothing.clear()
                await _content(self.store, ASKED_FOR)


@dataclass(slots=True)
class Watch:
    """Asks a store how it is, so that whoever asks us need not wait for its answer."""

    service: str
    objects: Objects
    _why: Away | None = None
    _answered_at: float = field(default_factory=monotonic)

    async def run(self) -> None:
        """For ever."""
        while True:
            beat()
            await self.look()
            await asyncio.sleep(ASKED_EVERY_S)

    async def look(self) -> None:
        """Ask once."""
        try:
            await self.objects.answers()
            self._why, self._answered_at = None, monotonic()
        except ObjectsAwayError as error:
            self._why = error.why
        away_s = 0.0 if self._why is None else monotonic() - self._answered_at
        metrics.PHOTO_STORE_AWAY.labels(service=self.service).set(away_s)

    @property
    def trouble(self) -> str | None:
        """What is wrong, for whoever is on call."""
        return None if self._why is None else TROUBLES[self._why]


async def all_ended(together: Sequence[Awaitable[T]]) -> list[T]:
    """What comes of each; where one fails, that is told when none of the others goes on behind our back any more."""
    outcomes = await asyncio.gather(*together, return_exceptions=True)
    for each in outcomes:
        if isinstance(each, BaseException):
            raise each
    return [each for each in outcomes if not isinstance(each, BaseException)]


async def _content(store: LocalStore | S3Store, name: str) -> bytes | None:
    try:
        found = await store.get_async(name)
    except FileNotFoundError as error:
        if NO_BUCKET in str(error):
            raise
        return None
    return bytes(await found.bytes_async())


async def _drop(store: LocalStore | S3Store | None, name: str) -> None:
    if store is None:
        return
    if isinstance(store, S3Store):
        # It has no word for one that was not there: what is not found is the bucket.
        await store.delete_async(name)
    else:
        with suppress(FileNotFoundError):
            await store.delete_async(name)


@contextmanager
def _told(act: str) -> Iterator[None]:
    """Measured, and what goes wrong told in our words."""
    started = monotonic()
    try:
        yield
    except (BaseError, OSError, TimeoutError) as error:
        why = _why(error)
        metrics.PHOTO_STORE_FAILURES.labels(act=act, reason=why.value).inc()
        # Its text holds names.
        log.error("photo_store_failed", act=act, reason=why.value, error=type(error).__name__)
        raise ObjectsAwayError(why) from None
    metrics.PHOTO_STORE_SECONDS.labels(act=act).observe(monotonic() - started)


def _why(error: BaseException) -> Away:
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        return Away.DENIED
    return Away.NO_BUCKET if isinstance(error, FileNotFoundError) else Away.SILENT
