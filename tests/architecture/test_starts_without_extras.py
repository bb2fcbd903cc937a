"""The platform starts with what `requirements/app.lock.txt` installs; tests run where all extras are."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
START = """
import sys
sys.modules.update(dict.fromkeys(sys.argv[1:]))
import services.composed
from services import problem_pages
problem_pages.route()
"""


def not_of_the_lock_file() -> list[str]:
    """Packages that are there for tests or by an extra, by the name under which they are imported."""
    lock = (ROOT / "requirements" / "app.lock.txt").read_text(encoding="utf-8")
    installed = set(re.findall(r"^([a-z0-9][a-z0-9.-]*)(?:\[[^]]*\])?==", lock, re.MULTILINE))
    return [
        package
        for package, owners in packages_distributions().items()
        if not installed & {re.sub(r"[-_.]+", "-", owner).lower() for owner in owners}
    ]


def test_the_platform_starts_without_what_tests_and_extras_bring() -> None:
    missing = not_of_the_lock_file()
    assert {"pyarrow", "pytest"} <= set(missing)

    started = subprocess.run([sys.executable, "-c", START, *missing], cwd=ROOT, capture_output=True, text=True)

    assert started.returncode == 0, started.stderr
