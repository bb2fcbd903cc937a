"""Each figure opens into the tickets behind it."""

from base64 import urlsafe_b64encode
from json import dumps
from uuid import uuid4

import pytest

from shared.contracts.directory import CalendarDefined
from shared.contracts.intake import Link, Rating
from tests.integration.reporting.conftest import Town
from tests.integration.reporting.stories import DAY, HOUR, OPENED_AT, Story
from tests.integration.reporting.test_moved import MOVED_AT, publish
from tests.integration.reporting.test_times import until_timed

APRIL = {"from": "2026-04-01", "to": "2026-05-01"}


async def test_the_tickets_behind_are_narrowed_as_the_figures_are(town: Town) -> None:
    ours, elsewhere = Story().handled(), Story(place="nowhere-known", category=None).handled()
    await town.tell(ours, elsewhere)

    narrowed = {
        "area": {"area": "grid"},
        "category": {"category": "order"},
        "unit": {"unit": "property"},
        "nobody": {"unit": "police"},
        "channel": {"channel": "partner"},
        "urgency": {"urgency": "normal"},
    }
    found = {
        name: {each["ticket"] for each in (await town.ask_behind("closing_rate", **APRIL, **only)).json()["tickets"]}
        for name, only in narrowed.items()
    }
    told = {name: (await town.figures(**only))["total"]["closing_rate"]["numerator"] for name, only in narrowed.items()}

    # An unknown place lies where its case says, which is the same grid.
    both = {str(ours.ticket), str(elsewhere.ticket)}
    assert found == {
        "area": both,
        "category": {str(ours.ticket)},
        "unit": both,
        "nobody": set(),
        "channel": set(),
        "urgency": both,
    }
    assert told == {name: len(tickets) for name, tickets in found.items()}


async def test_a_row_says_which_ticket_and_why_it_is_there(town: Town) -> None:
    story = Story().handled()
    await town.tell(story)

    (row,) = (await town.ask_behind("stage_resolve", **APRIL)).json()["tickets"]

    assert row == {
        "ticket": str(story.ticket),
        "number": "482913057",
        "at": "2026-04-14T03:00:00Z",
        "minutes": 60.0,
        "unit": "property",
        "place": "C7K2MP9",
        "area": "chunhe",
        "category": "order",
        "channel": "qr",
        "urgency": "normal",
    }


async def test_behind_first_responses_stand_those_that_count_in_working_minutes(town: Town) -> None:
    hours = dict.fromkeys(range(1, 8), ((540, 600),))
    morning = CalendarDefined(at=MOVED_AT, id="always", edition=2, hours=hours, years=(2026,))
    # Reported at nine: of the ten hours until somebody took it one was worked. Nobody knows the other unit's hours.
    ours, elsewhere = Story().accepted(OPENED_AT + 10 * HOUR), Story(unit="unheard-of").accepted(OPENED_AT + HOUR)
    backdated = Story().accepted(OPENED_AT - HOUR)
    await town.tell(ours, elsewhere, backdated)
    await publish(town, morning)
    await until_timed(town)

    response = (await town.figures())["total"]["first_response"]
    behind = (await town.ask_behind("first_response", **APRIL)).json()

    assert (response["count"], response["median_minutes"]) == (1, 60)
    assert [(each["ticket"], each["minutes"]) for each in behind["tickets"]] == [(str(ours.ticket), 60)]
    assert (behind["total"], behind["seen"]) == (1, 1)


async def test_how_long_it_took_stands_only_behind_figures_of_that(town: Town) -> None:
    await town.tell(Story().handled())

    rows = {
        figure: (await town.ask_behind(figure, **APRIL)).json()["tickets"] for figure in ("closing_rate", "stage_close")
    }

    assert [each["minutes"] for each in rows["closing_rate"]] == [None]
    assert [each["minutes"] for each in rows["stage_close"]] == [60.0]


async def test_a_page_goes_on_where_the_last_one_ended_whatever_arrived_since(town: Town) -> None:
    stories = [Story(opened_at=OPENED_AT + number * HOUR) for number in range(3)]
    await town.tell(*stories)

    first = (await town.ask_behind("received", **APRIL, limit="2")).json()
    await town.tell(Story(opened_at=OPENED_AT - DAY))
    second = (await town.ask_behind("received", **APRIL, limit="2", after=first["next"])).json()

    listed = [each["ticket"] for each in (*first["tickets"], *second["tickets"])]
    assert listed == [str(story.ticket) for story in stories]
    assert (first["total"], second["next"]) == (3, None)


@pytest.mark.parametrize(("figure", "side"), [("received", "numerator"), ("delivery_rate", "rest")])
async def test_what_came_at_one_moment_is_listed_once_over_all_pages(town: Town, figure: str, side: str) -> None:
    sent_at = OPENED_AT + HOUR
    stories = [Story().sent(sent_at, delivered_at=None) for _ in range(5)]
    await town.tell(*stories)

    listed: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = (await town.ask_behind(figure, **APRIL, of=side, limit="2", **after)).json()
        listed += [each["ticket"] for each in page["tickets"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}

    assert listed == sorted(str(story.ticket) for story in stories)


async def test_of_a_ticket_s_messages_the_rest_is_those_that_did_not_arrive(town: Town) -> None:
    twice = Story().sent(OPENED_AT + HOUR, delivered_at=OPENED_AT + 2 * HOUR).sent(OPENED_AT + DAY, delivered_at=None)
    arrived = Story().sent(OPENED_AT + HOUR, delivered_at=OPENED_AT + 2 * HOUR)
    await town.tell(twice, arrived)

    rate = (await town.figures())["total"]["delivery_rate"]
    rest = (await town.ask_behind("delivery_rate", **APRIL, of="rest")).json()

    assert (rate["numerator"], rate["denominator"]) == (2, 3)
    assert [each["ticket"] for each in rest["tickets"]] == [str(twice.ticket)]
    assert rest["tickets"][0]["at"] == "2026-04-15T01:00:00Z"


@pytest.mark.parametrize(
    ("figure", "question", "field"),
    [
        ("happiness", {}, "figure"),
        ("received", {"of": "denominator"}, "of"),
        ("received", {"of": "rest"}, "of"),
        ("closing_rate", {"of": "both"}, "of"),
        ("closing_rate", {"after": "bm90IG91cnM="}, "after"),
        ("closing_rate", {"after": "!"}, "after"),
        ("closing_rate", {"limit": "501"}, "limit"),
        ("closing_rate", {"area": "atlantis"}, "area"),
        ("closing_rate", {"unit": "\0"}, "unit"),
        ("closing_rate", {"by": "unit"}, "by"),
    ],
)
async def test_a_list_that_makes_no_sense_is_refused_by_field(
    town: Town, figure: str, question: dict[str, str], field: str
) -> None:
    response = await town.ask_behind(figure, **APRIL, **question)

    assert response.status_code == 422
    assert [each["field"] for each in response.json()["errors"]] == [field]


async def test_every_dimension_tells_apart_and_adds_up(town: Town) -> None:
    await town.tell(Story().handled(), Story(history=True).handled(), Story().whistled(OPENED_AT, report_by=OPENED_AT))

    for by in ("unit", "channel", "urgency", "week", "month"):
        told = await town.figures(by=by)
        parts = [each["figures"]["closing_rate"]["numerator"] for each in told["groups"]]
        assert sum(parts) == told["total"]["closing_rate"]["numerator"] == 2, by
    units = {each["key"]: each["figures"] for each in (await town.figures(by="unit"))["groups"]}
    channels = {each["key"]: each["figures"]["received"] for each in (await town.figures(by="channel"))["groups"]}
    assert units["police"]["whistle_report_in"]["denominator"] == 1
    assert units["property"]["whistle_report_in"]["denominator"] == 0
    assert channels == {"import": 1, "qr": 2}


async def test_a_rating_counts_that_is_heard_before_the_closing_that_it_rates(town: Town) -> None:
    story = Story().handled().rated(OPENED_AT + DAY, Rating.SATISFIED)

    await town.intake.publish(f"ticket-{story.ticket}", *story.intake)
    await town.heard()
    early = (await town.figures())["total"]
    await town.routing.publish(f"case-{story.ticket}", *story.routing)
    for message in story.notify:
        await town.notify.publish(f"notification-{message.notification_id}", message)
    await town.heard()
    told = (await town.figures())["total"]

    assert (early["satisfaction"]["denominator"], early["feedback_coverage"]["denominator"]) == (1, 0)
    assert (told["satisfaction"]["numerator"], told["feedback_coverage"]["numerator"]) == (1, 1)


async def test_a_rating_of_what_was_withdrawn_counts_for_nobody(town: Town) -> None:
    await town.tell(Story().withdrawn(OPENED_AT + HOUR).rated(OPENED_AT + DAY, Rating.DISSATISFIED))

    total = (await town.figures())["total"]

    assert (total["received"], total["satisfaction"]["denominator"]) == (1, 0)


async def test_merged_tickets_are_each_counted_once_and_take_nobody_time(town: Town) -> None:
    master = Story().handled()
    follower = Story().merged(OPENED_AT + HOUR, resolve_by=OPENED_AT + DAY)
    follower.resolved(OPENED_AT + 2 * HOUR).verified(OPENED_AT + 3 * HOUR).closed(OPENED_AT + 4 * HOUR)

    await town.tell(master, follower)

    total = (await town.figures())["total"]
    behind = (await town.ask_behind("closing_rate", **APRIL)).json()["tickets"]
    assert (total["received"], total["merged"]) == (2, 1)
    assert sorted(each["ticket"] for each in behind) == sorted((str(master.ticket), str(follower.ticket)))
    assert total["stage_resolve"]["count"] == 1


async def test_what_was_split_off_a_report_is_a_ticket_and_no_report_that_came_again(town: Town) -> None:
    first, again = Story(), Story(opened_at=OPENED_AT + DAY)
    await town.tell(first, Story(opened_at=OPENED_AT + HOUR, split_from=first.ticket), again)

    total = (await town.figures())["total"]
    repeats = (await town.ask_behind("repeat_reports", **APRIL)).json()["tickets"]

    assert (total["received"], total["split_off"]) == (3, 1)
    assert [each["ticket"] for each in repeats] == [str(again.ticket)]


async def test_what_a_follow_up_found_back_is_a_report_that_came_again_and_who_looked_kept_the_follow_up(
    town: Town,
) -> None:
    first = Story().planned(OPENED_AT, deadline=OPENED_AT + 2 * HOUR).recurred(OPENED_AT + HOUR)
    back = Story(opened_at=OPENED_AT + HOUR, split_from=first.ticket, link=Link.CAME_BACK)
    await town.tell(first, back)

    total = (await town.figures())["total"]
    repeats = (await town.ask_behind("repeat_reports", **APRIL)).json()["tickets"]

    assert (total["received"], total["split_off"], total["follow_ups_kept"]["numerator"]) == (2, 0, 1)
    assert [each["ticket"] for each in repeats] == [str(back.ticket)]


@pytest.mark.parametrize("is_first", [True, False])
async def test_a_cursor_of_a_moment_that_utc_does_not_have_is_refused_by_its_name(town: Town, is_first: bool) -> None:
    outside, inside = "0001-01-01T00:00:00+14:00", "2026-04-30T16:00:00Z"
    cursor = [*((outside, inside) if is_first else (inside, outside)), str(uuid4()), "closed", "1"]

    response = await town.ask_behind("closing_rate", **APRIL, after=urlsafe_b64encode(dumps(cursor).encode()).decode())

    assert response.status_code == 422
    assert [each["field"] for each in response.json()["errors"]] == ["after"]


@pytest.mark.parametrize("end", ["from", "to"])
@pytest.mark.parametrize("moment", ["2026-04-30T00:00:00Z", "1777507200", "２０２６-04-30"])
async def test_what_is_no_day_is_not_taken_for_the_day_that_it_lies_in(town: Town, end: str, moment: str) -> None:
    response = await town.ask(**{**APRIL, end: moment})

    assert response.status_code == 422
    assert [each["field"] for each in response.json()["errors"]] == [end]


async def test_corrections_of_a_month_that_runs_are_refused_by_the_parameter_that_says_so(town: Town) -> None:
    runs = {"from": "2026-05-01", "to": "2026-06-01"}

    response = await town.ask_behind("received", "corrections", **runs)

    assert response.status_code == 422
    assert [each["field"] for each in response.json()["errors"]] == ["to"]
