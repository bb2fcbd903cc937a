"""`yima import` and `yima partner` as an operator types them, on one platform that runs meanwhile."""

import asyncio
from pathlib import Path

import httpx2
import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.kernel.database import connect
from tests.integration.cli.conftest import answer
from tests.integration.cli.test_up_and_down import Commands

EAST_GATE = "XSVH65NM"
WORDS = "消防通道被堵"
HEAD = "编号,时间,内容,电话,备注"
MAPPING = f"""
columns: {{source_id: 编号, opened_at: 时间, text: 内容, phone: 电话}}
constants: {{place: {EAST_GATE}}}
"""
GOOD = ("1,2026-04-01 08:00,灯不亮,10000001234,", "2,2026-04-01 09:00,门坏了,,")
BAD = ("3,0001-01-01T00:00,太早,,", "4,2026-04-01 08:00,,,", "1,2026-04-01 08:00,重复,,")


def history(folder: Path, *lines: str, head: str = HEAD) -> tuple[str, ...]:
    file, mapping = folder / "history.csv", folder / "mapping.yaml"
    file.write_text("\n".join([head, *lines, ""]), encoding="gb18030")
    mapping.write_text(MAPPING)
    return ("import", str(file), "--source", folder.name, "--mapping", str(mapping))


@pytest.mark.long
def test_dry_run_tells_what_the_import_then_refuses_and_a_second_import_adds_nothing(
    running: Commands, tmp_path: Path
) -> None:
    command = history(tmp_path, *GOOD, *BAD)

    checked = running.run(*command, "--dry-run")
    imported, again = answer(running, *command), answer(running, *command)

    assert checked.returncode == 1
    assert "按 gb18030 读取，表头：编号, 时间, 内容, 电话, 备注" in checked.stdout
    assert [line.split(": ")[0] for line in checked.stderr.splitlines() if line.startswith("✗")] == [
        "✗ history.csv:4",
        "✗ history.csv:5",
        "✗ history.csv:6",
    ]
    assert [(bad["line"], bad["field"], bad["fault"]) for bad in imported["bad_lines"]] == [
        (4, "opened_at", "not_a_date"),
        (5, "text", "required"),
        (6, "source_id", "repeated"),
    ]
    assert (imported["read"], imported["imported"], imported["already"], imported["refused"]) == (5, 2, 0, 3)
    assert (again["read"], again["imported"], again["already"], again["refused"]) == (5, 0, 2, 3)
    assert again["ignored_columns"] == ["备注"]


@pytest.mark.long
def test_columns_that_the_file_lacks_are_told_in_one_line_with_those_that_it_has(
    running: Commands, tmp_path: Path
) -> None:
    refused = running.run(*history(tmp_path, *GOOD, head="序号,时间,内容,手机,备注"), "--dry-run")

    assert refused.returncode == 1
    assert refused.stderr == (
        "✗ history.csv 没有这些列（列 → 字段）：电话 → phone, 编号 → source_id；"
        "它的列是：序号, 时间, 内容, 手机, 备注。"
        "请在对照文件里写明哪一列是哪个字段"
        " · the file has no such columns: say in the mapping file which of its columns is which field\n"
    )


@pytest.mark.long
def test_head_is_shown_also_where_every_line_has_too_few_columns(running: Commands, tmp_path: Path) -> None:
    checked = running.run(*history(tmp_path, "1,2026-04-01 08:00", "2"), "--dry-run")

    assert checked.returncode == 1
    assert "按 gb18030 读取，表头：编号, 时间, 内容, 电话, 备注。" in checked.stdout
    assert "未使用的列：备注 ·" in checked.stdout


@pytest.mark.long
def test_file_that_can_not_be_imported_as_a_whole_is_refused_in_one_line(running: Commands, tmp_path: Path) -> None:
    twice = running.run(*history(tmp_path, *GOOD, head="编号,时间,内容,内容,备注"))
    damaged_file = tmp_path / "damaged.csv"
    damaged_file.write_bytes(f"{HEAD}\n{GOOD[0]}\n".encode().replace("灯".encode(), "灯".encode()[:2]))
    damaged = running.run("import", str(damaged_file), "--source", "any")
    tabs = running.run(*history(tmp_path, *GOOD, head=HEAD.replace(",", "\t")))

    assert (twice.returncode, damaged.returncode, tabs.returncode) == (1, 1, 1)
    assert tabs.stderr.startswith("✗ 文件的列是用制表符或分号隔开的（history.csv）")
    assert twice.stderr.startswith("✗ 表头有重名的列（history.csv）")
    assert damaged.stderr.startswith("✗ 文件是 UTF-8，但 damaged.csv:2 行有损坏的字符")


@pytest.mark.long
def test_quotation_that_is_never_closed_is_told_with_its_line_before_anything_is_imported(
    running: Commands, tmp_path: Path
) -> None:
    command = history(tmp_path, GOOD[0], '2,2026-04-01 09:00,"门坏了,,', "3,2026-04-01 09:00,灯不亮,,")

    refused, checked = running.run(*command), running.run(*command, "--dry-run")

    assert (refused.returncode, checked.returncode) == (1, 1)
    assert refused.stderr == checked.stderr
    assert refused.stderr == (
        "✗ history.csv:3 行开始的引号没有关闭，到第 4 行为止的内容都被算在引号里，没有导入：请补上或删去这个引号"
        " · a quotation begins on that line and is never closed, so the lines after it, to line 4, were not read:"
        " mend it\n"
    )


@pytest.mark.long
def test_rows_that_clash_with_what_is_stored_are_not_blamed_on_a_silent_database(
    running: Commands, tmp_path: Path
) -> None:
    command = history(tmp_path, *GOOD)
    imported = running.run(*command)
    asyncio.run(forget_imports(running, tmp_path.name))

    again = running.run(*command)

    assert (imported.returncode, again.returncode) == (0, 1)
    assert again.stderr.startswith("✗ 与库里已有的记录冲突（tickets_pkey），这一批没有写入：")


@pytest.mark.long
def test_file_that_holds_a_head_and_no_line_is_no_fault_and_is_told(running: Commands, tmp_path: Path) -> None:
    command = history(tmp_path)

    told, for_machines = running.run(*command), answer(running, *command)

    assert told.returncode == 0
    assert told.stdout.splitlines()[2].startswith("文件里没有一行数据：请核对是否给对了文件，或重新导出 · ")
    assert (for_machines["read"], for_machines["imported"], for_machines["bad_lines"]) == (0, 0, [])


@pytest.mark.long
def test_partner_may_report_with_the_key_that_was_shown_once_until_it_is_revoked(running: Commands) -> None:
    made = answer(running, "partner", "create", "网格平台", "--scope", "tickets:write", "--quota", "60")
    taken = report(running, made["api_key"])
    listed = {partner["id"]: partner for partner in answer(running, "partner", "list")["partners"]}
    revoked = answer(running, "partner", "revoke", made["id"])
    again = running.run("partner", "revoke", made["id"])
    shown = running.run("partner", "list")

    assert taken.status_code == 201
    assert listed[made["id"]]["name"] == "网格平台"
    assert (listed[made["id"]]["scopes"], listed[made["id"]]["revoked_at"]) == (["tickets:write"], None)
    assert revoked == {"revoked": made["id"]}
    assert again.returncode == 1
    assert again.stderr.startswith("✗ 没有这个合作系统，或密钥已作废")
    assert f"{made['id']}  网格平台  已于" in shown.stdout
    assert made["api_key"] not in shown.stdout


@pytest.mark.long
def test_reporter_is_forgotten_by_the_number_of_a_ticket_once_it_is_confirmed(running: Commands) -> None:
    made = answer(running, "partner", "create", "热线", "--scope", "tickets:write")
    created = report(running, made["api_key"]).json()
    spoken = f"{created['number'][:3]} {created['number'][3:6]} {created['number'][6:]}"

    unsure, unknown = running.run("erase", spoken), running.run("erase", "000000000", "--yes")
    kept = httpx2.get(created["status_url"]).text
    erased = answer(running, "erase", spoken, "--yes")
    gone = httpx2.get(created["status_url"]).text

    assert (unsure.returncode, unknown.returncode) == (1, 1)
    assert unknown.stderr.startswith("✗ 没有这个工单号，请核对九位数字：000000000")
    assert WORDS in kept
    assert erased == {"tickets": 1, "photos": 0}
    assert WORDS not in gone


async def forget_imports(running: Commands, source: str) -> None:
    """As a backup would that was restored without one of its tables."""
    connection = await connect(EmbeddedPostgres(running.data_dir / "postgres").dsn, schema="intake", role="postgres")
    await connection.execute("DELETE FROM imported WHERE source = $1", source)
    await connection.close()


def report(running: Commands, api_key: str) -> httpx2.Response:
    return httpx2.post(
        f"{running.origin}/api/v1/tickets",
        json={"place": EAST_GATE, "text": WORDS},
        headers={"Authorization": f"Bearer {api_key}"},
    )
