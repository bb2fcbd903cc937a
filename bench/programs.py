"""Programs of the benchmark that run in a process of their own: told by JSON what to do, telling by JSON what came."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from bench.machine import CHECKOUT


class ProgramFailedError(Exception):
    """A program of the benchmark failed; what it wrote is above."""


async def run_program(module: str, told: Mapping[str, Any], *, environment: Mapping[str, str] | None = None) -> Any:
    """Run a module to its end.

    Raises:
        ProgramFailedError: it ended in an error.
    """
    answered = await run_command(
        [sys.executable, "-m", module], given=json.dumps(told).encode(), environment=environment
    )
    return json.loads(answered)


async def run_command(command: list[str], *, given: bytes = b"", environment: Mapping[str, str] | None = None) -> bytes:
    """Run a command to its end and give what it wrote; ended early with us.

    Raises:
        ProgramFailedError: it ended in an error.
    """
    program = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=CHECKOUT,
        env={**os.environ, **(environment or {})},
    )
    try:
        written, _ = await program.communicate(given)
    except asyncio.CancelledError:
        program.kill()
        raise
    if program.returncode:
        raise ProgramFailedError(command[-1])
    return written
