"""Units that nobody answers for, hours that nobody covers, and ladders that end too early."""

from collections.abc import Iterator

from services.routing.domain.checks.finding import Finding, Step
from services.routing.domain.checks.rulebook import rulebook_of
from services.routing.domain.district import MINUTES_A_DAY, CalendarEntry, District, DutyEntry
from services.routing.domain.on_duty import may_be_on_duty, units_acting, units_behind
from services.routing.domain.rulebook import Rulebook
from shared.contracts.directory import AreaLevel, Rule
from shared.contracts.routing import Clock

# A week as its minutes: Monday's first is 0.
Minutes = set[int]
WHOLE_WEEK: Minutes = set(range(7 * MINUTES_A_DAY))


def ladders_without_next_level(district: District) -> Iterator[Finding]:
    """Only a unit of the district itself may be the last level."""
    levels = {area.id: area.level for area in district.areas}
    for position, unit in enumerate(district.units):
        if unit.escalates_to is None and levels[unit.area] is not AreaLevel.DISTRICT:
            yield Finding(path=("units", position), kind="ladder_without_next_level", params={"id": unit.id})


def units_nobody_answers_for(district: District) -> Iterator[Finding]:
    """Every unit has a rota, and it covers the unit's hours; all day and night where an urgent rule needs it."""
    rotas = {duty.unit: (position, duty) for position, duty in enumerate(district.duties)}
    calendars = {calendar.id: calendar for calendar in district.calendars}
    day_and_night = _units_day_and_night(rulebook_of(district))
    for position, unit in enumerate(district.units):
        if unit.id not in rotas:
            yield Finding(path=("units", position), kind="unit_nobody_staffs", params={"id": unit.id})
            continue
        where, duty = rotas[unit.id]
        wanted = WHOLE_WEEK if unit.id in day_and_night else _working(calendars[unit.calendar])
        yield from _uncovered(duty, wanted - _covered(duty), ("duties", where, "shifts"))


def _uncovered(duty: DutyEntry, gap: Minutes, path: tuple[Step, ...]) -> Iterator[Finding]:
    if gap:
        weekday, minute = divmod(min(gap), MINUTES_A_DAY)
        clock = f"{minute // 60:02d}:{minute % 60:02d}"
        yield Finding(
            path=path, kind="hours_nobody_covers", params={"id": duty.unit, "day": weekday + 1, "time": clock}
        )


def _covered(duty: DutyEntry) -> Minutes:
    spans = [span for shift in duty.shifts for span in shift.by_weekday()]
    return {minute for weekday, opens, closes in spans for minute in _minutes(weekday, opens, closes)}


def _working(calendar: CalendarEntry) -> Minutes:
    """The calendar's hours, those of make-up workdays on the weekday on which they fall included."""
    hours = calendar.spans()
    days = [(weekday, weekday) for weekday in hours]
    days += [(day.isoweekday(), like) for day, like in calendar.make_up_workdays.items()]
    return {
        minute
        for weekday, like in days
        for opens, closes in hours.get(like, ())
        for minute in _minutes(weekday, opens, closes)
    }


def _minutes(weekday: int, opens: int, closes: int) -> range:
    midnight = (weekday - 1) * MINUTES_A_DAY
    return range(midnight + opens, midnight + closes)


def _units_day_and_night(rulebook: Rulebook) -> set[str | None]:
    """Units that must accept, or report in where a rule calls them at once, round the clock."""
    rules = rulebook.rules
    accepting = {rule.unit for rule in rules if _is_round_the_clock(rule, Clock.ACCEPT, Clock.FIRST_RESPONSE)}
    called = {call.unit for rule in rules if _is_round_the_clock(rule, Clock.REPORT_IN) for call in rule.whistle}
    return units_behind(accepting | called, rulebook)


def _is_round_the_clock(rule: Rule, *clocks: Clock) -> bool:
    return any(term.clock in clocks and not term.working_time for term in rule.terms)


def duties_of_who_may_not_accept(district: District) -> Iterator[Finding]:
    """Shifts of a unit that rules lead to, or call, held by somebody whose role may neither accept nor report in."""
    rulebook, roles = rulebook_of(district), {person.id: person.role for person in district.people}
    acting = units_acting(rulebook)
    for position, duty in enumerate(district.duties):
        for turn, shift in enumerate(duty.shifts):
            role = roles[shift.person]
            if not may_be_on_duty(role, acting=duty.unit in acting):
                path = ("duties", position, "shifts", turn, "person")
                params = {"id": shift.person, "unit": duty.unit, "role": role.value}
                yield Finding(path=path, kind="on_duty_may_not_accept", params=params)
