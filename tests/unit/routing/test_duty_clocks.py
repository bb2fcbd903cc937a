"""Clocks that follow the duty rota: they run while somebody of the unit is on duty, holidays and nights included."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from ruamel.yaml import YAML

from services.routing.domain.case import decide
from services.routing.domain.case.commands import Accept, AskExtension, FailVerification, GrantExtension, Resolve
from services.routing.domain.deadlines import CountedIn, Run
from services.routing.domain.escalation import deadline_reached
from services.routing.domain.occasions import occasion
from services.routing.domain.recounting import recounted
from services.routing.domain.rulebook import rulebook_from
from services.routing.domain.units import Units
from services.routing.pages.case_page import counted_for
from shared.contracts.directory import Cover, CoverDefined
from shared.contracts.routing import Clock, RoutingEvent, Term
from tests.unit.routing.district_samples import SMALL, changed, read_small, records_of
from tests.unit.routing.routing_samples import (
    DISPATCHER,
    LEAD,
    after,
    assignment,
    folded,
    given,
    open_case,
    sealed,
)
from tests.unit.routing.test_pilot import DOCS

HALF_AN_HOUR = Term(clock=Clock.ACCEPT, minutes=30, on_duty=True)


def rota(shifts: str) -> Units:
    """The small district, the committee with another rota."""
    return read_small(changed("[{person: lead}]", shifts)).units


DAILY = rota('[{person: lead, from: "07:00", to: "21:00"}]')


def shanghai(day: int, hour: int, minute: int = 0, *, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


# National Day, on which the office is closed.
HOLIDAY = shanghai(1, 20, 40)


def run(units: Units, *terms: Term, unit: str = "committee", start: datetime = HOLIDAY) -> Run:
    return units.run(terms, Clock.ACCEPT, unit=unit, start=start)


def test_it_runs_on_a_holiday_and_stands_from_the_last_shift_to_the_first() -> None:
    assert run(DAILY, HALF_AN_HOUR).until == shanghai(2, 7, 10)


def test_the_same_minutes_in_the_units_hours_wait_for_the_next_workday() -> None:
    assert run(DAILY, HALF_AN_HOUR.model_copy(update={"on_duty": False})).until == shanghai(2, 9, 0)


@pytest.mark.parametrize(
    ("shifts", "until"),
    [
        pytest.param('[{person: lead, from: "19:00", to: "07:00"}]', shanghai(1, 21, 10), id="by night"),
        pytest.param(
            '[{person: lead, to: "12:00"}, {person: lead, from: "14:00", to: "21:00"}]',
            shanghai(2, 0, 10),
            id="two shifts with a gap",
        ),
        pytest.param("[{person: lead}]", shanghai(1, 21, 10), id="always"),
        pytest.param('[{person: lead, weekdays: [6], from: "09:00", to: "10:00"}]', shanghai(3, 9, 30), id="seldom"),
    ],
)
def test_it_runs_by_the_rota_whatever_its_shape(shifts: str, until: datetime) -> None:
    assert run(rota_of_file(shifts), HALF_AN_HOUR).until == until


def rota_of_file(shifts: str) -> Units:
    """As `rota`, with a calendar that any rota covers."""
    text = changed("[{person: lead}]", shifts).replace("area: town, calendar: office", "area: town, calendar: rare")
    return read_small(
        text + '  - {id: rare, hours: [{weekdays: [6], from: "09:00", to: "10:00"}], years: [2026, 2027]}\n'
    ).units


def test_it_warns_on_duty_too() -> None:
    warned = run(DAILY, HALF_AN_HOUR.model_copy(update={"warn_at": (50, 80)})).warnings

    assert warned == (shanghai(1, 20, 55), shanghai(2, 7, 4))


def test_it_is_counted_by_the_rota_of_whoever_has_the_case() -> None:
    assert run(DAILY, HALF_AN_HOUR, unit="property").until == shanghai(2, 8, 30)


def test_a_unit_without_a_rota_is_given_its_hours() -> None:
    without = replace(DAILY, duty_times={})

    assert run(without, HALF_AN_HOUR).until == shanghai(2, 9, 0)


def test_deadlines_of_one_case_may_be_counted_in_three_ways() -> None:
    terms = (HALF_AN_HOUR, Term(clock=Clock.RESOLVE, working_days=1))

    due = DAILY.deadlines(terms, unit="committee", start=HOLIDAY)

    assert (due.accept_by, due.resolve_by) == (shanghai(2, 7, 10), shanghai(5, 8, 30))


def test_the_first_response_is_counted_by_the_rota_of_who_has_the_case_first_and_anew_by_another_rota() -> None:
    terms = (Term(clock=Clock.FIRST_RESPONSE, minutes=30, on_duty=True),)
    due = DAILY.opening_deadlines(terms, unit="committee", start=HOLIDAY)
    started = replace(assignment(), terms=terms, deadlines=due)

    events = decide(None, replace(open_case(), assignment=started, now=HOLIDAY))

    [found] = recounted(events, rota('[{person: lead, from: "06:00", to: "20:00"}]'), now=HOLIDAY)
    assert due.first_response_by == shanghai(2, 7, 10)
    assert (found.clock, found.before, found.after) == (Clock.FIRST_RESPONSE, shanghai(2, 7, 10), shanghai(2, 6, 30))


def test_who_is_told_next_has_as_long_by_their_own_rota() -> None:
    started = replace(assignment("property"), terms=(HALF_AN_HOUR,))
    case = folded(None, decide(None, replace(open_case(), assignment=started, now=HOLIDAY)))
    assert case is not None

    command = deadline_reached(case, DAILY, clock=Clock.ACCEPT, generation=1, now=HOLIDAY)

    assert (command.next_unit, command.next_due) == ("committee", shanghai(2, 7, 10))


def test_what_was_left_of_it_before_a_stand_still_runs_on_while_somebody_is_there() -> None:
    resolve = Term(clock=Clock.RESOLVE, minutes=60, on_duty=True)

    resumed = DAILY.resumed(
        (resolve,), unit="committee", since=shanghai(1, 20, 50), deadline=shanghai(2, 7, 40), now=shanghai(2, 20, 50)
    )

    assert resumed == shanghai(3, 7, 40)


def test_of_a_deadline_that_was_agreed_to_it_is_warned_on_duty_too() -> None:
    resolve = Term(clock=Clock.RESOLVE, minutes=600, on_duty=True, warn_at=(50,))

    assert DAILY.warnings((resolve,), unit="committee", start=HOLIDAY, deadline=shanghai(2, 7, 40)) == (
        shanghai(2, 7, 10),
    )


def test_a_follow_up_is_done_in_so_many_minutes_of_duty_from_its_reminder() -> None:
    term = Term(clock=Clock.FOLLOW_UP, minutes=14 * 60, on_duty=True)

    found = occasion(DAILY, "committee", start=HOLIDAY, days=1, terms=(term,))

    assert (found.due, found.deadline) == (shanghai(2, 8, 30), shanghai(3, 8, 30))


def test_who_covers_for_somebody_moves_no_clock() -> None:
    records = records_of(changed("[{person: lead}]", '[{person: lead, from: "07:00", to: "21:00"}]'))
    cover = Cover(person="lead", start=HOLIDAY, until=HOLIDAY + timedelta(minutes=20))
    covered = CoverDefined(at=HOLIDAY, id="committee", edition=7, covers=(cover,))

    assert rulebook_from([*records, covered]).units == rulebook_from(records).units


def test_another_rota_moves_what_runs_only_when_it_is_asked_for() -> None:
    terms = (HALF_AN_HOUR,)
    due = DAILY.deadlines(terms, unit="committee", start=HOLIDAY)
    started = replace(assignment(), terms=terms, deadlines=due)
    events = decide(None, replace(open_case(), assignment=started, now=HOLIDAY))
    earlier = rota('[{person: lead, from: "06:00", to: "20:00"}]')

    [found] = recounted(events, earlier, now=HOLIDAY)

    assert (found.before, found.after) == (shanghai(2, 7, 10), shanghai(2, 6, 30))
    assert recounted(events, DAILY, now=HOLIDAY) == []
    assert recounted(events, earlier, now=shanghai(2, 7, 10)) == []


def test_the_rota_and_the_rule_that_the_documents_explain_end_when_they_say() -> None:
    written = YAML().load(re.findall(r"```yaml\n(.*?)```", (DOCS / "rules.md").read_text("utf-8"), re.DOTALL)[1])
    small = YAML().load(SMALL)
    duties = {each["unit"]: each for each in (*small["duties"], *written["duties"])}
    rules = {each["id"]: each for each in small["rules"]}
    rules["night"]["terms"] |= written["rules"][0]["terms"]
    explained = small | {"duties": list(duties.values()), "rules": list(rules.values())}

    text = StringIO()
    YAML().dump(explained, text)
    rulebook = read_small(text.getvalue())

    night = next(rule for rule in rulebook.rules if rule.id == "night")
    assert run(rulebook.units, *night.terms, unit="property", start=shanghai(1, 20, 50)).until == shanghai(2, 7, 20)


def test_a_rule_of_the_file_keeps_how_its_clock_is_counted() -> None:
    rulebook = read_small(changed("{accept: {minutes: 60}", "{accept: {minutes: 60, on_duty: true}"))

    night = next(rule for rule in rulebook.rules if rule.id == "night")

    assert night.terms[0] == Term(clock=Clock.ACCEPT, minutes=60, on_duty=True, warn_at=(80,))


@pytest.mark.parametrize(
    ("term", "counted"),
    [
        (HALF_AN_HOUR, CountedIn.DUTY),
        (Term(clock=Clock.ACCEPT, minutes=30), CountedIn.HOURS),
        (Term(clock=Clock.ACCEPT, minutes=30, working_time=False), CountedIn.ROUND_THE_CLOCK),
        (Term(clock=Clock.ACCEPT, working_days=1), CountedIn.DAYS),
    ],
)
def test_the_desk_says_what_the_clock_that_one_watches_is_counted_in(term: Term, counted: CountedIn) -> None:
    case = given(replace(open_case(), assignment=replace(assignment(), terms=(term,))))

    assert counted_for(case, Clock.ACCEPT, ()) is counted
    assert (counted_for(case, Clock.RESOLVE, ()), counted_for(case, None, ())) == (None, None)


def test_a_deadline_that_the_grid_agreed_to_is_counted_in_nothing_until_the_clock_starts_anew() -> None:
    case, events = None, list[RoutingEvent]()
    asked = AskExtension(by=LEAD, reason=sealed(), resolve_by=after(3000), to_unit="grid", now=after(1))
    fail = FailVerification(by=DISPATCHER, reason=sealed(), resolve_by=after(4000), now=after(4))
    commands = (
        *(open_case(), Accept(by=LEAD, now=after(1)), asked, GrantExtension(by=DISPATCHER, now=after(2))),
        *(Resolve(by=LEAD, note=sealed(), now=after(3)), fail),
    )
    counted = []
    for command in commands:
        events.extend(decide(case, command))
        case = folded(None, events)
        assert case is not None
        counted.append(counted_for(case, Clock.RESOLVE, events))

    around = CountedIn.ROUND_THE_CLOCK
    assert counted == [around, around, around, None, None, around]


@pytest.mark.parametrize("said", [{"working_days": 1}, {"minutes": 5, "working_time": False}])
def test_a_term_of_days_or_round_the_clock_follows_no_rota(said: dict[str, int | bool]) -> None:
    with pytest.raises(ValueError, match="on_duty counts minutes"):
        Term.model_validate({"clock": "accept", "on_duty": True, **said})
