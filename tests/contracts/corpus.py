"""The golden corpus: one encoded event a type and version, kept for ever; all of it must still be there when decoded.

Where an upcaster changes its meaning, `decoded` says what it means today. `python -m tests.contracts.corpus` adds the
files that are missing and changes none that is there; one that was never released may be deleted and made anew.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.contracts.codec import EVENTS
from shared.contracts.documents import schemas
from shared.contracts.envelope import Event
from tests.contracts.samples import sample_of

FOLDER = Path(__file__).parent / "golden"
WRITE = "python -m tests.contracts.corpus"


@dataclass(frozen=True, slots=True)
class Golden:
    """An event as it was once written, and what it means today."""

    file: str
    type_name: str
    schema_version: int
    encoded: dict[str, Any]
    decoded: dict[str, Any]


def corpus() -> Iterator[Golden]:
    """Every golden event, by file name."""
    for file in sorted(FOLDER.glob("*.json")):
        written = json.loads(file.read_text(encoding="utf-8"))
        yield Golden(
            file.name,
            written["type"],
            written["schema_version"],
            written["encoded"],
            written.get("decoded", written["encoded"]),
        )


def file_name(model: type[Event], version: int) -> str:
    """`TicketOpened.v1.json`."""
    return f"{model.__name__}.v{version}.json"


def missing() -> list[type[Event]]:
    """Events whose current version has no golden file."""
    return [model for model in EVENTS.values() if not (FOLDER / file_name(model, model.schema_version)).exists()]


def write_missing() -> None:
    """Keep an example of every event that has none yet, encoded as it goes on the wire today."""
    known = schemas()
    for model in missing():
        encoded = json.loads(model.model_validate(sample_of(known[model.type_name()])).to_json())
        golden = {
            "type": model.type_name(),
            "schema_version": model.schema_version,
            "encoded": encoded,
        }
        text = json.dumps(golden, ensure_ascii=False, indent=2) + "\n"
        (FOLDER / file_name(model, model.schema_version)).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_missing()
