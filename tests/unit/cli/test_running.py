"""What a launcher leaves for other commands to find, also when it was killed."""

from pathlib import Path

from services.cli.running import Ready, claimed, ready, write_ready


def test_word_of_a_launcher_that_was_killed_is_not_taken_for_that_of_the_next(tmp_path: Path) -> None:
    write_ready(tmp_path, Ready(host="127.0.0.1", port=8000, place_code=""))

    with claimed(tmp_path):
        before = ready(tmp_path)
        write_ready(tmp_path, Ready(host="127.0.0.1", port=8001, place_code=""))
        after = ready(tmp_path)

    assert before is None
    assert after == Ready(host="127.0.0.1", port=8001, place_code="")
