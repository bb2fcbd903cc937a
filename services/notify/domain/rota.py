"""When somebody will answer for a unit, as its rota stands."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.contracts.directory import DutyDefined, PersonDefined, Shift

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A shift comes back within a week.
DAYS_AHEAD = 8


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who answers for a unit now; where nobody does, when somebody will."""

    unit: str
    person: PersonDefined | None
    until: datetime | None = None


def next_covered(duty: DutyDefined | None, people: Collection[str], at: datetime) -> datetime | None:
    """The first covered minute from `at` on, by one of these people; none while the rota covers none."""
    if duty is None or duty.retired:
        return None
    shifts = [shift for shift in duty.shifts if shift.person in people]
    return min((max(start, at) for start, end in _covered(shifts, at) if end > at), default=None)


def _covered(shifts: Iterable[Shift], at: datetime) -> Iterable[tuple[datetime, datetime]]:
    today = datetime.combine(at.astimezone(SHANGHAI).date(), time(), SHANGHAI)
    for shift in shifts:
        for day in (today + timedelta(days=number) for number in range(DAYS_AHEAD)):
            if day.isoweekday() in shift.weekdays:
                yield day + timedelta(minutes=shift.from_minute), day + timedelta(minutes=shift.to_minute)
