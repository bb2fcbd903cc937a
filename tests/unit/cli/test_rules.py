"""What `yima rules` tells in JSON."""

import json
from datetime import UTC, datetime

from services.cli.rules import explained_record
from services.cli.terminal import in_json
from services.routing.handlers.rules import Explained
from shared.contracts.directory import Name

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)


def test_an_explanation_is_told_in_json_with_its_moments() -> None:
    explained = Explained(
        at=AT,
        rule="fire-lane",
        rule_name=Name(zh="占用消防通道", en="Blocked fire lane"),
        unit="chunhe-committee",
        accept_by=AT,
        resolve_by=None,
        passed_over=[("danger", "words_any")],
        edition=3,
    )

    told = json.loads(in_json(explained_record(explained)))

    assert (told["at"], told["accept_by"], told["resolve_by"]) == (AT.isoformat(), AT.isoformat(), None)
    assert told["passed_over"] == [{"rule": "danger", "condition": "words_any"}]
    assert told["rule_name"] == {"zh": "占用消防通道", "en": "Blocked fire lane"}
