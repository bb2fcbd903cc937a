"""What was published is compared figure by figure, by the names that figures are asked for by."""

from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.figures import Figures, figures
from services.reporting.domain.first_response import FirstResponse
from services.reporting.domain.publication import corrected
from services.reporting.domain.tally import PARTS, Tally


def of(**counts: int) -> Figures:
    return figures(Tally(**counts), FirstResponse(count=0))


def test_what_is_left_is_corrected_by_the_figures_that_it_is_told_as() -> None:
    was, now = of(received=2, open=2, overdue_open=1), of(received=2, open=2, overdue_open=1, escalations=1)

    assert corrected(was, now) == ["escalations"]


def test_what_was_closed_without_sla_is_corrected_too() -> None:
    was, now = of(closed=2, closed_in_time=1, closed_without_sla=1), of(closed=2, closed_in_time=1)

    assert corrected(was, now) == ["closed_without_sla"]


def test_every_part_that_changes_is_a_correction_that_can_be_asked_about() -> None:
    lengths = {"stage_accept", "stage_resolve", "stage_verify", "stage_close", "returned"}

    for part in set(PARTS) - lengths:
        changed = corrected(of(), of(**{part: 1}))

        assert changed, part
        assert set(changed) <= set(FIGURES)


def test_nothing_is_corrected_where_nothing_changed() -> None:
    assert corrected(of(closed=3, overdue_open=1), of(closed=3, overdue_open=1)) == []
