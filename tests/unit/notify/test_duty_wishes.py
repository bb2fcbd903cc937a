"""Which member is told of a change of duty, and in what words."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.notify.domain.duty_wishes import person_told, wish_for_member
from services.notify.domain.wishes import PARAMS, TABLE, Turned
from shared.contracts.directory import PersonDefined, Role
from shared.contracts.duty import DutyHandedOver, Span, SwapAccepted, SwapAsked, SwapDeclined
from shared.contracts.envelope import Sealed

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
MORNING, EVENING = AT + timedelta(hours=10), AT + timedelta(hours=22)
SWAP = UUID(int=7)
WORDS = Sealed(person="staff-asker", key_version=1, box="words")
OF = {"at": AT, "unit": "property", "by": "asker", "from_person": "asker", "to_person": "asked"}
SWAPPED = {"swap": SWAP, "given": Span(start=AT, until=MORNING), "taken": Span(start=MORNING, until=EVENING)}


def person(name: str) -> PersonDefined:
    sealed = {part: Sealed(person=f"staff-{name}", key_version=1, box=f"{name}'s {part}") for part in ("name", "phone")}
    return PersonDefined(at=AT, id=name, edition=1, unit="property", role=Role.HANDLER, **sealed)


HANDED_OVER = DutyHandedOver.model_validate(
    {**OF, "change": SWAP, "start": AT, "until": MORNING, "note": WORDS.model_dump()}
)
ASKED = SwapAsked.model_validate({**OF, **SWAPPED, "note": WORDS.model_dump()})
ACCEPTED = SwapAccepted.model_validate({**OF, **SWAPPED, "by": "asked"})
DECLINED = SwapDeclined.model_validate({**OF, **SWAPPED, "by": "asked", "reason": WORDS.model_dump()})


@pytest.mark.parametrize(
    ("event", "told", "turn"),
    [
        (HANDED_OVER, "asked", (AT, MORNING)),
        (ASKED, "asked", (AT, MORNING)),
        (ACCEPTED, "asker", (MORNING, EVENING)),
        (DECLINED, "asker", (AT, MORNING)),
    ],
)
def test_the_other_one_is_told_which_turn_is_theirs(event: Turned, told: str, turn: tuple[datetime, datetime]) -> None:
    other = "asker" if told == "asked" else "asked"

    wish = wish_for_member(event, told=person(told), other=person(other), unit_name="物业", locale="zh")

    assert person_told(event) == told
    assert (wish.recipient, wish.ticket_id) == (person(told).phone, SWAP)
    assert (wish.params["start"], wish.params["until"]) == tuple(each.isoformat() for each in turn)
    assert wish.params["name"] == person(other).name
    assert wish.params.keys() == PARAMS[TABLE[type(event)][1]]
