"""From what intake and routing tell to what the interface answers."""

from tests.integration.reporting.conftest import Town
from tests.integration.reporting.stories import Story


async def test_a_ticket_that_was_handled_counts_in_every_figure(town: Town) -> None:
    story = Story().handled()

    await town.tell(story)

    told = await town.figures()
    total = told["total"]
    assert isinstance(total, dict)
    assert total["received"] == 1
    assert total["handling_rate"] == {"numerator": 1, "denominator": 1, "per_cent": 100.0}
    assert total["first_response"] == {"count": 1, "median_minutes": 60.0, "p90_minutes": 60}
