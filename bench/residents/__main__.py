"""`python -m bench.residents [--json]`: the account of the residents' messages by both ways."""

import argparse
import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from bench.residents.account import Account, as_text
from bench.residents.messages import absent, messages_file
from bench.residents.scenario import through_the_front_door, through_the_import


def main() -> None:
    """Send them, account for them; exit code 1 when anything is not equal."""
    parser = argparse.ArgumentParser(prog="python -m bench.residents", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the account as JSON on the standard output")
    in_json: bool = parser.parse_args().json
    file = messages_file()
    if file is None:
        sys.exit(absent())
    accounts = asyncio.run(_both(file))
    print(json.dumps([asdict(each) for each in accounts], ensure_ascii=False, indent=2) if in_json else _text(accounts))
    sys.exit(any(each.wrong for each in accounts))


async def _both(file: Path) -> list[Account]:
    return [await through_the_import(file), await through_the_front_door(file)]


def _text(accounts: list[Account]) -> str:
    return "\n\n".join(as_text(each) for each in accounts)


if __name__ == "__main__":
    main()
