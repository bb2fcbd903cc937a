"""Who answers for a unit, from when until when: the rota's shifts as turns, in Shanghai's time."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from shared.contracts.directory import Cover, DutyDefined

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A shift comes back within a week.
DAYS_AHEAD = 8


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody answers from then on; `until` is none where nobody else does within the days that are looked ahead."""

    person: str
    start: datetime
    until: datetime | None


def holder(duty: DutyDefined | None, people: Collection[str], at: datetime, covers: Sequence[Cover] = ()) -> str | None:
    """Who answers at that moment: of the last cover, or else the first shift, that holds it, by one of these people."""
    if duty is None or duty.retired:
        return None
    for cover in reversed(covers):
        if cover.start <= at < cover.until and cover.person in people:
            return cover.person
    local = at.astimezone(SHANGHAI)
    minute = local.hour * 60 + local.minute
    for shift in duty.shifts:
        holds = local.isoweekday() in shift.weekdays and shift.from_minute <= minute < shift.to_minute
        if holds and shift.person in people:
            return shift.person
    return None


def turns(duty: DutyDefined | None, people: Collection[str], at: datetime, covers: Sequence[Cover] = ()) -> list[Turn]:
    """The turns from `at` on, the one that runs now first; gaps are left out."""
    if duty is None:
        return []
    agreed = [moment for cover in covers for moment in (cover.start, cover.until)]
    moments = sorted({at, *(moment for moment in (*agreed, *_changes(duty, at)) if moment > at)})
    held = [(moment, holder(duty, people, moment, covers)) for moment in moments]
    begun = [(person, next(group)[0]) for person, group in groupby(held, key=lambda each: each[1])]
    ends = [*(start for _, start in begun[1:]), None]
    return [Turn(person, start, until) for (person, start), until in zip(begun, ends, strict=True) if person]


def _changes(duty: DutyDefined, at: datetime) -> Iterator[datetime]:
    today = datetime.combine(at.astimezone(SHANGHAI).date(), time(), SHANGHAI)
    for day in (today + timedelta(days=number) for number in range(DAYS_AHEAD)):
        for shift in duty.shifts:
            yield day + timedelta(minutes=shift.from_minute)
            yield day + timedelta(minutes=shift.to_minute)
