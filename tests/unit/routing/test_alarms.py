"""Which units an alarm names: those that are needed and that nobody answers for."""

from datetime import UTC, datetime

import pytest

from services.routing.handlers.alarms import unanswered
from services.routing.queries import Needed
from shared.contracts.directory import DutyDefined, PersonDefined, Role, Shift
from shared.contracts.envelope import Sealed
from shared.directory import Directory

# A Tuesday, 21:05 in Shanghai.
AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
OFFICE_HOURS = Shift(person="lead", from_minute=8 * 60, to_minute=18 * 60)
ALWAYS = Shift(person="lead")


def with_duty(*shifts: Shift) -> Directory:
    sealed = Sealed(person="lead", key_version=1, box="")
    lead = PersonDefined(at=AT, id="lead", edition=1, unit="committee", role=Role.HANDLER, name=sealed, phone=sealed)
    return Directory(
        people={"lead": lead}, duties={"committee": DutyDefined(at=AT, id="committee", edition=1, shifts=shifts)}
    )


@pytest.mark.parametrize(
    ("shifts", "urgent", "named"),
    [
        ([ALWAYS], True, False),
        # Tomorrow at eight is soon enough, but not for whoever is in danger now.
        ([OFFICE_HOURS], False, False),
        ([OFFICE_HOURS], True, True),
        # No turn is to come.
        ([], False, True),
        ([], True, True),
    ],
)
def test_unit_without_anybody_is_named_when_it_is_needed_sooner(shifts: list[Shift], urgent: bool, named: bool) -> None:
    needed = {"committee": Needed(3, int(urgent))}

    found = unanswered(with_duty(*shifts), needed, AT)

    assert found == (needed if named else {})


def test_unit_that_nobody_needs_is_not_named() -> None:
    assert unanswered(with_duty(), {}, AT) == {}
