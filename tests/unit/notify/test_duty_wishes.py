"""Which member is told of a change of duty, and in what words."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.notify.domain.duty_wishes import people_told, wish_for_member
from services.notify.domain.wishes import PARAMS, TABLE, TAKEN_OVER, Turned, notification_id_of
from shared.contracts.directory import PersonDefined, Role
from shared.contracts.duty import DutyHandedOver, Span, SwapAccepted, SwapAsked, SwapDeclined, SwapLapsed
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
LAPSED = SwapLapsed.model_validate({**OF, **SWAPPED, "by": ""})


@pytest.mark.parametrize("event", [HANDED_OVER, ASKED, ACCEPTED, DECLINED])
def test_who_did_not_act_is_told(event: Turned) -> None:
    assert people_told(event) == ("asker" if event.by == "asked" else "asked",)


def test_of_a_swap_that_nobody_answered_both_are_told() -> None:
    assert people_told(LAPSED) == ("asked", "asker")


@pytest.mark.parametrize("event", [HANDED_OVER, ACCEPTED, DECLINED])
def test_where_a_lead_acts_for_somebody_both_are_told_each_by_a_message_of_their_own(event: Turned) -> None:
    told = people_told(event.model_copy(update={"by": "lead"}))

    assert told == ("asked", "asker")
    assert len({notification_id_of(UUID(int=1), type(event), member=person) for person in told}) == len(told)


def test_a_lead_who_takes_a_turn_over_tells_whose_it_was() -> None:
    assert people_told(HANDED_OVER.model_copy(update={"by": "lead", "to_person": "lead"})) == ("asker",)


@pytest.mark.parametrize(
    ("event", "told", "turn"),
    [
        (HANDED_OVER, "asked", (AT, MORNING)),
        (HANDED_OVER, "asker", (AT, MORNING)),
        (ASKED, "asked", (AT, MORNING)),
        (ACCEPTED, "asker", (MORNING, EVENING)),
        (ACCEPTED, "asked", (AT, MORNING)),
        (DECLINED, "asker", (AT, MORNING)),
        (DECLINED, "asked", (MORNING, EVENING)),
        (LAPSED, "asker", (AT, MORNING)),
        (LAPSED, "asked", (MORNING, EVENING)),
    ],
)
def test_each_is_told_which_turn_it_is_about(event: Turned, told: str, turn: tuple[datetime, datetime]) -> None:
    other = "asker" if told == "asked" else "asked"

    wish = wish_for_member(event, told=person(told), other=person(other), unit_name="物业", locale="zh")

    template = TAKEN_OVER if (event, told) == (HANDED_OVER, "asker") else TABLE[type(event)][1]
    assert wish.template == template
    assert (wish.recipient, wish.ticket_id) == (person(told).phone, SWAP)
    assert (wish.params["start"], wish.params["until"]) == tuple(each.isoformat() for each in turn)
    assert wish.params["name"] == person(other).name
    assert wish.params.keys() == PARAMS[template]
