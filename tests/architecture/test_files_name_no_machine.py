"""Nothing committed names the machine that it was written on, or where packages are downloaded from."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Put together from pieces, so that this file does not hold what it looks for.
HOMES = ("wo", "rk"), ("fa", "rm"), ("ro", "ot"), ("Us", "ers"), ("ho", "me")
MACHINE = re.compile(rf"(^|[^\w.])/({'|'.join(map(''.join, HOMES))})/[a-z]")
# A test may configure an index of the reserved domain `.test`.
PLACES = ("py", "pi"), ("npm", "js"), ("registry", r"\.npm"), ("maven", r"\.org")
INDEX = r"index-url[ ='\"]+https?://(?!\w+\.test/)"
REGISTRIES = re.compile("|".join((*map("".join, PLACES), INDEX)))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def lines_with(forbidden: re.Pattern[str]) -> list[str]:
    found = []
    for file in tracked():
        if file.is_file() and b"\0" not in (content := file.read_bytes())[:8000]:
            lines = content.decode(errors="replace").splitlines()
            found += [
                f"{file.relative_to(ROOT)}:{number}" for number, line in enumerate(lines, 1) if forbidden.search(line)
            ]
    return found


@pytest.mark.skipif(not tracked(), reason="not a git checkout, so that nothing is committed")
@pytest.mark.parametrize("forbidden", [MACHINE, REGISTRIES], ids=["machine", "registry"])
def test_no_tracked_file_names_it(forbidden: re.Pattern[str]) -> None:
    assert lines_with(forbidden) == []


def test_path_of_a_machine_is_found_and_an_address_is_not() -> None:
    lines = [f"see /{''.join(HOMES[2])}/notes", f"https://yima.example/{''.join(HOMES[0])}/orders", "POST /desk/cases"]

    assert [bool(MACHINE.search(line)) for line in lines] == [True, False, False]
