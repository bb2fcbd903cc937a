"""What is wrong in a district file: where, which message says it, and whether it stops the publication."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Step = str | int


class Severity(StrEnum):
    """An error stops the publication; a warning is shown and does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`kind` names its two messages in the catalogue: `district.<kind>` and, what to do, `district.<kind>.remedy`.

    Nobody's name or phone is in `params`.
    """

    path: tuple[Step, ...]
    kind: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    severity: Severity = Severity.ERROR
