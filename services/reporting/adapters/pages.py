"""The circular as a PDF, set by Typst, its letters embedded; what it says goes in as data and is never its source."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import manimgx_fonts_cjk
import typst

from services.reporting.domain.circular import Table

SOURCE = Path(__file__).parent / "circular.typ"
LETTERS = Path(manimgx_fonts_cjk.__file__).parent


def write_pdf(path: Path, title: str, subtitle: str, tables: Sequence[Table]) -> None:
    """The pages."""
    said = {"title": title, "subtitle": subtitle, "tables": [asdict(table) for table in tables]}
    typst.compile(
        SOURCE,
        output=path,
        font_paths=[LETTERS],
        ignore_system_fonts=True,
        sys_inputs={"circular": json.dumps(said, ensure_ascii=False)},
    )
