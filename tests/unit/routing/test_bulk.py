"""What a form says about several cases, and who has such a form."""

from uuid import UUID

import pytest
from starlette.datastructures import FormData

from services.routing.domain.permissions import Action
from services.routing.handlers.bulk import Chosen, acts_in_bulk
from services.routing.pages.bulk import chosen_in, filled
from shared.contracts.directory import Role

FIRST, SECOND = UUID(int=1), UUID(int=2)


def test_cases_are_named_once_each_with_the_version_that_was_looked_at() -> None:
    named = [f"{FIRST}.3", f"{SECOND}", f"{FIRST}.4", f"{SECOND}.９", "no case", ""]

    chosen = chosen_in(named)

    assert chosen == [Chosen(case_id=FIRST, version=3), Chosen(case_id=SECOND, version=None)]


@pytest.mark.parametrize("written", ["", "x", "-1", "٣", "1" * 10])
def test_what_is_no_version_counts_as_none(written: str) -> None:
    assert chosen_in([f"{FIRST}.{written}"]) == [Chosen(case_id=FIRST, version=None)]


@pytest.mark.parametrize(
    ("action", "fields", "faulty"),
    [
        (Action.REMIND, {"words": "今天务必到场"}, []),
        (Action.REMIND, {"words": " "}, ["words"]),
        (Action.TRANSFER, {"reason": "门禁坏了", "unit": "property"}, []),
        (Action.TRANSFER, {"reason": "门禁坏了"}, ["unit"]),
        (Action.TRANSFER, {}, ["reason", "unit"]),
    ],
)
def test_an_act_asks_for_its_words_and_a_transfer_for_its_unit_too(
    action: Action, fields: dict[str, str], faulty: list[str]
) -> None:
    form = filled(FormData({"form_token": "token", **fields}), action)

    assert list(form.faults) == faulty
    assert form.as_typed(action).values["unit"] == fields.get("unit", "")


def test_only_who_watches_over_others_acts_on_several_cases() -> None:
    has = {role for role in Role if acts_in_bulk(role)}

    assert has == {Role.LEAD, Role.DISPATCHER}
    assert acts_in_bulk(Role.DISPATCHER) == (Action.REMIND, Action.TRANSFER)
