"""What routing refuses, in words for the one who asked; each knows its HTTP status."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of an act, and what to do about it."""

    field: str
    reason: str
    remedy: str


class RoutingError(Exception):
    """Routing refuses this."""

    status: ClassVar[int] = 409

    @property
    def faults(self) -> Sequence[Fault]:
        """The fields that are to blame, if any is."""
        return ()

    def __str__(self) -> str:
        """The docstring is the message; an argument, never personal, is added to it."""
        return " ".join([type(self).__doc__ or "", *map(str, self.args)])


class FieldsNamedError(Exception):
    """What these fields name is not there, or can not be taken; what was written in them is not repeated."""

    status: ClassVar[int] = 422
    reason: ClassVar[str]
    remedy: ClassVar[str]

    def __init__(self, *fields: str) -> None:
        super().__init__()
        self.fields = fields

    @property
    def faults(self) -> Sequence[Fault]:
        """Each of the fields; none where nothing was written."""
        return [Fault(field, self.reason, self.remedy) for field in self.fields]


class UnitNamedError(Exception):
    """A unit was named that this act can not be about now; `field` is where it was named."""

    reason: ClassVar[str]
    remedy: ClassVar[str]

    def __init__(self, unit: str, field: str = "unit") -> None:
        super().__init__(unit)
        self.field = field

    @property
    def faults(self) -> Sequence[Fault]:
        """The unit, which the directory knows, by its id."""
        return (Fault(self.field, f"{self.args[0]} {self.reason}", self.remedy),)
