"""A published month stays as it was said; what arrives later stands beside it as a correction."""

import re
from html import unescape

from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.period import SHANGHAI
from shared.kernel.clock import SystemClock
from tests.integration.reporting.conftest import Town
from tests.integration.reporting.stories import DAY, HOUR, OPENED_AT, Story
from tests.integration.reporting.test_command import yima

# A community, a category and a unit of the stories.
ONE_OF_EACH = (("area", "community"), ("category", "order"), ("unit", "property"))
APRIL = {"from": "2026-04-01", "to": "2026-05-01"}
MARCH = {"from": "2026-03-01", "to": "2026-04-01"}
# As code of then published it, of as many tickets as April has.
MARCH_WITHOUT = """
INSERT INTO published_months (month, published_at, told)
SELECT '2026-03-01', published_at, told #- '{total,untold}' #- ARRAY['total', $1] FROM published_months
"""


async def test_what_arrives_after_the_publication_is_a_correction_down_to_its_tickets(town: Town) -> None:
    await town.tell(Story().handled(), Story())
    published = await yima(town, "kpi", "--month", "2026-04", "--publish")
    late, waits = Story().handled(), Story()
    await town.tell(late, waits)

    told = await town.figures()
    shown = await yima(town, "kpi", "--month", "2026-04")
    numerator = (await town.ask_behind("closing_rate", "corrections", **APRIL)).json()["tickets"]
    denominator = (await town.ask_behind("closing_rate", "corrections", **APRIL, of="denominator")).json()["tickets"]
    rest = (await town.ask_behind("closing_rate", "corrections", **APRIL, of="rest")).json()["tickets"]
    page = unescape(re.sub("<[^>]*>", "", (await town.page("", **APRIL)).text))

    assert published.exit_code == 0
    assert told["total"]["closing_rate"]["denominator"] == 4
    assert told["published"]["total"]["closing_rate"]["denominator"] == 2
    corrections = {each["figure"]: each for each in told["published"]["corrections"]}
    assert corrections["received"] == {"figure": "received", "published": 2, "now": 4}
    assert corrections["closing_rate"]["published"]["numerator"] == 1
    assert corrections["closing_rate"]["now"]["numerator"] == 2
    assert "reopen_rate" in corrections
    assert "satisfaction" not in corrections
    assert numerator == [{"ticket": str(late.ticket), "change": "added"}]
    assert {each["ticket"] for each in denominator} == {str(late.ticket), str(waits.ticket)}
    assert rest == [{"ticket": str(waits.ticket), "change": "added"}]
    lines = [line.strip() for line in shown.stdout.splitlines() if " → " in line]
    named = {f"{FIGURES[each].name.zh} {FIGURES[each].name.en}" for each in corrections}
    assert {line.partition(": ")[0] for line in lines} == named
    assert "受理 received: 2 → 4" in lines
    assert "结案率 closing rate: 1/2 50.00% → 2/4 50.00%" in lines
    assert "received 2 → 4" in page
    assert "closing rate 50.00% (1/2) → 50.00% (2/4)" in page
    assert corrections["open"] == {"figure": "open", "published": 1, "now": 2}


async def test_a_month_that_was_published_before_a_figure_was_defined_is_told_without_it(town: Town) -> None:
    await town.tell(Story().handled())
    await yima(town, "kpi", "--month", "2026-04", "--publish")
    await town.reporting.runtime.pool.execute(MARCH_WITHOUT, "reopen_rate")

    told = (await town.figures(**MARCH))["published"]
    one = await town.figure("reopen_rate", **MARCH)
    tickets = await town.ask_behind("reopen_rate", "corrections", **MARCH)
    page = (await town.page("/reopen_rate", **MARCH)).text
    table = await yima(town, "kpi", "--month", "2026-03")

    assert told["untold"] == ["reopen_rate"]
    corrections = {each["figure"] for each in told["corrections"]}
    assert "received" in corrections
    assert "reopen_rate" not in corrections
    assert (one["published"], one["unpublished"]) == (None, "figure_not_published")
    assert (tickets.status_code, tickets.json()["type"]) == (404, "/problems/not-published")
    assert "this figure was not defined yet" in page
    assert table.exit_code == 0
    assert "公布时还没有的指标：重开率 reopen rate" in table.stdout


async def test_what_was_not_defined_then_stands_beside_no_published_figure(town: Town) -> None:
    await town.tell(Story().handled())
    await yima(town, "kpi", "--month", "2026-04", "--publish")
    await town.reporting.runtime.pool.execute(MARCH_WITHOUT, "closed_without_sla")

    of_april = (await town.figure("on_time_closing_rate", **APRIL))["published"]
    of_march = (await town.figure("on_time_closing_rate", **MARCH))["published"]

    assert (set(of_april["beside"]), of_march["beside"]) == ({"closed_without_sla"}, {})


async def test_a_group_that_came_later_is_not_corrected_by_a_figure_that_was_not_defined_then(town: Town) -> None:
    await town.tell(Story().handled())
    await yima(town, "kpi", "--month", "2026-04", "--publish")
    await town.reporting.runtime.pool.execute(MARCH_WITHOUT, "reopen_rate")
    march = OPENED_AT - 31 * DAY
    came = Story(opened_at=march, category="noise").handled().reopened(march + DAY, resolve_by=None)
    await town.tell(came)

    told = (await town.figures(**MARCH, by="category"))["published"]["group_corrections"]
    shown = await yima(town, "kpi", "--month", "2026-03", "--by", "category")

    [noise] = [each for each in told if each["key"] == "noise"]
    named = {each["figure"] for each in noise["corrections"]}
    assert "handling_rate" in named
    assert "reopen_rate" not in named
    group = shown.stdout.partition("其中 noise 更正的指标：")[2].partition("其中")[0]
    assert "处置率 handling rate: 0/0 – → 1/1 100.00%" in group
    assert "重开率" not in group


async def test_a_publication_whose_question_is_refused_publishes_nothing(town: Town) -> None:
    refused = await yima(town, "kpi", "--month", "2026-04", "--publish", "--area", "atlantis")
    early = await yima(town, "kpi", "--month", "1999-12", "--publish")

    assert (refused.exit_code, early.exit_code) == (1, 1)
    assert (await town.figures())["unpublished"] == "month_not_published"
    assert not await town.reporting.runtime.pool.fetchval("SELECT count(*) FROM published_months")


async def test_a_case_reopened_in_may_corrects_nothing_of_april(town: Town) -> None:
    story = Story().handled()
    await town.tell(story)
    await yima(town, "kpi", "--month", "2026-04", "--publish")

    story.reopened(OPENED_AT + 20 * DAY, resolve_by=OPENED_AT + 21 * DAY)
    await town.routing.publish(f"case-{story.ticket}", story.routing[-1])
    await town.heard()
    april = await town.figures()
    may = (await town.figures(**{"from": "2026-05-01", "to": "2026-06-01"}))["total"]

    assert april["published"]["corrections"] == []
    assert april["total"]["closing_rate"]["numerator"] == 1
    assert (may["closing_rate"]["numerator"], may["closing_rate"]["denominator"]) == (0, 1)
    assert may["reopen_rate"]["denominator"] == 0


async def test_the_groups_of_a_circular_are_published_too_and_no_other_question(town: Town) -> None:
    await town.tell(Story().handled())
    await yima(town, "kpi", "--month", "2026-04", "--publish")
    await town.tell(Story().handled())

    by_unit = (await town.figures(by="unit"))["published"]
    unpublished = [
        await town.figures(by="day"),
        await town.figures(by="area", level="grid"),
        await town.figures(area="grid"),
        await town.figures(unit="property", category="order"),
        await town.figures(channel="qr"),
        await town.figures(to="2026-04-30"),
        await town.figures(**{"from": "2026-03-01", "to": "2026-04-01"}),
    ]

    assert [(group["key"], group["figures"]["received"]) for group in by_unit["groups"]] == [("property", 1)]
    assert [told["published"] for told in unpublished] == [None] * 7
    assert [told["unpublished"] for told in unpublished] == [
        *["cut_not_published"] * 5,
        "no_month",
        "month_not_published",
    ]


async def test_one_published_group_alone_stands_beside_what_was_said_of_it(town: Town) -> None:
    await town.tell(Story().handled())
    await yima(town, "kpi", "--month", "2026-04", "--publish")
    await town.tell(Story().handled())

    alone = [await town.figures(**{by: key}) for by, key in ONE_OF_EACH]
    unheard = await town.figures(unit="water")
    page = await town.page("/closing_rate", **APRIL, unit="property")
    elsewhere = await town.page("/closing_rate", **APRIL, channel="qr")

    assert [told["published"]["total"]["received"] for told in alone] == [1, 1, 1]
    assert [told["unpublished"] for told in alone] == [None] * 3
    assert {"figure": "received", "published": 1, "now": 2} in alone[0]["published"]["corrections"]
    assert unheard["published"]["corrections"] == []
    assert "The tickets by which it changed are listed for the whole" in page.text
    assert "2026-04 is published; what is asked here was not among it" in elsewhere.text


async def test_groups_are_corrected_also_where_the_whole_has_not_changed(town: Town) -> None:
    story = Story().handled()
    await town.tell(story)
    await yima(town, "kpi", "--month", "2026-04", "--publish")
    story.categorised(OPENED_AT + 5 * HOUR, "noise")
    await town.routing.publish(f"case-{story.ticket}", story.routing[-1])
    await town.heard()

    published = (await town.figures(by="category"))["published"]
    figure = (await town.figure("closing_rate", by="category"))["published"]
    page = await town.page("/closing_rate", **APRIL, by="category")
    shown = await yima(town, "kpi", "--month", "2026-04", "--by", "category")

    assert published["corrections"] == []
    assert [(each["key"], each["corrections"][0]["figure"]) for each in published["group_corrections"]] == [
        ("noise", "handling_rate"),
        ("order", "handling_rate"),
    ]
    assert not figure["is_corrected"]
    assert [
        (each["key"], each["published"]["numerator"], each["now"]["numerator"]) for each in figure["group_corrections"]
    ] == [("noise", 0, 1), ("order", 1, 0)]
    assert "As a whole it has not changed since." in page.text
    assert "2 groups have changed since" in page.text
    assert page.text.count('<th scope="row">') == 2
    group = shown.stdout.partition("其中 noise 更正的指标：")[2].partition("其中")[0]
    assert "处置率 handling rate: 0/0 – → 1/1 100.00%" in group


async def test_a_month_is_published_once_and_when_it_is_over(town: Town) -> None:
    await town.tell(Story(opened_at=OPENED_AT + HOUR).handled())

    first = await yima(town, "kpi", "--month", "2026-04", "--publish")
    again = await yima(town, "kpi", "--month", "2026-04", "--publish")
    runs = await yima(town, "kpi", "--month", f"{SystemClock().now().astimezone(SHANGHAI):%Y-%m}", "--publish")
    to_come = await yima(town, "kpi", "--month", "9998-01", "--publish")
    nothing = await town.ask_behind("received", "corrections", **{"from": "2026-03-01", "to": "2026-04-01"})
    no_month = await town.ask_behind("received", "corrections", **{"from": "2026-04-01", "to": "2026-04-02"})

    assert first.exit_code == 0
    assert "已发布" in first.stdout
    assert again.exit_code == 1
    assert "已经发布过" in again.stderr
    assert "还没有过完" in runs.stderr
    assert "还没有开始" in to_come.stderr
    assert (nothing.status_code, no_month.status_code) == (404, 422)
    assert (await town.figures())["published"]["corrections"] == []


async def test_a_published_month_outlives_a_rebuild(town: Town) -> None:
    await town.tell(Story().handled())
    await yima(town, "kpi", "--month", "2026-04", "--publish")

    rebuilt = await yima(town, "rebuild", "figures")

    assert rebuilt.exit_code == 0
    assert (await town.figures())["published"]["total"]["received"] == 1
