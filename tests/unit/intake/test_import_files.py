"""Files of other systems' history: lines keep their numbers, and what is no table is refused."""

import json
from pathlib import Path

import pytest

from services.intake.adapters.import_files import ImportFile, read_mapping
from services.intake.domain.errors import Fault, ImportFileUnreadableError, MappingNotValidError
from services.intake.domain.history import HistoryMapping

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


@pytest.mark.parametrize(("content", "name"), [(b"", "a.csv"), (b"\xff\xff", "b.csv"), (b"PK nonsense", "c.xlsx")])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, name: str) -> None:
    with pytest.raises(ImportFileUnreadableError):
        lines_of(tmp_path, content, name)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFileUnreadableError):
        ImportFile(tmp_path / "none.csv").take(1)


def test_the_same_file_read_by_another_mapping_is_another_import(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("id\n1\n")
    other = HistoryMapping(constants={"place": "GATE"})

    assert ImportFile(file).digest(HistoryMapping()) != ImportFile(file).digest(other)


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
