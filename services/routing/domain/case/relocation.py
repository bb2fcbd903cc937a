"""What a new edition of the district asks of a case that it would strand."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCase:
    """The district changed (辖区调整): the case goes to `to_unit`, or stays there where it `keeps_unit`.

    `gone` are units that the district has no more; `resumed_by`, and what is `promised` then, count where the case
    stands still.
    """

    to_unit: str
    gone: frozenset[str] = frozenset()
    keeps_unit: bool = False
    accept_by: datetime | None = None
    resumed_by: datetime | None = None
    promised: datetime | None = None
    directory_version: int
    now: datetime
