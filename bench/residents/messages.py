"""The residents' messages: where they are, and what each says. They are not ours to keep, so they are read in place."""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from bench.machine import CHECKOUT

SETTING = "YIMA_RESIDENTS_MESSAGES"
IN_PLACE = Path("../shared/data/residents-messages-zh.csv")
MAPPING = CHECKOUT / "docs" / "examples" / "import-mapping.yaml"
FIELD_CHARACTERS_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Message:
    """One message as its resident would type it."""

    id: str
    resident: str
    text: str


def messages_file() -> Path | None:
    """Where the messages are, none where this machine has none."""
    named = os.environ.get(SETTING)
    path = Path(named) if named else (CHECKOUT / IN_PLACE).resolve()
    return path if path.is_file() else None


def absent() -> str:
    """What to say where there are none."""
    return f"The residents' messages are not here: name the file by {SETTING}, or put it at {IN_PLACE}."


def read_messages(path: Path) -> list[Message]:
    """All of them, in the file's order."""
    csv.field_size_limit(FIELD_CHARACTERS_MAX)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            Message(row["留言编号"], row["留言用户"], f"{row['留言主题'].strip()}\n{row['留言详情'].strip()}")
            for row in csv.DictReader(file)
        ]
