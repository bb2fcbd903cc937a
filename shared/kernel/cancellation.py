"""Being cancelled where a library looks away at it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def cancellation_kept() -> Iterator[None]:
    """Ends as cancelled if somebody asked for it meanwhile, however the body ends.

    A client of the library that is closed waits for its own cancelled task and takes any cancellation for that one's: a
    loop that was stopped just then began its work, and held up the service's stop for ten seconds.
    """
    task = asyncio.current_task()
    asked = task.cancelling() if task else 0
    try:
        yield
    finally:
        if task is not None and task.cancelling() > asked:
            raise asyncio.CancelledError
