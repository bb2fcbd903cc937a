"""The report page asks whether it is urgent where a rule of the district asks for that, and nowhere else."""

from datetime import UTC, datetime

import pytest

from services.intake.handlers.places import asks_whether_urgent
from shared.contracts.directory import Conditions, Name, Rule, RulesDefined
from shared.contracts.intake import StatedUrgency
from shared.directory import Directory

NAME = Name(zh="名", en="Name")
URGENT, NORMAL = StatedUrgency.URGENT, StatedUrgency.NORMAL


@pytest.mark.parametrize(
    ("when", "asked"),
    [
        (Conditions(urgency=URGENT), True),
        (Conditions(urgency=URGENT, channels=("qr", "partner")), True),
        (Conditions(urgency=URGENT, channels=("partner",)), False),
        (Conditions(urgency=NORMAL), False),
        (Conditions(channels=("qr",)), False),
    ],
)
def test_the_box_is_there_where_a_rule_heeds_it(when: Conditions, asked: bool) -> None:
    rules = (Rule(id="asking", name=NAME, unit="committee", when=when), Rule(id="rest", name=NAME, unit="committee"))
    record = RulesDefined(at=datetime(2026, 4, 28, tzinfo=UTC), edition=1, id="small", rules=rules)

    assert asks_whether_urgent(Directory(rules={"small": record})) is asked
    assert not asks_whether_urgent(Directory(rules={"small": record.model_copy(update={"retired": True})}))
