"""How long and how often is measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A full run takes about half an hour; a quick one shows that everything works."""

    rounds: int
    seconds: float
    open_loop_seconds: float
    preloaded: int
    received_events: int
    history_rows: int
    listed_cases: int
    lives: int
    decisions: int
    deadlines: int
    due_timers: int
    opened_cases: int
    exported_tickets: int
    district_tickets: tuple[int, ...]
    processes: tuple[int, ...]
    costed_lives: int


FULL = Scale(
    rounds=5,
    seconds=8,
    open_loop_seconds=30,
    preloaded=8_000,
    received_events=1_000_000,
    history_rows=100_000,
    listed_cases=1_000_000,
    lives=1_500,
    decisions=5_000,
    deadlines=100_000,
    due_timers=10_000,
    opened_cases=100_000,
    exported_tickets=1_000_000,
    district_tickets=(10_000, 100_000, 1_000_000),
    processes=(1, 2, 4),
    costed_lives=1_000,
)
QUICK = Scale(
    rounds=1,
    seconds=2,
    open_loop_seconds=5,
    preloaded=500,
    received_events=20_000,
    history_rows=3_000,
    listed_cases=20_000,
    lives=160,
    decisions=500,
    deadlines=20_000,
    due_timers=500,
    opened_cases=1_000,
    exported_tickets=100_000,
    district_tickets=(500, 1_000),
    processes=(1, 2),
    costed_lives=200,
)
