"""A start ends with where to look, whom to be, what to try and how to stop."""

from pathlib import Path

import zxingcpp
from PIL import Image

from services.cli.launcher import Welcome
from services.cli.terminal import qr_lines
from services.cli.welcome import welcome_record, welcome_text
from shared.embedded.platform import FirstUseAccount, Platform, Prepared

PLATFORM = Platform(
    database_url="postgresql://postgres:secret@127.0.0.1:5432/postgres",
    kafka_bootstrap="127.0.0.1:9092",
    port=8000,
    data_dir=Path("/srv/yima"),
)
ACCOUNT = FirstUseAccount(name="duty-a", role="居委会值班员甲", password="first-use-1")
FIRST = Welcome(PLATFORM, Prepared(place_code="7K3M", accounts=[ACCOUNT]), seconds=12.34)


def test_addresses_are_written_out_beside_the_code() -> None:
    text = welcome_text(FIRST, stop_key="stop_foreground")

    for address in ("/r/7K3M", "/desk", "/sandbox", "/docs"):
        assert f"http://127.0.0.1:8000{address}" in text
    assert "Ctrl-C" in text


def test_sandbox_is_named_only_where_it_is_shown() -> None:
    hidden = Welcome(PLATFORM, Prepared(place_code="7K3M", sandbox_shown=False), seconds=3)

    assert "/sandbox" not in welcome_text(hidden, stop_key="stop_foreground")


def test_command_that_is_not_in_path_is_named() -> None:
    named = welcome_text(FIRST, stop_key="stop_foreground", command=Path("/srv/yima/.venv/bin/yima"))
    unnamed = welcome_text(FIRST, stop_key="stop_foreground")

    assert "命令 yima 在 /srv/yima/.venv/bin/yima" in named
    assert "命令 yima 在" not in unnamed


def test_first_start_shows_passwords_and_later_ones_do_not() -> None:
    later = Welcome(PLATFORM, Prepared(place_code="7K3M"), seconds=3)

    assert "duty-a  first-use-1  居委会值班员甲" in welcome_text(FIRST, stop_key="stop_foreground")
    assert "登录账号同首次启动" in welcome_text(later, stop_key="stop_foreground")


def test_code_in_the_terminal_opens_the_report_page() -> None:
    drawn = qr_lines("http://127.0.0.1:8000/r/7K3M")

    read = zxingcpp.read_barcodes(_photographed(drawn))

    assert [code.text for code in read] == ["http://127.0.0.1:8000/r/7K3M"]


def test_machines_get_the_same_and_no_database_password() -> None:
    record = welcome_record(FIRST)

    assert record["report_page"] == "http://127.0.0.1:8000/r/7K3M"
    assert record["accounts"] == [{"name": "duty-a", "role": "居委会值班员甲", "password": "first-use-1"}]
    assert "secret" not in str(record) + repr(FIRST)


def _photographed(drawn: str) -> Image.Image:
    """The terminal as a picture: its half blocks are light on a dark ground."""
    lines = [line for line in drawn.splitlines() if line]
    light = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), " ": (0, 0)}
    picture = Image.new("L", (len(lines[0]), 2 * len(lines)))
    for row, line in enumerate(lines):
        for column, block in enumerate(line):
            for half in (0, 1):
                picture.putpixel((column, 2 * row + half), light[block][half])
    return picture.resize((picture.width * 8, picture.height * 8), Image.Resampling.NEAREST)
