"""What was measured on, and which edition of the code."""

import os
import platform
import subprocess
from datetime import datetime
from functools import cache
from pathlib import Path

from shared.kernel.clock import SystemClock

CHECKOUT = Path(__file__).parents[1]
# What keeping a result writes: the next run is of the same edition.
KEPT = ("bench/results.json", "docs/performance.md", "docs/operations/scale.md")


def machine() -> str:
    """Processor, cores, kernel and Python."""
    parts = (
        _processor(),
        f"{os.cpu_count()} cores",
        f"{_memory_gb()} GB",
        f"Linux {platform.release()}",
        f"Python {platform.python_version()}",
    )
    return ", ".join(parts)


@cache
def commit() -> str:
    """The commit that is checked out, with a plus when files differ from it.

    Asked once: what is measured last was imported with what was measured first.
    """
    head = _git("rev-parse", "--short", "HEAD")
    others = (f":(exclude){file}" for file in KEPT)
    return f"{head}+" if _git("status", "--porcelain", "--untracked-files=no", "--", ".", *others) else head


def now() -> datetime:
    """When."""
    return SystemClock().now()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    facts = dict(line.partition(":")[::2] for line in lines if ":" in line)
    known = {name.strip(): value.strip() for name, value in facts.items()}
    return (
        f"{known.get('model name', platform.machine())} (family {known.get('cpu family')} model {known.get('model')})"
    )


def _memory_gb() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3)


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False, cwd=CHECKOUT).stdout.strip()
