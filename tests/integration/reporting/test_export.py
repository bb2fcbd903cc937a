"""A month's tickets with the moment of each stage, for who goes on counting elsewhere."""

import csv
from pathlib import Path

from tests.integration.reporting.conftest import Town
from tests.integration.reporting.stories import Story
from tests.integration.reporting.test_command import yima


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


async def test_a_ticket_is_a_line_with_its_stages_and_is_never_computed(town: Town, tmp_path: Path) -> None:
    closed, waits = Story().handled(), Story(category="=1+1")
    await town.tell(closed, waits)
    file = tmp_path / "april.csv"

    result = await yima(town, "export", "2026-04", "--out", str(file))
    nowhere = await yima(town, "export", "2026-04", "--out", str(tmp_path / "none" / "april.csv"))

    with file.open(encoding="utf-8-sig", newline="") as opened:
        lines = {line["ticket"]: line for line in csv.DictReader(opened)}
    assert result.exit_code == 0
    assert lines.keys() == {str(closed.ticket), str(waits.ticket)}
    assert all(lines[str(closed.ticket)][f"{stage}_at"] for stage in ("opened", "assigned", "resolved", "closed"))
    assert (lines[str(waits.ticket)]["closed_at"], lines[str(waits.ticket)]["category"]) == ("", "'=1+1")
    assert (nowhere.exit_code, names_in(tmp_path)) == (1, ["april.csv"])
