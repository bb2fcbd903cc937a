"""`decide` of one ticket under 500 rules, and under fewer: from a report to the events that open and assign its case.

The pilot's district with rules of the hardest kind: each holds for the report's category, area and channel, and fails
only by its words, by what is repeated, or by working time; the report falls to the last of them. Each decision chooses
the unit, says of every earlier rule why it was passed over, works out the deadlines and decides the case. The floor is
the same report under one rule. Pure: no database, no network, one core.
"""

import gc
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from time import perf_counter
from uuid import UUID

from bench.load import TEXT
from bench.machine import CHECKOUT
from bench.results import Latencies, Result, result
from bench.scale import Scale
from services.routing.adapters.district_file import read_district
from services.routing.domain.assignment import Report, choose
from services.routing.domain.case import decide
from services.routing.domain.case.commands import OpenCase
from services.routing.domain.publication import records
from services.routing.domain.repeats import Earlier
from services.routing.domain.rulebook import Rulebook, rulebook_from
from shared.contracts.directory import Conditions, Repeats, RepeatsOf, Rule
from shared.contracts.envelope import Sealed
from shared.contracts.intake import Channel, Contact
from shared.contracts.routing import CaseAssigned, Matter

PILOT = CHECKOUT / "districts" / "pilot.yaml"
PLACE, CATEGORY, AREA = "XSVH65NM", "public-order", "chunhe"
# A Wednesday morning in working time, from which no term reaches into a year without a list.
AT = datetime(2026, 4, 22, 2, 0, tzinfo=UTC)
COUNTS = (1, 50, 100, 200, 500)
TEXTS = tuple(TEXT * times for times in (1, 2, 5, 10))
ABSENT = ("消防通道{}", "高空抛物{}", "电梯困人{}", "燃气泄漏{}", "Ｗｉｆｉ {}", "LIFT {}")
PRESENT = ("车位", "划线")
SEALED = Sealed(person="p" * 22, key_version=1, box="AAECAwQF" * 30)


class WrongRuleError(Exception):
    """A decision went by another rule than the last: the measurement is void."""


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `assign_by_rules`."""
    pilot = pilot_rulebook()
    # As the services do once they are up: what lives for ever is not looked through again and again.
    gc.collect()
    gc.freeze()
    try:
        found = {count: _decided(_with_rules(pilot, count), scale.decisions) for count in COUNTS}
    finally:
        gc.unfreeze()
    return [_result(count, found) for count in reversed(COUNTS) if count > 1]


def _result(count: int, found: dict[int, Latencies]) -> Result:
    largest = count == max(COUNTS)
    return result(
        "assign_by_rules" if largest else f"assign_by_rules_{count}",
        value=found[count].p99_ms,
        unit=f"ms (p99) under {count} rules",
        reference=("under one rule, p99", found[1].p99_ms),
        latencies=found[count],
    )


def pilot_rulebook() -> Rulebook:
    district = read_district(PILOT.read_bytes(), today=AT.date()).district
    if district is None:
        raise WrongRuleError
    return rulebook_from(records(district, edition=1, at=AT, seal=lambda _person, _text: SEALED))


def _with_rules(rulebook: Rulebook, count: int) -> Rulebook:
    last = rulebook.rules[-1].model_copy(update={"id": "last", "when": Conditions()})
    return replace(rulebook, rules=(*(_passed_over(number, last) for number in range(count - 1)), last))


def _passed_over(number: int, like: Rule) -> Rule:
    here = Conditions(categories=(CATEGORY,), areas=(AREA, f"area-{number}"), channels=(Channel.PARTNER.value,))
    # Of each rule its own: a word that was looked for once is looked for again.
    absent = tuple(word.format(number) for word in ABSENT)
    fails_by = (
        {"words_any": absent},
        {"words_all": (*PRESENT, absent[0])},
        {"words_none": (*absent, PRESENT[0])},
        {"words_any": PRESENT, "repeats": Repeats(count=3, days=30, of=RepeatsOf.CATEGORY_AT_PLACE)},
        {"words_any": PRESENT, "working_time": False},
    )[number % 5]
    return like.model_copy(update={"id": f"rule-{number}", "when": here.model_copy(update=fails_by)})


def _decided(rulebook: Rulebook, times: int) -> Latencies:
    reports = [_report(text) for text in TEXTS]
    for report in reports:
        _decide(rulebook, report, UUID(int=0))
    return Latencies.of(_timed(rulebook, islice(cycle(reports), times)))


def _timed(rulebook: Rulebook, reports: Iterable[Report]) -> Iterable[float]:
    for number, report in enumerate(reports):
        # Each at a moment of its own: what was worked out for one is of no use to the next.
        asked = replace(report, at=AT + timedelta(seconds=number % 3600))
        began = perf_counter()
        rule = _decide(rulebook, asked, UUID(int=number))
        yield perf_counter() - began
        if rule != "last":
            raise WrongRuleError


def _report(text: str) -> Report:
    return Report(
        place=PLACE,
        category=CATEGORY,
        channel=Channel.PARTNER,
        text=text,
        earlier=Earlier(otherwise=2),
        at=AT,
    )


def _decide(rulebook: Rulebook, report: Report, case_id: UUID) -> str:
    """The rule by which the case was assigned."""
    chosen = choose(rulebook, report)
    matter = Matter(
        number="482913057",
        place=report.place,
        area=chosen.area,
        category=report.category,
        urgency=chosen.urgency,
        reporter=SEALED.person,
        contact=Contact(phone=SEALED),
        tracking_token=SEALED,
        locale="zh",
    )
    command = OpenCase(
        case_id=case_id,
        matter=matter,
        channel=report.channel,
        text=SEALED,
        assignment=chosen.assignment,
        guess=chosen.guess,
        now=report.at,
    )
    assigned = next(event for event in decide(None, command) if isinstance(event, CaseAssigned))
    return assigned.trace.rule if assigned.trace else ""
