"""One bad district file for each finding: where it is, and that both languages say what is wrong and what to do."""

import re
from datetime import date

import pytest

from services.routing.adapters.district_file import Fault, read_district
from services.routing.domain.checks import Severity
from services.routing.domain.checks.wordings import SIGNATURE
from shared.web.catalogues import LOCALES, load_catalogues, raise_missing, read_texts
from tests.unit.routing.district_samples import LANE, SMALL, changed, faults_of, with_templates

CALL = "    whistle: [{unit: property of the place, task: {zh: 请到场协助, en: Please come and help}}]\n"

EMPTY = "  - {id: empty, name: {zh: 空, en: Empty}, level: estate, parent: town}\nplaces:\n"


def with_rules(*conditions: str) -> str:
    """The small district with rules before its last, one for each of these conditions."""
    rules = "".join(
        f"  - id: before-{which}\n    name: {{zh: 前, en: Before}}\n    when: {{{condition}}}\n    unit: committee\n"
        "    terms: {accept: {minutes: 60}, resolve: {working_days: 1}}\n"
        for which, condition in enumerate(conditions)
    )
    return changed("  - id: rest\n", f"{rules}  - id: rest\n")


BAD_FILES = [
    ("unknown_area", "areas[1].parent", changed("level: town, parent: small", "level: town, parent: smal")),
    ("unknown_area", "places[1].area", changed("area: villa}", "area: vila}")),
    ("unknown_area", "rules[1].when.areas[0]", changed("areas: [estate]", "areas: [estat]")),
    ("unknown_unit", "units[1].escalates_to", changed("escalates_to: committee", "escalates_to: comittee")),
    (
        "word_of_two_categories",
        "categories[1].words[0]",
        changed("en: Order}}", "en: Order}, words: [停车]}").replace("parent: order}", "parent: order, words: [停车]}"),
    ),
    ("unreadable_character", "units[0].name.zh", changed("zh: 居委", 'zh: "居\\0委"')),
    ("unreadable_character", "categories[0].words[0]", changed("en: Order}}", 'en: Order}, words: ["乱\\0停"]}')),
    (
        "unreadable_character",
        "templates[0].zh",
        with_templates("lane", LANE.replace("'{place}消防", '"\\a{place}消防').replace("{link}', en", '{link}", en')),
    ),
    ("unknown_group", "rules[1].when.groups[0]", changed("areas: [estate], ", "areas: [estate], groups: [elderly], ")),
    (
        "unknown_relation",
        "rules[0].whistle[0].unit",
        changed("    urgency: urgent\n", f"    urgency: urgent\n{CALL.replace('property', 'polise')}"),
    ),
    ("call_without_unit", "rules[0].whistle[0].unit", changed("    urgency: urgent\n", f"    urgency: urgent\n{CALL}")),
    (
        "call_to_the_lead",
        "rules[0].whistle[0].unit",
        changed("    urgency: urgent\n", f"    urgency: urgent\n{CALL.replace('property', 'committee')}"),
    ),
    (
        "number_too_small",
        "rules[1].when.repeats.count",
        changed("[qr], working", "[qr], repeats: {count: 0, days: 7, of: place}, working"),
    ),
    (
        "not_one_of",
        "rules[1].when.repeats.of",
        changed("[qr], working", "[qr], repeats: {count: 2, days: 7, of: street}, working"),
    ),
    (
        "example_falls_elsewhere",
        "rules[1].examples[0]",
        changed("[qr], working", "[qr], repeats: {count: 2, days: 7, of: place}, working"),
    ),
    ("unknown_unit", "rules[2].unit", changed("unit: committee\n", "unit: comittee\n")),
    ("unknown_calendar", "units[2].calendar", changed("calendar: always", "calendar: allways")),
    ("unknown_person", "duties[0].shifts[0].person", changed("[{person: lead}]", "[{person: leed}]")),
    ("unknown_category", "rules[1].when.categories[0]", changed("categories: [order]", "categories: [odor]")),
    ("unknown_place", "rules[0].examples[0].place", changed("place: EAST2345", "place: EAST2346")),
    ("unknown_relation", "rules[0].unit", changed("unit: committee of the place", "unit: comittee of the place")),
    ("person_of_another_unit", "duties[0].shifts[0].person", changed("[{person: lead}]", "[{person: guard}]")),
    ("duplicate_id", "people[1].id", changed("{id: guard,", "{id: lead,")),
    ("duplicate_id", "places[1].code", changed("code: V3TTA678", "code: EAST2345")),
    ("ring", "areas[1].parent", changed("level: town, parent: small", "level: town, parent: estate")),
    ("ring", "categories[0].parent", changed("en: Order}}", "en: Order}, parent: parking}")),
    ("ring", "units[2].escalates_to", changed("calendar: always}", "calendar: always, escalates_to: property}")),
    (
        "area_without_parent",
        "areas[3].level",
        changed("level: estate, parent: town}\nplaces", "level: estate}\nplaces"),
    ),
    ("level_not_below_parent", "areas[2].level", changed("en: Estate}, level: estate", "en: Estate}, level: town")),
    ("not_one_district", "areas", changed("en: District}, level: district", "en: District}, level: town")),
    ("two_units_of_one_relation", "units[2].relation", changed("operations, area: small", "committee, area: town")),
    ("code_not_printable", "places[0].code", changed("code: EAST2345", "code: EAST10IO")),
    ("phone_not_valid", "people[0].phone", changed('"10000000001"', '"12345"')),
    ("calendar_not_valid", "calendars[0]", changed("{2026-10-10: 5}", "{2026-10-01: 5}")),
    ("year_missing", "calendars[0].years", changed("years: [2026, 2027]", "years: [2025, 2027]")),
    ("next_year_missing", "calendars[0].years", changed("years: [2026, 2027]", "years: [2026]")),
    ("day_of_no_year", "calendars[0].days_off[1]", changed("[2026-10-01]", "[2026-10-01, 2028-02-29]")),
    ("day_of_no_year", "calendars[0].make_up_workdays.2028-02-26", changed("{2026-10-10: 5}", "{2028-02-26: 5}")),
    ("ladder_without_next_level", "units[0]", changed("office, escalates_to: ops", "office")),
    ("unit_nobody_staffs", "units[0]", changed("  - {unit: committee, shifts: [{person: lead}]}\n", "")),
    ("hours_nobody_covers", "duties[1].shifts", changed('to: "18:00"', 'to: "17:00"')),
    ("hours_nobody_covers", "duties[0].shifts", changed("{person: lead}", '{person: lead, to: "20:00"}')),
    ("hours_nobody_covers", "duties[1].shifts", changed("    urgency: urgent\n", f"    urgency: urgent\n{CALL}")),
    ("on_duty_may_not_accept", "duties[0].shifts[0].person", changed("role: lead", "role: auditor")),
    (
        "duty_clock_never_runs",
        "rules[1].terms.accept.on_duty",
        changed("{accept: {minutes: 60}", "{accept: {minutes: 60, on_duty: true}").replace(
            '  - {unit: property, shifts: [{person: guard, from: "08:00", to: "18:00"}]}\n', ""
        ),
    ),
    (
        "duty_clock_never_runs",
        "rules[1].terms.accept.on_duty",
        changed("{accept: {minutes: 60}", "{accept: {minutes: 60, on_duty: true}").replace(
            "{person: guard,", "{person: guard, weekdays: [],"
        ),
    ),
    (
        "duty_clock_too_long",
        "rules[0].terms.accept.on_duty",
        changed("{accept: {minutes: 15, working_time: false}", "{accept: {minutes: 200, on_duty: true}").replace(
            "{person: lead}]", '{person: lead, weekdays: [1], from: "08:00", to: "08:03"}]'
        ),
    ),
    (
        "place_without_committee",
        "places[1].area",
        changed("relation: committee, area: town", "relation: committee, area: estate"),
    ),
    (
        "rule_without_place",
        "rules[1].when",
        changed("areas: [estate]", "areas: [empty]").replace("places:\n", EMPTY, 1),
    ),
    (
        "rule_for_hours_that_never_come",
        "rules[1].when.working_time",
        changed("area: estate, calendar: office", "area: estate, calendar: always"),
    ),
    ("rule_never_matches", "rules[4]", with_rules("channels: [qr, partner]", "channels: [phone_desk, import]")),
    ("rule_never_matches", "rules[4]", with_rules("areas: [estate]", "areas: [villa]")),
    ("rule_never_matches", "rules[4]", with_rules("working_time: true", "working_time: false")),
    (
        "last_rule_not_catching_all",
        "rules[2].when",
        changed("unit: committee\n", "unit: committee\n    when: {areas: [town]}\n"),
    ),
    ("rule_never_matches", "rules[2]", changed("    when: {words_any: [消防通道]}\n", "")),
    (
        "rule_contradicts_itself",
        "rules[0].when",
        changed("{words_any: [消防通道]}", "{words_any: [消防通道], words_none: [通道]}"),
    ),
    ("place_without_unit", "rules[1].unit", changed("areas: [estate], ", "")),
    ("rule_without_clock", "rules[2]", changed(", resolve: {working_days: 5}", "")),
    (
        "first_response_within_accept",
        "rules[2].terms.first_response",
        changed("{accept: {minutes: 120}", "{accept: {minutes: 120}, first_response: {minutes: 120}"),
    ),
    ("rule_without_example", "rules[2]", changed("    examples:\n      - {text: 路灯不亮, place: V3TTA678}\n", "")),
    ("example_falls_elsewhere", "rules[2].examples[0]", changed("text: 路灯不亮", "text: 消防通道的路灯不亮")),
    ("not_one_of", "people[0].role", changed("role: lead", "role: boss")),
    ("id_not_valid", "areas[0].id", changed("{id: small,", "{id: Small Town,")),
    ("text_empty", "people[0].name", changed("name: 负责人甲", 'name: ""')),
    (
        "verifier_missing",
        "rules[2].verification",
        changed(
            "    unit: committee\n    terms: {accept: {minutes: 120}",
            "    unit: ops\n    verification: {note: true}\n    terms: {accept: {minutes: 120}",
        ),
    ),
    (
        "verifier_does_the_work",
        "rules[2].verification",
        changed("  - id: rest\n", "  - id: rest\n    verification: {unit: committee}\n"),
    ),
    (
        "warn_points_not_ascending",
        "rules[1].terms.resolve.warn_at",
        changed("{working_days: 1}", "{working_days: 1, warn_at: [80, 50]}"),
    ),
    ("list_empty", "duties[0].shifts", changed("[{person: lead}]", "[]")),
    ("term_not_valid", "rules[1].terms.resolve", changed("{working_days: 1}", "{working_days: 1, minutes: 5}")),
    (
        "term_not_valid",
        "rules[1].terms.resolve",
        changed("{working_days: 1}", "{working_days: 1, working_time: false}"),
    ),
    ("term_not_valid", "rules[1].terms.resolve", changed("{working_days: 1}", "{working_days: 1, on_duty: true}")),
    (
        "term_not_valid",
        "rules[0].terms.accept",
        changed("15, working_time: false}, res", "15, working_time: false, on_duty: true}, res"),
    ),
    ("time_not_valid", "duties[1].shifts[0].from", changed('from: "08:00"', 'from: "8 Uhr"')),
    ("time_not_valid", "duties[1].shifts[0].to", changed('to: "18:00"', 'to: "24:30"')),
    ("field_missing", "units[0].area", changed("relation: committee, area: town,", "relation: committee,")),
    ("field_unknown", "rules[0].urgent", changed("urgency: urgent", "urgent: true")),
    ("field_not_valid", "[1]", changed("id: small\n", "id: small\n1: one\n")),
    ("text_expected", "people[0].phone", changed('"10000000001"', "10000000001")),
    ("text_too_long", "rules[0].examples[0].text", changed("text: 消防通道被堵", f"text: {'堵' * 2001}")),
    ("number_expected", "calendars[0].years[0]", changed("years: [2026, 2027]", "years: [soon, 2027]")),
    ("number_too_small", "rules[0].terms.accept.minutes", changed("{minutes: 15,", "{minutes: 0,")),
    ("number_too_large", "calendars[0].hours[0].weekdays[4]", changed("[1, 2, 3, 4, 5]", "[1, 2, 3, 4, 8]")),
    (
        "true_or_false_expected",
        "rules[1].when.working_time",
        changed("[qr], working_time: false", "[qr], working_time: x"),
    ),
    ("list_expected", "calendars[0].days_off", changed("days_off: [2026-10-01]", "days_off: 2026-10-01")),
    ("mapping_expected", "name", changed("name: {zh: 小区域, en: Small}", "name: 小区域")),
    ("date_expected", "calendars[0].days_off[0]", changed("days_off: [2026-10-01]", "days_off: [soon]")),
    ("date_expected", "calendars[0].make_up_workdays.soon", changed("{2026-10-10: 5}", "{soon: 5}")),
    ("bom", "", b"\xef\xbb\xbf" + SMALL.encode()),
    ("not_utf8", "", SMALL.encode("gb18030")),
    ("not_utf8", "", SMALL.encode("utf-16")),
    ("not_utf8", "", b"id: \xff\xff\xff"),
    ("yaml_syntax", "", changed("areas:\n", "areas: [\n")),
    ("yaml_not_readable", "", changed("小区域", "小\x07区")),
    ("no_such_day", "", changed("days_off: [2026-10-01]", "days_off: [2026-13-01]")),
    ("no_such_day", "", changed("days_off: [2026-10-01]", "days_off: [2027-02-29]")),
    ("duplicate_key", "", changed("id: small\n", "id: small\nid: other\n")),
    ("not_a_mapping", "", ""),
    ("not_a_mapping", "", "- a list\n"),
    ("duplicate_id", "templates[1].id", with_templates("lane", LANE, LANE)),
    ("text_too_long", "templates[0].zh", with_templates("lane", LANE.replace("消防通道", "长" * 300))),
    ("not_one_of", "templates[0].message", with_templates("lane", LANE.replace("case_assigned", "case_lost"))),
    (
        "not_one_of",
        "rules[0].templates.case_lost",
        with_templates("lane", LANE).replace("templates: {case_assigned", "templates: {case_lost"),
    ),
    ("unknown_placeholder", "templates[0].zh", with_templates("lane", LANE.replace("{accept_by}", "{phone}"))),
    ("unknown_placeholder", "templates[0].en", with_templates("lane", LANE.replace("by {accept_by}", "{words}"))),
    ("stray_brace", "templates[0].zh", with_templates("lane", LANE.replace("{accept_by}", "{0.accept_by}"))),
    ("stray_brace", "templates[0].zh", with_templates("lane", LANE.replace("{accept_by}", "{accept_by"))),
    ("template_without_link", "templates[0].en", with_templates("lane", LANE.replace("it: {link}", "it."))),
    ("unknown_template", "rules[0].templates.case_assigned", with_templates("lain", LANE)),
    (
        "template_of_another_message",
        "rules[0].templates.case_assigned",
        with_templates("lane", LANE.replace("case_assigned", "case_escalated").replace("accept_by", "level")),
    ),
    (
        "placeholder_never_filled",
        "rules[0].templates.case_assigned",
        with_templates("lane", LANE).replace("accept: {minutes: 15, working_time: false}, resolve", "resolve"),
    ),
    ("template_too_long", "templates[0].zh", with_templates("lane", LANE.replace("消防通道", "请带好拖车电话。" * 18))),
    ("template_unused", "templates[1]", with_templates("lane", LANE, LANE.replace("id: lane", "id: other"))),
]
WARNINGS = {
    *("bom", "day_of_no_year", "next_year_missing", "rule_without_clock", "rule_without_example"),
    *("first_response_within_accept", "template_too_long", "template_unused"),
}


def of_kind(faults: tuple[Fault, ...], kind: str) -> list[Fault]:
    return [fault for fault in faults if fault.finding.kind == kind]


def test_nothing_is_wrong_with_the_small_district() -> None:
    assert faults_of(SMALL) == ()


@pytest.mark.parametrize(("kind", "path", "text"), BAD_FILES)
def test_a_bad_file_is_found_out(kind: str, path: str, text: str | bytes) -> None:
    found = of_kind(faults_of(text), kind)

    assert path in [fault.path for fault in found]


def test_a_years_list_that_no_calendar_has_is_said_once_with_the_calendars_that_lack_it() -> None:
    text = SMALL.replace("years: [2026, 2027]", "years: [2026]")

    found = of_kind(faults_of(text), "next_year_missing")

    assert [fault.path for fault in found] == ["calendars[0].years"]
    assert found[0].finding.params == {"ids": "office, always", "year": 2027, "this_year": 2026}


@pytest.mark.parametrize(("kind", "path", "text"), BAD_FILES)
def test_a_finding_says_in_both_languages_what_is_wrong_and_what_to_do(kind: str, path: str, text: str | bytes) -> None:
    fault = next(fault for fault in of_kind(faults_of(text), kind) if fault.path == path)

    for catalogue in load_catalogues("district", on_missing=raise_missing).values():
        assert not re.search(r"[{}]", fault.message(catalogue))
        assert len(fault.remedy(catalogue)) > 3


def test_every_message_of_the_catalogue_has_a_bad_file_that_earns_it() -> None:
    tried = {f"district.{kind}" for kind, _, _ in BAD_FILES}

    for language in ("zh", "en"):
        texts, _ = read_texts(LOCALES / language / "LC_MESSAGES" / "district.po")
        assert set(texts) == tried | {f"{key}.remedy" for key in tried}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, _, text in BAD_FILES if kind in WARNINGS])
def test_what_may_be_meant_is_only_a_warning(kind: str, text: str | bytes) -> None:
    (fault,) = of_kind(faults_of(text), kind)

    assert fault.finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("years", "today", "severity"),
    [
        ("[2027]", date(2026, 1, 1), Severity.ERROR),
        ("[2026]", date(2026, 11, 30), Severity.WARNING),
        ("[2026]", date(2026, 12, 1), Severity.ERROR),
        ("[2026, 2028]", date(2026, 12, 31), Severity.ERROR),
    ],
)
def test_the_coming_year_is_asked_for_before_deadlines_reach_into_it(
    years: str, today: date, severity: Severity
) -> None:
    text = changed("years: [2026, 2027]", f"years: {years}")

    faults = read_district(text.encode(), today=today).faults

    assert [fault.finding.severity for fault in faults if fault.path == "calendars[0].years"] == [severity]


def test_a_leap_day_is_a_day_like_others_in_its_year() -> None:
    text = SMALL.replace("[2026, 2027]", "[2028, 2029]").replace("[2026-10-01]", "[2028-02-29]")

    faults = read_district(text.replace("2026-10-10", "2028-03-04").encode(), today=date(2028, 2, 29)).faults

    assert faults == ()


def test_a_day_that_does_not_exist_is_found_on_its_line() -> None:
    (fault,) = faults_of(changed("days_off: [2026-10-01]", "days_off: [2027-02-29]"))

    line = SMALL[: SMALL.index("days_off: ")].count("\n") + 1
    assert (fault.line, fault.column) == (line, len("    days_off: [") + 1)


@pytest.mark.parametrize(
    "conditions",
    [
        ("channels: [qr, partner]", "channels: [phone_desk]"),
        ("areas: [estate]", "areas: [villa], working_time: true"),
        ("working_time: true", "working_time: false, words_any: [停车]"),
        ("categories: [order]", "categories: [parking]"),
    ],
)
def test_rules_that_leave_something_over_together_shadow_nothing(conditions: tuple[str, ...]) -> None:
    found = of_kind(faults_of(with_rules(*conditions)), "rule_never_matches")

    assert not [fault for fault in found if fault.finding.params["id"] == "rest"]


def test_a_make_up_workday_needs_somebody_on_duty_too() -> None:
    saturday = date(2026, 10, 10).isoweekday()
    weekdays_only = changed("{person: guard,", "{person: guard, weekdays: [1, 2, 3, 4, 5],")

    (fault,) = of_kind(faults_of(weekdays_only), "hours_nobody_covers")

    assert fault.finding.params == {"id": "property", "day": saturday, "time": "08:30"}


def test_a_rule_below_one_for_the_parent_category_never_matches() -> None:
    text = changed(
        "categories: [order], areas: [estate], channels: [qr], working_time: false", "categories: [order]"
    ).replace("  - id: rest\n", LATER_RULE, 1)

    (fault,) = of_kind(faults_of(text), "rule_never_matches")

    assert fault.finding.params == {"id": "later", "earlier": "night"}


LATER_RULE = """\
  - id: later
    name: {zh: 停车, en: Parking}
    when: {categories: [parking], words_all: [车位]}
    unit: committee
    terms: {accept: {minutes: 60}, resolve: {working_days: 1}}
  - id: rest
"""


def test_the_signature_that_is_counted_with_a_template_is_the_one_that_is_sent() -> None:
    sent = load_catalogues("notify", on_missing=raise_missing)

    assert {language: sent[language].say("sms.signed", words="") for language in sent} == SIGNATURE


@pytest.mark.parametrize(
    ("accept", "first", "is_warned"),
    [
        ("minutes: 60", "minutes: 61", False),
        ("minutes: 60", "minutes: 60, on_duty: true", False),
        ("minutes: 60, on_duty: true", "minutes: 60, working_time: false", True),
        ("minutes: 60, working_time: false", "minutes: 30", False),
        ("working_days: 2", "working_days: 1", True),
        ("working_days: 1", "minutes: 30", False),
    ],
)
def test_a_first_response_is_warned_of_where_it_is_no_longer_whatever_calendars_and_rotas_say(
    accept: str, first: str, is_warned: bool
) -> None:
    text = changed("{accept: {minutes: 120}", f"{{accept: {{{accept}}}, first_response: {{{first}}}")

    assert bool(of_kind(faults_of(text), "first_response_within_accept")) == is_warned
