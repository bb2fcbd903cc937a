"""A platform started in the background: its starter sees the progress, gets the welcome and goes home."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from services.cli.errors import AlreadyRunningError, StartFailedError
from services.cli.running import LAUNCHER_LOG, launcher
from services.cli.settings import CHECKOUT, LaunchSettings
from shared.embedded.processes import ProcessRecord, spawn, ticks


async def launch_detached(settings: LaunchSettings, *, in_json: bool, tell: Callable[[str], None]) -> str:
    """Starts the platform in the background, tells its progress and gives its welcome when it is ready."""
    if launcher(settings.data_dir) is not None:
        raise AlreadyRunningError
    data_dir = settings.data_dir.absolute()
    welcome = data_dir / "welcome"
    # One that nobody took is of an earlier start.
    await asyncio.to_thread(welcome.unlink, missing_ok=True)
    log = await asyncio.to_thread(_opened_log, data_dir)
    process = await asyncio.to_thread(_spawn_launcher, settings, in_json)
    # A first download takes as long as it takes; the process's end is the only failure.
    async for _ in ticks(seconds=float("inf"), pause_seconds=0.2):
        await asyncio.to_thread(_tell_news, log, tell)
        # It is the last thing that a start writes, and is there as a whole or not at all.
        if await asyncio.to_thread(welcome.exists):
            return await asyncio.to_thread(_taken, welcome)
        if process.process() is None:
            break
    raise StartFailedError(str(data_dir / LAUNCHER_LOG))


def _spawn_launcher(settings: LaunchSettings, in_json: bool) -> ProcessRecord:
    data_dir = settings.data_dir.absolute()
    options = [f"--port={settings.port}", f"--welcome-to={data_dir / 'welcome'}", *(["--json"] if in_json else [])]
    return spawn([sys.executable, "-m", "services.cli", "up", *options], log=data_dir / LAUNCHER_LOG, cwd=CHECKOUT)


class _Log:
    """A log read on from where it ended when we came."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._file = path.open(encoding="utf-8", errors="replace")
        self._file.seek(0, 2)

    def news(self) -> list[str]:
        return self._file.read().splitlines()


def _opened_log(data_dir: Path) -> _Log:
    data_dir.mkdir(parents=True, exist_ok=True)
    return _Log(data_dir / LAUNCHER_LOG)


def _tell_news(log: _Log, tell: Callable[[str], None]) -> None:
    for line in log.news():
        # What is logged is for the log's readers; progress and refusals are for who waits.
        if not line.startswith("{"):
            tell(line)


def _taken(welcome: Path) -> str:
    """The welcome holds first-use passwords, so it is read once and removed."""
    text = welcome.read_text(encoding="utf-8")
    welcome.unlink()
    return text
