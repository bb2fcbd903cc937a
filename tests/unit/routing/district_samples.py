"""A small district in which nothing is wrong, and ways to make one thing wrong in it."""

from datetime import UTC, date, datetime

from services.routing.adapters.district_file import Fault, read_district
from services.routing.domain.district import District
from services.routing.domain.publication import records
from services.routing.domain.rulebook import Rulebook, rulebook_from
from shared.contracts.directory import DirectoryEvent
from shared.contracts.envelope import Sealed

PUBLISHED_AT = datetime(2026, 3, 1, tzinfo=UTC)

SMALL = """\
id: small
name: {zh: 小区域, en: Small}
areas:
  - {id: small, name: {zh: 区, en: District}, level: district}
  - {id: town, name: {zh: 镇, en: Town}, level: town, parent: small}
  - {id: estate, name: {zh: 小区, en: Estate}, level: estate, parent: town}
  - {id: villa, name: {zh: 别墅, en: Villa}, level: estate, parent: town}
places:
  - {code: EAST2345, name: {zh: 东门, en: East gate}, area: estate}
  - {code: V3TTA678, name: {zh: 别墅门, en: Villa gate}, area: villa}
units:
  - {id: committee, name: {zh: 居委, en: RC}, relation: committee, area: town, calendar: office, escalates_to: ops}
  - {id: property, name: {zh: 物, en: PM}, relation: property, area: estate, calendar: office, escalates_to: committee}
  - {id: ops, name: {zh: 城运, en: Operations}, relation: operations, area: small, calendar: always}
people:
  - {id: lead, unit: committee, role: lead, name: 负责人甲, phone: "10000000001"}
  - {id: guard, unit: property, role: handler, name: 保安甲, phone: "10000000002"}
  - {id: chief, unit: ops, role: supervisor, name: 班长甲, phone: "10000000003"}
duties:
  - {unit: committee, shifts: [{person: lead}]}
  - {unit: property, shifts: [{person: guard, from: "08:00", to: "18:00"}]}
  - {unit: ops, shifts: [{person: chief, from: "07:00", to: "19:00"}, {person: chief, from: "19:00", to: "07:00"}]}
categories:
  - {id: order, name: {zh: 秩序, en: Order}}
  - {id: parking, name: {zh: 停车, en: Parking}, parent: order}
rules:
  - id: fire-lane
    name: {zh: 消防通道, en: Fire lane}
    when: {words_any: [消防通道]}
    unit: committee of the place
    urgency: urgent
    terms: {accept: {minutes: 15, working_time: false}, resolve: {minutes: 1440, working_time: false},
      report_in: {minutes: 15, working_time: false}, verify: {minutes: 600}, answer: {minutes: 60}}
    examples:
      - {text: 消防通道被堵, category: parking, place: EAST2345}
  - id: night
    name: {zh: 夜间, en: Night}
    when: {categories: [order], areas: [estate], channels: [qr], working_time: false}
    unit: property of the place
    terms: {accept: {minutes: 60}, resolve: {working_days: 1}, report_in: {minutes: 60}, verify: {minutes: 600},
      answer: {minutes: 60}}
    examples:
      - {text: 有人吵闹, category: order, place: EAST2345}
  - id: rest
    name: {zh: 其他, en: Rest}
    unit: committee
    terms: {accept: {minutes: 120}, resolve: {working_days: 5}, report_in: {minutes: 60}, verify: {minutes: 600},
      answer: {minutes: 60}}
    examples:
      - {text: 路灯不亮, place: V3TTA678}
calendars:
  - id: office
    hours: [{weekdays: [1, 2, 3, 4, 5], from: "08:30", to: "17:30"}]
    years: [2026, 2027]
    days_off: [2026-10-01]
    make_up_workdays: {2026-10-10: 5}
  - {id: always, hours: [{from: "00:00", to: "24:00"}], years: [2026, 2027]}
"""


def changed(old: str, new: str) -> str:
    """The small district with one thing different."""
    assert SMALL.count(old) >= 1
    return SMALL.replace(old, new, 1)


def faults_of(text: str | bytes) -> tuple[Fault, ...]:
    """What is wrong with a file in the year 2026."""
    raw = text.encode() if isinstance(text, str) else text
    return read_district(raw, today=date(2026, 6, 1)).faults


def small_district() -> District:
    """The small district, understood."""
    district = read_district(SMALL.encode(), today=date(2026, 6, 1)).district
    assert district is not None
    return district


def read_small(text: str) -> Rulebook:
    """What the rules of a changed small district are applied with."""
    return rulebook_from(records_of(text))


def records_of(text: str) -> list[DirectoryEvent]:
    """The records of a changed small district."""
    district = read_district(text.encode(), today=date(2026, 6, 1)).district
    assert district is not None
    return records(district, edition=7, at=PUBLISHED_AT, seal=seal)


def with_rule(rule: str) -> str:
    """The small district with one more rule, before all others."""
    return changed("rules:\n", f"rules:\n{rule}")


LANE = (
    "  - {id: lane, message: case_assigned, zh: '{place}消防通道，{accept_by}前接单，带上拖车电话：{link}',"
    " en: 'Fire lane at {place}, by {accept_by}. Bring the tow number, accept it: {link}'}\n"
)


def with_templates(asked: str, *written: str) -> str:
    """The small district with templates, and its first rule asking for one of them."""
    asking = changed("    urgency: urgent\n", f"    urgency: urgent\n    templates: {{case_assigned: {asked}}}\n")
    return asking.replace("calendars:\n", f"templates:\n{''.join(written)}calendars:\n")


def seal(person: str, text: str) -> Sealed:
    """A seal that leaves the text out: what is sealed here nobody can read."""
    return Sealed(person=person, key_version=1, box=f"box-of-{len(text)}")


def published(*, edition: int = 1) -> list[DirectoryEvent]:
    """The small district's records."""
    return records(small_district(), edition=edition, at=PUBLISHED_AT, seal=seal)


def small_rulebook() -> Rulebook:
    """What the small district's rules are applied with."""
    return rulebook_from(published(edition=7))
