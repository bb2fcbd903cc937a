"""Every benchmark still works: what it measures changes, and when it is asked for there is no time to mend it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import BENCHMARKS

CHECKOUT = Path(__file__).parents[2]
KEPT = (CHECKOUT / "bench" / "results.json", CHECKOUT / "docs" / "performance.md")

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]


@pytest.mark.parametrize("name", BENCHMARKS)
def test_it_measures_something_and_a_quick_run_keeps_nothing(name: str, tmp_path: Path) -> None:
    before = [file.read_bytes() for file in KEPT]

    run = subprocess.run(
        [sys.executable, "-m", "bench", name, "--quick", "--json"],
        cwd=CHECKOUT,
        env=os.environ | {"BENCH_KEPT": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr[-4000:]
    measured = json.loads(run.stdout)
    assert [each["name"] for each in measured if not each["value"] > 0] == []
    assert measured
    assert [file.read_bytes() for file in KEPT] == before
