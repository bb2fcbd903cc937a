"""What the files of an export have in common: rows of texts and moments, told apart by their column's name."""

from collections.abc import Callable, Sequence
from datetime import datetime

Value = str | datetime | None
Rows = Sequence[Sequence[Value]]
Write = Callable[[Rows], None]


def is_moment(column: str) -> bool:
    """Whether a column holds moments; they are what clocks in Shanghai showed."""
    return column.endswith("_at")
