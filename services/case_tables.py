"""The case as a state machine, as tables and a diagram: the text of `docs/case-states.md`."""

from collections.abc import Sequence
from functools import reduce

from services.case_states import PEOPLE, SITUATIONS, Answer, case_in, permissions, states
from services.routing.domain.case import evolve


def document(head: str) -> str:
    """The text of `docs/case-states.md`."""
    rows = [[act, *map(str, answers.values())] for act, answers in states()]
    who = [[act, situation, *map(_allowed, answers.values())] for act, situation, answers in permissions()]
    return "\n".join(
        [
            head,
            "## Ways · 状态图\n",
            _diagram(),
            "## What each command brings about · 命令与结果\n",
            _table(["", *SITUATIONS], rows),
            "## Who may · 谁可以\n",
            _table(["", "", *PEOPLE], who),
        ]
    )


def _allowed(answer: Answer) -> str:
    return "✓" if answer.events else str(answer)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _diagram() -> str:
    ways = {
        (case_in(each).status.value, reduce(evolve, answer.events, case_in(each)).status.value): act
        for act, answers in reversed(list(states()))
        for each, answer in answers.items()
        if answer.events
    }
    arrows = sorted((start, end, act) for (start, end), act in ways.items() if start != end)
    return "\n".join(
        ["```mermaid", "stateDiagram-v2", "    [*] --> assigned: opened by a rule"]
        + [f"    {start} --> {end}: {act.strip('()')}" for start, end, act in arrows]
        + ["    closed --> [*]", "```\n"]
    )
