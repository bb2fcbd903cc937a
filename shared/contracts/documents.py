"""Writes and checks the contracts' documents: a JSON Schema an event, the AsyncAPI document, and what was released.

`python -m shared.contracts.documents` writes them, `--check` fails where the committed ones differ or a change would
break a reader, `--release` makes today's schemas the ones that later changes are held to.
"""

import argparse
import io
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from shared.contracts.asyncapi import MESSAGES, Message, asyncapi_document
from shared.contracts.compatibility import VERSION, breaking_changes
from shared.contracts.upcasters import UPCASTERS

DOCS = Path(__file__).resolve().parents[2] / "docs"
ASYNCAPI = "asyncapi.yaml"
SCHEMAS = "schemas"
RELEASED = "released-schemas.json"
WRITE = "python -m shared.contracts.documents"
REMEDY = f"give a default, or raise schema_version with an upcaster; never released yet: `{WRITE} --release`"

Schema = dict[str, Any]


def schemas() -> dict[str, Schema]:
    """The JSON Schema of everything that the topics carry, by CloudEvents type."""
    return {message.type_name: _schema(message) for message in MESSAGES}


def documents() -> dict[str, str]:
    """Each document's text by its path below `docs/`."""
    texts = {f"{SCHEMAS}/{type_name}.json": _json(schema) for type_name, schema in schemas().items()}
    return {ASYNCAPI: _yaml(asyncapi_document()), **texts}


def differing(docs: Path) -> list[str]:
    """Paths of documents that are missing, left over, or not what the models say."""
    wanted = documents()
    return sorted(path for path in wanted.keys() | _present(docs) if _text(docs / path) != wanted.get(path))


def breaking(docs: Path) -> list[str]:
    """What would break a reader of the released schemas; nothing while there has been no release."""
    released = _text(docs / RELEASED)
    if released is None:
        return []
    return breaking_changes(released=json.loads(released), current=schemas(), upcasters=UPCASTERS.keys())


def write(docs: Path) -> None:
    """Bring the documents up to date; those of events that are gone go too."""
    wanted = documents()
    (docs / SCHEMAS).mkdir(parents=True, exist_ok=True)
    for path in _present(docs) - wanted.keys():
        (docs / path).unlink()
    for path, text in wanted.items():
        (docs / path).write_text(text, encoding="utf-8")


def release(docs: Path) -> None:
    """Hold all later changes to today's schemas."""
    (docs / RELEASED).write_text(_json(schemas()), encoding="utf-8")


def check(docs: Path) -> list[str]:
    """Everything that is wrong, with what to do; empty when all is well."""
    lines = [f"docs/{path} is not what the models say: run `{WRITE}` and commit it" for path in differing(docs)]
    lines += [f"{change}: {REMEDY}" for change in breaking(docs)]
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: its exit code is 1 when a check fails."""
    given = _parser().parse_args(arguments)
    if given.check:
        lines = check(given.docs)
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        return 1 if lines else 0
    write(given.docs)
    if given.release:
        release(given.docs)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=WRITE, description="Write the contracts' documents, or check them.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="write nothing; fail where something differs or breaks")
    what.add_argument("--release", action="store_true", help="hold all later changes to today's schemas")
    parser.add_argument("--docs", type=Path, default=DOCS, help="folder of the documents (default: the project's)")
    return parser


def _schema(message: Message) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{message.type_name.replace('.', ':')}:v{message.schema_version}",
        VERSION: message.schema_version,
        **message.model.model_json_schema(),
    }


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _yaml(value: Mapping[str, Any]) -> str:
    text = io.StringIO()
    yaml = YAML()
    yaml.width = 120
    yaml.dump(value, text)
    return text.getvalue()


def _present(docs: Path) -> set[str]:
    return {f"{SCHEMAS}/{file.name}" for file in (docs / SCHEMAS).glob("*.json")}


def _text(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
