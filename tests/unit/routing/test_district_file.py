"""The district file as bytes: every fault has its line, and none repeats what it must not."""

from datetime import date

from services.routing.adapters.district_file import in_words, read_district
from shared.web.catalogues import load_catalogues, raise_missing
from tests.unit.routing.district_samples import SMALL, changed, faults_of


def test_a_fault_points_to_the_line_and_column_of_its_value() -> None:
    (fault,) = faults_of(changed('"10000000001"', '"12345"'))

    line = SMALL.splitlines()[fault.line - 1]
    assert line[fault.column - 1 :].startswith('phone: "10000000001"')


def test_a_missing_field_points_to_its_entry() -> None:
    (fault,) = faults_of(changed("relation: committee, area: town,", "relation: committee,"))

    assert SMALL.splitlines()[fault.line - 1].strip().startswith("- {id: committee")


def test_a_syntax_error_points_to_where_the_parser_stopped() -> None:
    (fault,) = faults_of("id: small\nname: {zh: 小\nareas: []\n")

    assert fault.line == 3


def test_a_file_in_gb18030_is_named_as_such_with_the_line_of_its_first_character() -> None:
    (fault,) = faults_of(SMALL.encode("gb18030"))

    assert fault.finding.params == {"encoding": "GB18030"}
    assert fault.line == 2


def test_a_byte_order_mark_is_a_warning_and_the_file_is_read() -> None:
    read = read_district(b"\xef\xbb\xbf" + SMALL.encode(), today=date(2026, 6, 1))

    assert read.district is not None
    assert read.publishable


def test_an_error_forbids_the_publication() -> None:
    read = read_district(changed("area: villa}", "area: vila}").encode(), today=date(2026, 6, 1))

    assert not read.publishable


def test_all_faults_are_reported_at_once_in_the_order_of_lines() -> None:
    text = changed("area: villa}", "area: vila}").replace("calendar: always", "calendar: allways")

    faults = faults_of(text)

    assert [fault.path for fault in faults] == ["places[1].area", "units[2].calendar"]


def test_no_fault_repeats_a_phone_or_a_name() -> None:
    texts = (
        changed('"10000000001"', '"100000000019"'),
        changed('phone: "10000000001"', 'phone: "10000000001", phone: "10000000009"'),
        changed('phone: "10000000001"', "phone: [10000000001]"),
        changed("name: 负责人甲", "name: [负责人甲]"),
    )

    for catalogue in load_catalogues("district", on_missing=raise_missing).values():
        for line in (line for text in texts for line in in_words(faults_of(text), catalogue)):
            assert "1000000" not in line
            assert "负责人甲" not in line


def test_a_line_of_the_report_says_where_what_and_what_to_do() -> None:
    catalogue = load_catalogues("district", on_missing=raise_missing)["en"]

    (line,) = in_words(faults_of(changed("area: villa}", "area: vila}")), catalogue)

    assert line == "10:55: places[1].area: There is no area vila. Check its spelling, or add it to areas."


def test_an_entry_of_a_list_is_named_by_its_list_in_the_readers_own_language() -> None:
    (fault,) = faults_of(changed("years: [2026, 2027]", "years: [2026, soon]"))

    catalogues = load_catalogues("district", on_missing=raise_missing)

    assert fault.message(catalogues["zh"]) == "字段 years[1] 应是整数。"
    assert fault.message(catalogues["en"]) == "years[1] must be a whole number."


def test_choices_are_listed_without_an_english_word_between_them() -> None:
    (fault,) = faults_of(changed("role: lead", "role: boss"))

    assert " or " not in str(fault.finding.params["expected"])
