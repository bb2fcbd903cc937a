"""What can be asked of cases that tell of the same trouble (并案): one follows the other, that one is joined by it."""

from dataclasses import dataclass
from datetime import datetime

from services.routing.domain.case.actor import Actor
from services.routing.domain.case.command import Act, Command
from services.routing.domain.case.state import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(Act):
    """The case tells of the same trouble as `master`, as that stands now, and is to follow it (并案)."""

    by: Actor
    master: Case
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Command):
    """`duplicate`, which followed the case, is withdrawn by its reporter."""

    duplicate: Case
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(Command):
    """`duplicate`, as it stands now, is being merged into the case."""

    by: Actor
    duplicate: Case
    now: datetime
