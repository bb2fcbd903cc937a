"""Clocks that follow the duty rota, at work: handing over moves none, a new rota those that it is asked for."""

from datetime import UTC, datetime, timedelta

import pytest

from services.routing.domain.case import Status
from services.routing.domain.district import District, DutyEntry, TermEntry
from services.routing.handlers.accounts import member_of_district
from services.routing.handlers.district import publish_district
from services.routing.handlers.recounting import recompute_deadlines, recounted_cases
from services.routing.handlers.shifts import Wanted, hand_over
from shared.contracts.routing import Clock
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk

UNIT = "chunhe-property"


def with_rota(district: District, begins: str, ends: str) -> District:
    """The property company on duty from then to then each day, with two hours of duty to accept what grows."""
    shifts = [
        {"person": "property-duty-1", "from": begins, "to": "14:00"},
        {"person": "property-duty-2", "from": "14:00", "to": ends},
    ]
    duties = [each for each in district.duties if each.unit != UNIT]
    accept = {Clock.ACCEPT: TermEntry(minutes=120, on_duty=True)}
    rules = [
        each.model_copy(update={"terms": {**each.terms, **accept}}) if each.id == "greening" else each
        for each in district.rules
    ]
    rota = DutyEntry.model_validate({"unit": UNIT, "shifts": shifts})
    return district.model_copy(update={"duties": (*duties, rota), "rules": tuple(rules)})


@pytest.fixture
def district(district: District) -> District:
    """The pilot, its property company on duty from 7 to 22."""
    return with_rota(district, "07:00", "22:00")


def shanghai(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 4, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


async def test_a_hand_over_moves_no_deadline_and_a_new_rota_those_that_are_asked_for(
    desk: Desk, district: District
) -> None:
    evening = await member_of_district(desk.routing, "property-duty-2")
    assert evening is not None
    await hand_over(desk.routing, Wanted(member=evening, key="early", words=""), to_person="property-post-1", hours=1)
    ticket = await desk.residents.report("三楼窗前的树枝太长", place=EAST_GATE, at=NOW, category="greening")
    assigned = await desk.case_once(ticket, Status.ASSIGNED)

    await publish_district(desk.routing, with_rota(district, "06:00", "22:00"), file_sha256="0" * 64)
    shown = [case for _, page in [each async for each in recounted_cases(desk.routing)] for case in page]
    stored = (await desk.case_once(ticket, Status.ASSIGNED)).accept.deadline
    await recompute_deadlines(desk.routing, ticket)
    moved = (await desk.case_once(ticket, Status.ASSIGNED)).accept.deadline

    # It was reported at 21:05: 55 minutes of two hours were left of that evening.
    assert (assigned.accept.deadline, stored) == (shanghai(29, 8, 5), shanghai(29, 8, 5))
    assert [(each.before, each.after) for case in shown for each in case.clocks] == [
        (shanghai(29, 8, 5), shanghai(29, 7, 5))
    ]
    assert moved == shanghai(29, 7, 5)
