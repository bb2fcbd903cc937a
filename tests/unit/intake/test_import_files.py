"""Files of other systems' history: lines keep their numbers, and what is no table is refused."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.adapters.import_files import ImportFile, Unreadable, read_mapping
from services.intake.domain.errors import (
    ColumnRepeatedError,
    Fault,
    ImportFileDamagedError,
    ImportFileEmptyError,
    ImportFileUnreadableError,
    ImportSeparatorError,
    MappingEmptyError,
    MappingNotValidError,
)

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "import-mapping.yaml"


def lines_of(folder: Path, content: str | bytes, name: str = "history.csv") -> list[tuple[int, object]]:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return [(line.number, line.fault or dict(line.values)) for line in ImportFile(file).take(100)]


def test_a_text_over_many_lines_has_the_number_of_its_first(tmp_path: Path) -> None:
    read = lines_of(tmp_path, 'id,text\n1,"one\ntwo\nthree"\n2,four\n')

    assert read == [(2, {"id": "1", "text": "one\ntwo\nthree"}), (5, {"id": "2", "text": "four"})]


def test_lines_with_too_few_or_too_many_columns_are_told(tmp_path: Path) -> None:
    assert lines_of(tmp_path, "a,b\n1\n1,2\n1,2,3\n\n") == [
        (2, Fault.TOO_FEW_COLUMNS),
        (3, {"a": "1", "b": "2"}),
        (4, Fault.TOO_MANY_COLUMNS),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_mark_and_the_encoding_leave_no_trace_in_the_head(tmp_path: Path, encoding: str) -> None:
    assert lines_of(tmp_path, "编号,内容\n7,灯不亮𠮷\n".encode(encoding)) == [(2, {"编号": "7", "内容": "灯不亮𠮷"})]


def test_a_character_split_between_two_chunks_is_still_utf_8(tmp_path: Path) -> None:
    before = "x\n" + "a\n" * (512 * 1024 - 2) + "a"

    assert len(before) == 1024 * 1024 - 1
    assert lines_of(tmp_path, f"{before}灯\n")[0] == (2, {"x": "a"})


def test_json_lines_that_are_no_objects_are_told(tmp_path: Path) -> None:
    content = "\n".join([json.dumps({"a": 1}), "", "[1]", "{", "null"])

    assert lines_of(tmp_path, content, "x.jsonl") == [
        (1, {"a": 1}),
        (3, Fault.NOT_JSON),
        (4, Fault.NOT_JSON),
        (5, Fault.NOT_JSON),
    ]


@pytest.mark.parametrize(
    ("content", "name"), [(b"\xff\xff", "a.csv"), (b"PK nonsense", "b.xlsx"), (b" ,,\n1,2,3\n", "c.csv")]
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, name: str) -> None:
    with pytest.raises(ImportFileUnreadableError):
        lines_of(tmp_path, content, name)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("content", "name"), [("编号,内容\n7,灯不亮\n", "a.csv"), ('{"text": "灯不亮"}\n', "b.jsonl"), ("a\tb\n", "c.csv")]
)
def test_utf_16_is_told_with_or_without_its_mark(tmp_path: Path, content: str, name: str, encoding: str) -> None:
    with pytest.raises(ImportFileUnreadableError) as refused:
        lines_of(tmp_path, content.encode(encoding), name)

    assert refused.value.args == (name, Unreadable.UTF_16)


def test_spreadsheet_that_is_called_csv_is_not_taken_for_utf_16(tmp_path: Path) -> None:
    old_excel = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff" + bytes(8)

    with pytest.raises(ImportFileUnreadableError) as refused:
        lines_of(tmp_path, old_excel, "history.csv")

    assert refused.value.args == ("history.csv",)


@pytest.mark.parametrize(
    ("lines", "first", "last"),
    [
        (['1,"one', "2,two", "3,three", ""], 2, 4),
        (['1,"one', "2,two"], 2, 3),
        (['1,"one\ntwo"', '"2\n2","two', "3,three", ""], 5, 6),
        (["1,one", '2,"'], 3, 3),
        (['1,"one\r', "2,two\r", ""], 2, 3),
        (['1,"' + "长" * 600_000, "长" * 600_000, "3,three", ""], 2, 3),
    ],
)
def test_quotation_that_is_never_closed_is_told_with_the_lines_that_it_holds(
    tmp_path: Path, lines: list[str], first: int, last: int
) -> None:
    with pytest.raises(ImportFileUnreadableError) as refused:
        lines_of(tmp_path, "\n".join(["id,text", *lines]))

    assert refused.value.args == ("history.csv", Unreadable.QUOTATION_OPEN, first, last)


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_quotation_that_the_files_end_closes_is_closed(tmp_path: Path, end: str) -> None:
    assert lines_of(tmp_path, f'id,text\n1,"one\ntwo"{end}') == [(2, {"id": "1", "text": "one\ntwo"})]


@pytest.mark.parametrize(
    ("content", "name"), [(b"", "a.csv"), (b"", "b.xlsx"), (b"", "c.jsonl"), (b"\r\n\r\n", "d.csv")]
)
def test_what_holds_nothing_is_told_apart_from_what_can_not_be_read(tmp_path: Path, content: bytes, name: str) -> None:
    with pytest.raises(ImportFileEmptyError):
        lines_of(tmp_path, content, name)


@pytest.mark.parametrize("head", ["编号\t时间\t内容", "编号;时间;内容", '"编号";"时间"'])
def test_columns_that_no_comma_separates_are_refused_for_their_separator(tmp_path: Path, head: str) -> None:
    with pytest.raises(ImportSeparatorError):
        lines_of(tmp_path, f"{head}\n1\n")


def test_a_semicolon_within_a_name_among_others_is_part_of_it(tmp_path: Path) -> None:
    assert lines_of(tmp_path, "a;b,c\n1,2\n") == [(2, {"a;b": "1", "c": "2"})]


@pytest.mark.parametrize(
    ("content", "name"), [("编号,内容\n", "a.csv"), ("编号,内容\n\n\n", "b.csv"), ("\n \n", "c.jsonl")]
)
def test_a_file_without_a_line_is_read_as_it_is(tmp_path: Path, content: str, name: str) -> None:
    assert lines_of(tmp_path, content, name) == []


def test_a_table_tells_its_named_columns_before_any_line_is_read(tmp_path: Path) -> None:
    file = tmp_path / "history.csv"
    file.write_text("编号,,内容\n1\n", encoding="gb18030")

    table = ImportFile(file)

    assert table.columns == ("编号", "内容")
    assert [(line.number, line.fault) for line in table.take(100)] == [(2, Fault.TOO_FEW_COLUMNS)]


def test_json_lines_have_no_head(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    file.write_text('{"a": 1}\n')

    assert ImportFile(file).columns is None


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFileUnreadableError):
        ImportFile(tmp_path / "none.csv").take(1)


@pytest.mark.parametrize("head", ["text,text", "text, text"])
def test_two_columns_of_one_name_are_refused_whole(tmp_path: Path, head: str) -> None:
    with pytest.raises(ColumnRepeatedError):
        lines_of(tmp_path, f"{head}\n1,2\n")


def test_columns_without_a_name_may_be_several(tmp_path: Path) -> None:
    assert lines_of(tmp_path, "a,,\n1,2,3\n") == [(2, {"a": "1", "": "3"})]


def test_a_name_that_stands_twice_in_a_json_object_is_told(tmp_path: Path) -> None:
    assert lines_of(tmp_path, '{"text": "1", "text": "2"}\n', "x.jsonl") == [(1, Fault.COLUMN_REPEATED)]


@given(
    text=st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=10, max_size=60), lost=st.data()
)
def test_utf_8_that_lost_a_byte_is_never_taken_for_another_encoding(text: str, lost: st.DataObject) -> None:
    content = f"id,text\n1,{text}\n".encode()
    place = lost.draw(st.integers(10, len(content) - 2))
    with TemporaryDirectory() as folder, pytest.raises(ImportFileDamagedError) as refused:
        lines_of(Path(folder), content[:place] + content[place + 1 :])

    assert str(refused.value).endswith("history.csv:2")


@given(text=st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=10, max_size=60))
def test_gb18030_stays_readable(text: str) -> None:
    with TemporaryDirectory() as folder:
        assert lines_of(Path(folder), f"编号,内容\n7,{text}\n".encode("gb18030")) == [(2, {"编号": "7", "内容": text})]


def test_the_example_mapping_is_one() -> None:
    mapping = read_mapping(EXAMPLE)

    assert mapping.columns_of("text") == ("留言主题", "留言详情")
    assert mapping.columns_of("phone") == ("phone",)


@pytest.mark.parametrize(
    "content",
    ["columns: {colour: x}", "colums: {}", "timezone: Mars/Olympus", "columns: [", "- a list", "\x00"],
)
def test_a_mapping_that_means_nothing_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text(content)

    with pytest.raises(MappingNotValidError):
        read_mapping(file)


@pytest.mark.parametrize("content", ["", "\n", "# nothing yet\n", "---\n"])
def test_a_mapping_that_says_nothing_is_told_apart_from_a_wrong_one(tmp_path: Path, content: str) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text(content)

    with pytest.raises(MappingEmptyError):
        read_mapping(file)


@pytest.mark.parametrize("columns", ["[]", '""', '[a, ""]'])
@pytest.mark.parametrize("field", ["opened_at", "notes", "text"])
def test_a_field_that_is_mapped_to_no_column_is_refused_with_its_name(tmp_path: Path, field: str, columns: str) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text(f"columns: {{{field}: {columns}}}")

    with pytest.raises(MappingNotValidError) as refused:
        read_mapping(file)

    assert refused.value.args == (
        f"mapping.yaml: columns: no column is named for {field}; name one, or take the field out",
    )
