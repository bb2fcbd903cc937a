"""Who is told for a unit, as its rota stands."""

from dataclasses import dataclass
from datetime import datetime

from shared.contracts.directory import PersonDefined


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who answers for a unit now; where nobody does, when somebody will."""

    unit: str
    person: PersonDefined | None
    until: datetime | None = None
