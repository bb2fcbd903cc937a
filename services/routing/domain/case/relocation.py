"""What a new edition of the district asks of a case that it would strand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from services.routing.domain.case.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Instead:
    """Who is awaited in the place of a unit that has it no more, and by when."""

    unit: str
    due_by: datetime | None = None
    warnings: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCase(Command):
    """The district changed (辖区调整): the case goes to `to_unit`, or stays there where it `keeps_unit`.

    `gone` are units that the district has no more; `resumed_by`, and what is `promised` then, count where the case
    stands still. Another unit may be who verifies it, who answers what a unit asked, or who follows up.
    """

    to_unit: str
    gone: frozenset[str] = frozenset()
    keeps_unit: bool = False
    accept_by: datetime | None = None
    accept_warnings: tuple[datetime, ...] = ()
    resumed_by: datetime | None = None
    resumed_warnings: tuple[datetime, ...] = ()
    promised: datetime | None = None
    verifier: Instead | None = None
    answers: Mapping[str, Instead] = field(default_factory=lambda: MappingProxyType({}))
    follow_ups: Mapping[UUID, Instead] = field(default_factory=lambda: MappingProxyType({}))
    directory_version: int
    now: datetime
