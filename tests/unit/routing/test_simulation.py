"""What other rules would have said of tickets that came."""

from dataclasses import replace

from services.routing.domain.assignment import Report, choose
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.simulation import Decision, Past, Simulation, decision, names_in
from services.routing.domain.units import Units
from shared.contracts.directory import Name, RuleCall
from shared.contracts.intake import Channel
from shared.contracts.routing import Deadlines
from tests.unit.routing.routing_samples import OPENED_AT
from tests.unit.routing.test_pilot import pilot_rulebook

EAST_GATE = "XSVH65NM"
BLOCKED, LEAK = "消防通道被车堵住了", "水管爆裂，楼道里都是水"


def past(rulebook: Rulebook, text: str, *, place: str = EAST_GATE) -> Past:
    """A ticket with what these rules said of it."""
    report = Report(place=place, category=None, channel=Channel.QR, text=text, at=OPENED_AT)
    chosen = choose(rulebook, report).assignment
    decided = Decision(rule=chosen.trace.rule, unit=chosen.unit, deadlines=chosen.deadlines)
    return Past(number="204815736", report=report, decided=decided)


def simulated(rulebook: Rulebook, *tickets: Past) -> Simulation:
    outcome = Simulation()
    outcome.add(rulebook, tickets)
    return outcome


def test_the_same_rules_change_nothing() -> None:
    rules = pilot_rulebook()

    outcome = simulated(rules, past(rules, BLOCKED), past(rules, LEAK))

    assert (outcome.tickets, outcome.differing, outcome.undecided) == (2, [], 0)
    assert outcome.load_before == outcome.load_after


def test_without_a_rule_its_tickets_go_where_the_next_one_says() -> None:
    rules = pilot_rulebook()
    without = replace(rules, rules=tuple(rule for rule in rules.rules if rule.id != "burst-pipe"))
    ticket = past(rules, LEAK)

    outcome = simulated(without, past(rules, BLOCKED), ticket)

    [differing] = outcome.differing
    assert differing.before == ticket.decided
    assert differing.after is not None
    assert differing.after.rule != "burst-pipe"
    assert differing.moves or differing.is_retimed


def test_another_term_moves_nothing_but_the_deadline() -> None:
    rules = pilot_rulebook()
    first = past(rules, BLOCKED)
    earlier = replace(first, decided=replace(first.decided, deadlines=Deadlines()))

    [differing] = simulated(rules, earlier).differing

    assert (differing.moves, differing.is_retimed) == (False, True)


def test_other_reminders_alone_are_no_difference() -> None:
    rules = pilot_rulebook()
    ticket = past(rules, BLOCKED)
    unwarned = ticket.decided.deadlines.model_copy(update={"accept_warnings": (), "resolve_warnings": ()})
    without_warnings = replace(ticket, decided=replace(ticket.decided, deadlines=unwarned))

    assert simulated(rules, without_warnings).differing == []


def test_whom_a_rule_would_call_at_once_is_compared() -> None:
    rules = pilot_rulebook()
    call = RuleCall(unit="police of the place", task=Name(zh="请到场", en="Please come"))
    calling = replace(rules, rules=tuple(rule.model_copy(update={"whistle": (call,)}) for rule in rules.rules))
    ticket = past(rules, BLOCKED)

    outcome = simulated(calling, ticket, past(rules, LEAK))
    of_history = simulated(calling, replace(ticket, report=replace(ticket.report, channel=Channel.IMPORT)))

    assert [(each.calls_others, each.moves, each.is_retimed) for each in outcome.differing] == [
        (True, False, False)
    ] * 2
    assert (outcome.calls_before, outcome.calls_after) == ({}, {"xinhe-police": 2})
    assert not of_history.calls_after


def test_two_files_are_asked_about_the_same_report() -> None:
    rules = pilot_rulebook()
    report = past(rules, BLOCKED).report
    outcome = Simulation()

    outcome.compare(replace(rules, places={}), rules, [("1", report, report)])
    outcome.compare(replace(rules, places={}), replace(rules, places={}), [("2", report, report)])

    assert outcome.tickets == 2
    [differing] = outcome.differing
    assert (differing.number, differing.before, differing.after) == ("1", None, decision(rules, report))


def test_a_unit_is_called_what_the_newer_file_calls_it() -> None:
    rules = pilot_rulebook()
    committee = rules.units.by_id["chunhe-committee"]
    renamed = committee.model_copy(update={"name": Name(zh="新名", en="New name")})
    newer = replace(rules, units=Units({**rules.units.by_id, committee.id: renamed}, rules.units.calendars), rules=())

    names = names_in(rules, newer)

    assert names.units[committee.id].en == "New name"
    assert names.rules["fire-lane"].en == "Blocked fire lane"


def test_a_place_that_the_other_file_has_not_is_decided_by_nothing() -> None:
    rules = pilot_rulebook()

    outcome = simulated(replace(rules, places={}), past(rules, BLOCKED))

    assert (outcome.undecided, sum(outcome.load_after.values())) == (1, 0)


def test_what_nobody_can_read_any_more_and_what_no_rule_decided_is_left_out_and_counted() -> None:
    rules = pilot_rulebook()
    ticket = past(rules, BLOCKED)

    outcome = simulated(rules, replace(ticket, is_readable=False), replace(ticket, by_rules=False))

    assert (outcome.tickets, outcome.unreadable, outcome.not_by_rules) == (2, 1, 1)
    assert not outcome.load_before
