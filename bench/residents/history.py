"""The messages taken over as another system's history, by `yima import`."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from bench.ground import Stores
from bench.residents.account import TakenIn
from bench.residents.messages import MAPPING

WAY = "import"
SOURCE = "residents-messages"


async def import_all(ground: Stores, file: Path) -> TakenIn:
    """Import the file, and once more, which must take nothing over."""
    told = await _imported(ground, file)
    again = await _imported(ground, file)
    refused = Counter(f"{each['field']}: {each['fault']}" for each in told["bad_lines"])
    return TakenIn(
        way=WAY,
        lines=told["read"],
        refused=refused,
        answered=told["imported"] + again["imported"],
        repeated=again["already"],
    )


async def _imported(ground: Stores, file: Path) -> dict[str, Any]:
    written = await ground.yima("import", str(file), "--source", SOURCE, "--mapping", str(MAPPING), "--json")
    told: dict[str, Any] = json.loads(written)
    return told
