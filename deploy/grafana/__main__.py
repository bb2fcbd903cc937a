"""Writes Grafana's dashboards and alert rules from their Python: `python -m deploy.grafana`, `--check` to compare."""

import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.grafana import alerting, district, engineers
from deploy.grafana.panels import text_of

HERE = Path(__file__).parent
WRITE = "python -m deploy.grafana && python deploy/k8s/monitoring.py"


def files() -> Mapping[str, str]:
    """Each file's text by its path below this folder."""
    folders = {"district": district.boards(), "engineers": engineers.boards()}
    written = {
        f"dashboards/{folder}/{name}.json": text_of(board)
        for folder, boards in folders.items()
        for name, board in boards.items()
    }
    return {**written, "provisioning/alerting/yima.yaml": alerting.text()}


def differing() -> list[str]:
    """Files that are not as the Python says, and dashboards that it does not know."""
    wanted = files()
    known = [path for path, text in wanted.items() if not _is(HERE / path, text)]
    found = {str(file.relative_to(HERE)) for file in (HERE / "dashboards").rglob("*.json")}
    return sorted({*known, *(found - wanted.keys())})


def main(arguments: list[str]) -> int:
    """The command: its exit code is 1 when a check fails."""
    if "--check" in arguments:
        if wrong := differing():
            sys.stderr.write(f"not as the Python says: {', '.join(wrong)}. Run {WRITE}\n")
            return 1
        return 0
    for path, text in files().items():
        (HERE / path).parent.mkdir(parents=True, exist_ok=True)
        (HERE / path).write_text(text, encoding="utf-8")
    return 0


def _is(file: Path, text: str) -> bool:
    return file.exists() and file.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
