"""What `yima clocks` tells."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.cli.clocks import Looked, print_recounted, recounted_record
from services.routing.domain.case.recounting import Recounted
from services.routing.handlers.recounting import OtherDeadlines
from shared.contracts.directory import Name
from shared.contracts.routing import Clock

BEFORE, AFTER = datetime(2026, 5, 5, 0, 30, tzinfo=UTC), datetime(2026, 5, 6, 0, 30, tzinfo=UTC)
LOOKED = Looked(
    cases=12,
    differing=[
        OtherDeadlines(
            case_id=UUID(int=47),
            number="104302816",
            clocks=(Recounted(clock=Clock.RESOLVE, unit="committee", before=BEFORE, after=AFTER),),
        )
    ],
    names={"committee": Name(zh="居委会", en="Committee")},
)


def test_each_deadline_that_would_differ_is_told_with_the_stored_one(capsys: pytest.CaptureFixture[str]) -> None:
    print_recounted(LOOKED)

    [row] = [line for line in capsys.readouterr().out.splitlines() if "104302816" in line]
    cells = [cell.strip() for cell in row.strip("│").split("│")]
    assert cells[1:] == ["处置 · resolve", "居委会 · Committee", "2026-05-05 08:30+08:00", "2026-05-06 08:30+08:00"]
    assert recounted_record(LOOKED)["differing"] == [
        {
            "number": "104302816",
            "clocks": [
                {
                    "clock": "resolve",
                    "unit": "committee",
                    "before": "2026-05-05T00:30:00+00:00",
                    "after": "2026-05-06T00:30:00+00:00",
                }
            ],
        }
    ]
