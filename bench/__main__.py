"""`python -m bench [NAME …] [--quick] [--json]`: measure, show, and keep what was measured."""

import argparse
import asyncio
import json
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict

from bench import (
    assign_by_rules,
    chain_drain,
    chain_durable_post,
    cost_per_ticket,
    dashboard_query,
    event_append,
    export_csv,
    figure_query,
    history_import,
    inbox_live,
    inbox_query,
    intake_durable_post,
    lifecycle,
    open_to_sms,
    projection_freshness,
    projection_rebuild,
    routing_memory,
    scale_out,
    timers_due,
    working_time,
)
from bench.results import Result, keep
from bench.scale import FULL, QUICK, Scale
from shared.kernel import logging

Measure = Callable[[Scale], Awaitable[Sequence[Result]]]

BENCHMARKS: Mapping[str, Measure] = {
    "intake_durable_post": intake_durable_post.measure,
    "chain_durable_post": chain_durable_post.measure,
    "event_append": event_append.measure,
    "open_to_sms": open_to_sms.measure,
    "chain_drain": chain_drain.measure,
    "projection_rebuild": projection_rebuild.measure,
    "projection_freshness": projection_freshness.measure,
    "export_csv": export_csv.measure,
    "figure_query": figure_query.measure,
    "dashboard_query": dashboard_query.measure,
    "history_import": history_import.measure,
    "inbox_query": inbox_query.measure,
    "inbox_live": inbox_live.measure,
    "lifecycle": lifecycle.measure,
    "assign_by_rules": assign_by_rules.measure,
    "working_time": working_time.measure,
    "timers_due": timers_due.measure,
    "routing_memory": routing_memory.measure,
    "scale_out": scale_out.measure,
    "cost_per_ticket": cost_per_ticket.measure,
}


def main() -> None:
    """Measure what was named, or everything. A quick run shows that all works and keeps nothing.

    Each is kept as soon as it was measured, and one that fails keeps none of the others from being measured.
    """
    arguments = _arguments()
    logging.configure()
    scale: Scale = QUICK if arguments.quick else FULL
    measured: list[Result] = []
    failed: list[str] = []
    for name in arguments.names or BENCHMARKS:
        print(f"… {name}", file=sys.stderr)
        try:
            results = asyncio.run(_measured(name, scale))
        except Exception:  # noqa: BLE001 - whatever failed is shown, and said at the end.
            traceback.print_exc()
            failed.append(name)
            continue
        if not arguments.quick:
            keep(results)
        measured += results
    if arguments.json:
        json.dump([asdict(each) for each in measured], sys.stdout, indent=2, ensure_ascii=False)
    if failed:
        sys.exit(f"failed, everything else is measured: {', '.join(failed)}")


async def _measured(name: str, scale: Scale) -> Sequence[Result]:
    results = await BENCHMARKS[name](scale)
    for each in results:
        print(f"  {_line(each)}", file=sys.stderr)
    return results


def _line(measured: Result) -> str:
    spread = f", p50 {measured.p50_ms} p95 {measured.p95_ms} p99 {measured.p99_ms} ms" if measured.p50_ms else ""
    reference = f"{measured.reference_name} {measured.reference_value}"
    return f"{measured.name}: {measured.value} {measured.unit}; {reference}; ratio {measured.ratio}{spread}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*BENCHMARKS, []], help=", ".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="short rounds, nothing is kept")
    parser.add_argument("--json", action="store_true", help="the results as JSON on the standard output")
    return parser.parse_args()


if __name__ == "__main__":
    main()
