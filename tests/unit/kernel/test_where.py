"""A log names the file and line of ours where something went wrong, and never what was said."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest

from services.intake.domain.text import is_absent
from services.reporting.domain.behind import cursor_in
from shared.kernel.metrics import where
from shared.writing import is_blank


@pytest.mark.parametrize(
    ("fails", "named"),
    [
        (lambda: is_blank(7), r"shared/writing\.py:\d+"),  # type: ignore[arg-type]
        (lambda: cursor_in("a"), r"services/reporting/domain/behind\.py:\d+ \(base64\.py:\d+\)"),
        (lambda: UUID("13900000000"), r"uuid\.py:\d+"),
    ],
    ids=["ours", "another's by ours", "another's with nothing of ours around"],
)
def test_an_error_is_named_by_the_last_line_of_ours(fails: Callable[[], object], named: str) -> None:
    with pytest.raises((TypeError, ValueError)) as raised:
        fails()

    assert re.fullmatch(named, where(raised.value))


def test_of_several_lines_of_ours_the_last_is_named() -> None:
    with pytest.raises(TypeError) as raised:
        is_absent(7)  # type: ignore[arg-type]

    assert re.fullmatch(r"shared/writing\.py:\d+", where(raised.value))


def test_what_was_never_raised_has_no_place() -> None:
    assert where(ValueError()) == "unknown"
