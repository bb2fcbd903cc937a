"""Real residents' messages by both ways in: every single one accounted for, nothing lost, nothing doubled."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bench.residents.account import Account
from bench.residents.messages import absent, messages_file, read_messages
from bench.residents.scenario import through_the_front_door, through_the_import

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

LONGER_THAN_THE_FRONT_DOOR_TAKES = "422 text: is longer than 4000 characters"


@pytest.fixture
def messages() -> Path:
    file = messages_file()
    if file is None:
        pytest.skip(absent())
    return file


async def test_imported_messages_are_all_there_and_tell_nobody(messages: Path) -> None:
    account = await through_the_import(messages)

    assert account.wrong == []
    assert account.lines == len(read_messages(messages))
    assert account.refused == {}
    assert account.repeated == account.lines
    assert _states(account) == {"suppressed (history)"}
    assert account.taken_by_provider == 0
    assert account.timers == 0


async def test_messages_sent_by_concurrent_residents_are_all_there_or_refused_with_a_reason(messages: Path) -> None:
    account = await through_the_front_door(messages)

    assert account.wrong == []
    assert account.lines == len(read_messages(messages))
    assert account.refused == {LONGER_THAN_THE_FRONT_DOOR_TAKES: 2}
    assert account.repeated > 0
    assert account.taken_by_provider == _accepted(account.messages)


def _states(account: Account) -> set[str]:
    return {state.partition(", ")[2] for state in account.messages}


def _accepted(messages: Mapping[str, int]) -> int:
    return sum(count for state, count in messages.items() if state.endswith(", accepted"))
