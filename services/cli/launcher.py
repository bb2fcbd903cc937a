"""A platform's start and stop in one process: the stores, then the four services; backwards on Ctrl-C."""

import asyncio
import gc
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import uvicorn
import uvloop

from services.cli.errors import PortTakenError, StartFailedError
from services.cli.running import LAUNCHER_LOG, Ready, claimed, write_ready
from services.cli.settings import LaunchSettings
from services.cli.stores import running_stores
from shared.embedded.platform import Platform, Prepared
from shared.embedded.processes import ticks
from shared.embedded.progress import Progress, Report, Step


class Composition(Protocol):
    """The four services, as `services.composed` offers them."""

    async def prepare(self, platform: Platform, progress: Report) -> Prepared:
        """Brings tables, topics and the district up to date."""
        ...

    def asgi_app(self, platform: Platform) -> Any:
        """The pages and interfaces of all four, with their loops in its lifespan."""
        ...


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a start ends with."""

    platform: Platform
    prepared: Prepared
    seconds: float


class _PagesServer(uvicorn.Server):
    """Leaves signals to the launcher, which stops the stores after the pages."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Launcher:
    """One run of the platform, from its claim on the data directory to the last store's stop."""

    def __init__(
        self,
        settings: LaunchSettings,
        composition: Composition,
        *,
        report: Report,
        welcome: Callable[[Welcome], None],
        stopping: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._composition = composition
        self._report = report
        self._welcome = welcome
        self._stopping = stopping
        self._began = time.monotonic()
        self._pages: _PagesServer | None = None
        self._asked_to_stop = False

    def run(self) -> None:
        """Runs until somebody asks it to stop."""
        with claimed(self._settings.data_dir), bound(self._settings) as listening:
            uvloop.run(self._run(listening))

    async def _run(self, listening: socket.socket) -> None:
        work = asyncio.ensure_future(self._serve_on_stores(listening))
        for asked in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(asked, self._ask_to_stop, work)
        try:
            await work
        except asyncio.CancelledError:
            if not self._asked_to_stop:
                raise

    def _ask_to_stop(self, work: asyncio.Future[None]) -> None:
        """Lets open requests end; asked a second time, does not wait for them. The stores stop in order either way."""
        if self._pages is not None:
            self._pages.force_exit = self._asked_to_stop
            self._pages.should_exit = True
        elif not self._asked_to_stop:
            work.cancel()
        if not self._asked_to_stop:
            self._asked_to_stop = True
            self._stopping()

    async def _serve_on_stores(self, listening: socket.socket) -> None:
        async with running_stores(self._settings, self._report) as platform:
            prepared = await self._composition.prepare(platform, self._report)
            await self._serve(platform, prepared, listening)

    async def _serve(self, platform: Platform, prepared: Prepared, listening: socket.socket) -> None:
        self._report(Progress(Step.START_SERVICES))
        self._pages = _PagesServer(pages_config(self._composition.asgi_app(platform)))
        serving = asyncio.ensure_future(self._pages.serve(sockets=[listening]))
        await self._announce_when_started(serving, platform, prepared)
        await serving
        if not self._pages.started:
            raise StartFailedError(str(self._settings.data_dir / LAUNCHER_LOG))

    async def _announce_when_started(
        self, serving: asyncio.Future[None], platform: Platform, prepared: Prepared
    ) -> None:
        pages = self._pages
        async for _ in ticks(seconds=float("inf"), pause_seconds=0.02):
            if serving.done() or (pages is not None and pages.started):
                break
        if not serving.done():
            settle_memory()
            write_ready(self._settings.data_dir, Ready(platform.host, platform.port, prepared.place_code))
            self._welcome(Welcome(platform, prepared, time.monotonic() - self._began))


async def prepare_only(settings: LaunchSettings, composition: Composition, report: Report) -> Prepared:
    """What a start does before its pages are served, and then an end."""
    with claimed(settings.data_dir):
        async with running_stores(settings, report) as platform:
            return await composition.prepare(platform, report)


def pages_config(app: Any) -> uvicorn.Config:
    """How our pages are served, whoever starts them."""
    return uvicorn.Config(
        app,
        http="httptools",
        lifespan="on",
        # Clients keep connections for about a minute; closing first would fail their next request.
        timeout_keep_alive=75,
        # An open event stream would otherwise hold up the stop for ever.
        timeout_graceful_shutdown=2,
        # Whom a proxy speaks for is worked out where it is known which proxies are ours.
        proxy_headers=False,
        access_log=False,
        server_header=False,
        log_config=None,
    )


def settle_memory() -> None:
    """What a start made lives as long as the process: looking through it again made slow requests slower."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@contextmanager
def bound(settings: LaunchSettings) -> Iterator[socket.socket]:
    """Takes the port before anything is started, so that a taken one is known at once."""
    with socket.socket(socket.AF_INET) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((settings.host, settings.port))
        except OSError:
            raise PortTakenError(str(settings.port)) from None
        yield listening
