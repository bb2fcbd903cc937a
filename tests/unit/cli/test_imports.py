"""A file that can not be imported is refused at once, in one line that names it as it was typed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import app
from services.cli.imports import summary
from services.intake.handlers import ImportProgress

NOBODY = 65534


def refusal(home: Path, *words: str, source: str = "hotline") -> str:
    """What the import says where no platform runs, which it would find out later."""
    refused = CliRunner(env={"YIMA_DATA_DIR": str(home / "data")}).invoke(app, ["import", *words, "--source", source])
    assert refused.exit_code == 1
    assert refused.stderr.count("\n") == 1
    return refused.stderr


@contextmanager
def as_somebody_else() -> Iterator[None]:
    """Permissions do not hold root back."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize("name", ["none.csv", "none.csv/history.csv"])
def test_file_that_does_not_exist_is_told_as_it_was_typed(tmp_path: Path, name: str) -> None:
    said = refusal(tmp_path, str(tmp_path / name))

    assert said == (
        f"✗ 没有这个文件（{tmp_path / name}）：请核对文件名和所在目录 · no such file: check its name and folder\n"
    )


def test_file_below_another_file_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_text("source_id\n")

    assert refusal(tmp_path, str(tmp_path / "history.csv" / "april.csv")).startswith("✗ 没有这个文件")


@pytest.mark.parametrize("name", ["history.csv", "history.xlsx", "history.jsonl"])
def test_empty_file_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()

    said = refusal(tmp_path, str(tmp_path / name))

    assert said == (
        f"✗ 文件是空的（{tmp_path / name}）：请核对是否给对了文件，或重新导出"
        " · the file is empty: check that it is the right one, or export it again\n"
    )


def test_directory_is_no_file(tmp_path: Path) -> None:
    assert refusal(tmp_path, str(tmp_path)).startswith(f"✗ 这是目录或设备，不是文件（{tmp_path}）：请给出一个文件 · ")


def test_pipe_is_no_file_and_nobody_waits_for_what_it_may_bring(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "history.csv")

    assert refusal(tmp_path, str(tmp_path / "history.csv")).startswith("✗ 这是目录或设备，不是文件")


def test_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / "history.csv"
    file.write_text("source_id\n")
    file.chmod(0)

    with as_somebody_else():
        said = refusal(tmp_path, str(file))

    assert said.startswith(f"✗ 没有读取权限（{file}）：请换有权限的用户")


def test_mapping_that_does_not_exist_is_told_in_the_same_words(tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_text("source_id\n")

    said = refusal(tmp_path, str(tmp_path / "history.csv"), "--mapping", str(tmp_path / "none.yaml"))

    assert said.startswith(f"✗ 没有这个文件（{tmp_path / 'none.yaml'}）")


@pytest.mark.parametrize("content", ["", "# nothing yet\n"])
def test_empty_mapping_is_told_what_a_mapping_says(tmp_path: Path, content: str) -> None:
    (tmp_path / "history.csv").write_text("source_id\n")
    (tmp_path / "mapping.yaml").write_text(content)

    said = refusal(tmp_path, str(tmp_path / "history.csv"), "--mapping", str(tmp_path / "mapping.yaml"))

    assert said.startswith("✗ 对照文件没有内容（mapping.yaml）：请在 columns: 下逐行写明")
    assert "docs/examples/import-mapping.yaml" in said


@pytest.mark.parametrize("source", ["", " ", "\t\u3000"])
def test_source_without_a_name_is_refused_before_any_file_is_looked_at(tmp_path: Path, source: str) -> None:
    said = refusal(tmp_path, str(tmp_path / "none.csv"), source=source)

    assert said == (
        "✗ --source 不能为空：请给出来源系统的名称，靠它防止重复导入"
        " · --source is blank: name the system that the file comes from, which keeps tickets from coming in twice\n"
    )


@pytest.mark.parametrize(
    "source", ["市长信箱", "Hotline", "a/b", "13800138000", "a\x1b[2J", "a\nb", "a" * 65, "_a", "two words"]
)
def test_source_that_is_no_short_name_is_refused_and_not_repeated(tmp_path: Path, source: str) -> None:
    said = refusal(tmp_path, str(tmp_path / "none.csv"), source=source)

    assert said == (
        "✗ --source 不能用：请用小写字母开头的简短代号，只含小写字母、数字和 - _ .，最多 64 个字符，例如 hotline-12345"
        " · --source cannot be used: take a short name such as hotline-12345, of a-z, 0-9, - _ and ., a letter first,"
        " at most 64\n"
    )


@pytest.mark.parametrize("source", ["hotline-12345", "mayors-mailbox", "pilot_month.2026", "a" * 64])
def test_source_that_is_a_short_name_is_taken(tmp_path: Path, source: str) -> None:
    assert refusal(tmp_path, str(tmp_path / "none.csv"), source=source).startswith("✗ 没有这个文件")


def test_utf_16_is_to_be_saved_as_utf_8(tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_text("source_id,text\n1,灯不亮\n", encoding="utf-16-le")

    said = refusal(tmp_path, str(tmp_path / "history.csv"))

    assert said == (
        "✗ 文件像是 UTF-16 编码（history.csv）：请另存为 UTF-8 再导入 · the file looks like UTF-16: save it as UTF-8\n"
    )


@pytest.mark.parametrize("read", [0, 1])
@pytest.mark.parametrize("dry_run", [False, True])
def test_file_without_a_line_is_told_once(read: int, dry_run: bool) -> None:
    told = summary(ImportProgress(read=read, imported=read), encoding="utf-8-sig", dry_run=dry_run)

    hints = [line for line in told if line.startswith("文件里没有一行数据：")]
    assert len(hints) == (0 if read else 1)


def test_help_names_the_example_of_a_mapping() -> None:
    assert "docs/examples/import-mapping.yaml" in CliRunner().invoke(app, ["import", "--help"]).stdout
