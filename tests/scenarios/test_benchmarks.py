"""Every benchmark still works: what it measures changes, and when it is asked for there is no time to mend it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bench.__main__ import BENCHMARKS
from bench.residents.messages import absent, messages_file

CHECKOUT = Path(__file__).parents[2]
KEPT = (CHECKOUT / "bench" / "results.json", CHECKOUT / "docs" / "performance.md")

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def kept() -> Iterator[Path]:
    """Where PostgreSQL's own user may pass, which it may not in pytest's directories."""
    with TemporaryDirectory(prefix="yima-bench-kept-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_it_measures_something_and_a_quick_run_keeps_nothing(name: str, kept: Path) -> None:
    if name == "history_import" and messages_file() is None:
        pytest.skip(absent())
    before = [file.read_bytes() for file in KEPT]

    run = subprocess.run(
        [sys.executable, "-m", "bench", name, "--quick", "--json"],
        cwd=CHECKOUT,
        env=os.environ | {"BENCH_KEPT": str(kept)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr[-4000:]
    measured = json.loads(run.stdout)
    assert [each["name"] for each in measured if not each["value"] > 0] == []
    assert measured
    assert [file.read_bytes() for file in KEPT] == before
