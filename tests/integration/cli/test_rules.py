"""`yima rules` as an operator types it before a district file is published."""

from pathlib import Path

import httpx2
import pytest

from shared.kernel.clock import SystemClock
from shared.testing.waiting import eventually
from tests.integration.cli.conftest import answer
from tests.integration.cli.test_up_and_down import Commands

PILOT = Path(__file__).parents[3] / "districts" / "pilot.yaml"
EAST_GATE = "XSVH65NM"


@pytest.mark.long
async def test_a_ticket_is_explained_and_a_file_is_tried_on_what_came(running: Commands, tmp_path: Path) -> None:
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{running.port}") as http:
        report = {"place": EAST_GATE, "text": "（规则）东门消防通道被堵住了"}
        number: str = (await http.post("/api/v1/tickets", json=report)).json()["number"]

    async def is_assigned() -> bool:
        return running.run("rules", "explain", number).returncode == 0

    await eventually(is_assigned)
    file = tmp_path / "other.yaml"
    pilot = PILOT.read_text(encoding="utf-8")
    file.write_text(pilot.replace("unit: committee of the place", "unit: xinhe-police", 1), encoding="utf-8")

    explained = answer(running, "rules", "explain", number)["assignments"]
    same = answer(running, "rules", "simulate", "--since", "2026-01-01", str(PILOT))
    other = answer(running, "rules", "simulate", "--since", "2026-01-01", str(file))
    shown = running.run("rules", "simulate", "--since", "2026-01-01", str(file))
    refusals = [
        running.run("rules", "explain", "000000000"),
        running.run("rules", "simulate", "--since", "1 April", str(PILOT)),
        running.run("rules", "simulate", "--since", "2026-01-01", str(tmp_path / "none.yaml")),
    ]

    assert [each["rule"] for each in explained] == ["fire-lane"]
    assert (same["moved"], same["retimed"], same["undecided"]) == (0, 0, 0)
    assert number in {each["number"] for each in other["differing"] if each["after"]["unit"] == "xinhe-police"}
    assert number in shown.stdout
    assert [(refused.returncode, refused.stderr.count("\n")) for refused in refusals] == [(1, 1)] * 3


@pytest.mark.long
def test_a_file_is_published_over_the_edition_that_it_was_compared_with(running: Commands, tmp_path: Path) -> None:
    years = list(range(2025, SystemClock().now().year + 2))
    pilot = PILOT.read_text(encoding="utf-8").replace("years: [2025, 2026]", f"years: {years}")
    ours, theirs = tmp_path / "ours.yaml", tmp_path / "theirs.yaml"
    ours.write_text(pilot.replace("en: East gate}", "en: East entrance}"), encoding="utf-8")
    theirs.write_text(pilot.replace("en: West gate}", "en: West entrance}"), encoding="utf-8")

    compared = answer(running, "district", "diff", str(ours))
    answer(running, "district", "publish", str(theirs))
    refused = running.run("district", "publish", str(ours))
    seen = answer(running, "district", "diff", str(ours))
    published = answer(running, "district", "publish", str(ours))
    again = answer(running, "district", "publish", str(ours))

    assert "XMHYAPX7" not in {each["id"] for each in compared["changes"]}
    assert (refused.returncode, refused.stderr.count("yima district diff")) == (1, 2)
    assert {each["id"] for each in seen["changes"]} == {"XSVH65NM", "XMHYAPX7"}
    assert published["edition"] == again["edition"] == seen["edition"] + 1
