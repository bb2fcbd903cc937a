"""Every refusal has its page, in both languages, and one status; its docstring is its message."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest

from services.problem_pages import BASES, ProblemKind, problem_kinds, problem_text
from shared.kernel.problems import problem_name
from shared.web.remedies import remedies

KINDS = problem_kinds()


def refusals() -> Iterator[Any]:
    waiting = list(BASES)
    while waiting:
        error = waiting.pop()
        waiting.extend(error.__subclasses__())
        if error not in BASES and error.__module__.startswith("services."):
            yield error


def test_every_problem_says_what_to_do_and_nothing_else_does() -> None:
    assert {kind.name for kind in KINDS} == remedies().keys()


def test_every_remedy_is_said_in_chinese_and_english() -> None:
    silent = [name for name, remedy in remedies().items() if set(remedy) != {"zh", "en"} or not all(remedy.values())]
    not_chinese = [name for name, remedy in remedies().items() if not any(sign >= "一" for sign in remedy["zh"])]

    assert (silent, not_chinese) == ([], [])


@pytest.mark.parametrize("error", list(refusals()), ids=lambda error: error.__name__)
def test_refusal_has_a_message_and_a_status_that_says_whose_fault_it_is(error: Any) -> None:
    assert error.__name__.endswith("Error")
    assert error.__doc__.strip().endswith(".")
    assert 400 <= HTTPStatus(error.status) < 500


def test_two_services_that_refuse_by_one_name_have_one_status() -> None:
    statuses: dict[str, set[int]] = {}
    for error in refusals():
        statuses.setdefault(problem_name(error), set()).add(error.status)

    assert [name for name, found in statuses.items() if len(found) > 1] == []


def test_page_of_a_problem_reads_chinese_first() -> None:
    kind = ProblemKind("unknown-place", 404, ("No place has this code.",), ("intake",))

    text = problem_text(kind, {"zh": "核对贴纸上的编号。", "en": "Check the sticker."})

    assert (
        text == "unknown-place · 404 Not Found\n\n核对贴纸上的编号。\n\nNo place has this code.\n\nCheck the sticker.\n"
    )
