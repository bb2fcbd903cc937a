"""The documents say what the models say, always in the same words, and the committed ones are up to date."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from shared.contracts.documents import DOCS, WRITE, check, differing, documents, main, schemas
from tests.contracts.corpus import Golden, corpus
from tests.contracts.samples import SEALED

SCHEMAS = schemas()
CORPUS = [golden for golden in corpus() if golden.schema_version == SCHEMAS[golden.type_name]["x-schema-version"]]


def test_the_committed_documents_are_what_the_models_say() -> None:
    assert differing(DOCS) == [], f"run `{WRITE}` and commit docs/"


def test_the_same_models_give_the_same_documents() -> None:
    assert documents() == documents()


@pytest.mark.parametrize("golden", CORPUS, ids=[golden.file for golden in CORPUS])
def test_a_golden_event_fits_its_schema(golden: Golden) -> None:
    jsonschema.Draft202012Validator(SCHEMAS[golden.type_name], format_checker=jsonschema.FormatChecker()).validate(
        golden.encoded
    )


def test_every_schema_is_a_schema() -> None:
    for schema in SCHEMAS.values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_key_records_have_a_schema_too() -> None:
    record: dict[str, Any] = {"person": SEALED["person"], "version": 2, "state": "erased"}

    jsonschema.validate(record, SCHEMAS["yima.keys.KeyRecord"])


def test_writing_then_checking_finds_nothing(tmp_path: Path) -> None:
    assert main(["--docs", str(tmp_path)]) == 0

    assert main(["--docs", str(tmp_path), "--check"]) == 0


def test_a_changed_a_missing_and_a_left_over_document_are_found_and_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--docs", str(tmp_path)])
    (tmp_path / "asyncapi.yaml").write_text("asyncapi: 2.0.0\n")
    (tmp_path / "schemas/yima.intake.TicketOpened.json").unlink()
    (tmp_path / "schemas/yima.intake.TicketSung.json").write_text("{}")

    exit_code = main(["--docs", str(tmp_path), "--check"])

    printed = capsys.readouterr().out
    assert exit_code == 1
    assert printed.splitlines() == [
        f"docs/{path} is not what the models say: run `{WRITE}` and commit it"
        for path in (
            "asyncapi.yaml",
            "schemas/yima.intake.TicketOpened.json",
            "schemas/yima.intake.TicketSung.json",
        )
    ]
    main(["--docs", str(tmp_path)])
    assert check(tmp_path) == []


def test_what_was_released_holds_later_changes(tmp_path: Path) -> None:
    main(["--docs", str(tmp_path), "--release"])
    released = json.loads((tmp_path / "released-schemas.json").read_text())
    released["yima.intake.TicketSung"] = released["yima.intake.TicketRated"]
    (tmp_path / "released-schemas.json").write_text(json.dumps(released))

    lines = check(tmp_path)

    assert lines == [
        "yima.intake.TicketSung: the event is gone: give a default, or raise schema_version with an upcaster; "
        f"never released yet: `{WRITE} --release`"
    ]
