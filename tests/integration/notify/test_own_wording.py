"""The district's own words, from its directory to the provider, and what a later edition changes of them."""

from datetime import timedelta

from shared.contracts.directory import TemplateDefined
from shared.contracts.messages import Message
from shared.contracts.routing import CaseAssigned
from shared.testing.waiting import eventually
from tests.integration.notify.conftest import LEADS_PHONE, Post, Town, a_config, opened_post
from tests.integration.notify.test_way_of_a_message import MIDNIGHT
from tests.unit.notify.samples import AT


def template(edition: int, says: str) -> TemplateDefined:
    return TemplateDefined(at=AT, id="lane", edition=edition, message=Message.CASE_ASSIGNED, zh=says)


def asking(assigned: CaseAssigned) -> CaseAssigned:
    """As its rule has it: told in the district's words."""
    matter = assigned.matter.model_copy(update={"templates": {Message.CASE_ASSIGNED: "lane"}})
    return assigned.model_copy(update={"matter": matter})


async def knows(post: Post, edition: int) -> None:
    """Wait until notify has read that edition of the template, and looks at its directory anew."""

    async def known() -> bool:
        query = "SELECT edition FROM directory WHERE kind = 'template' AND id = 'lane'"
        return bool(await post.notify.runtime.pool.fetchval(query) == edition)

    await eventually(known)
    post.clock.advance(timedelta(seconds=3))


async def test_a_later_edition_rewords_what_is_wanted_after_it_and_nothing_that_waits(town: Town) -> None:
    async with opened_post(town, a_config()) as post:
        await post.settled()
        await town.say(template(2, "{place}消防通道，带上拖车电话：{link}"))
        await knows(post, 2)
        waits, comes_later = town.ticket(), town.ticket()
        await town.routing.publish(f"case-{waits.ticket_id}", asking(town.assignment(waits, unit="property")))
        await post.until(waits.ticket_id, "postponed")

        await town.say(template(3, "{place}消防通道，等交警到场：{link}"))
        await knows(post, 3)
        await town.routing.publish(f"case-{comes_later.ticket_id}", asking(town.assignment(comes_later)))
        await post.until(comes_later.ticket_id, "accepted")
        post.clock.advance(MIDNIGHT - AT)
        await post.until(waits.ticket_id, "accepted")

        [first], [second] = await post.sent(waits.ticket_id), await post.sent(comes_later.ticket_id)
    address = "https://yima.test/desk/cases"
    assert first["recipient"] == LEADS_PHONE
    assert first["text"] == f"【一号一码】东门消防通道，带上拖车电话：{address}/{waits.ticket_id}"
    assert second["text"] == f"【一号一码】东门消防通道，等交警到场：{address}/{comes_later.ticket_id}"


async def test_a_template_that_has_not_come_holds_nobody_up(post: Post) -> None:
    ticket = post.town.ticket()

    await post.town.routing.publish(f"case-{ticket.ticket_id}", asking(post.town.assignment(ticket)))

    await post.until(ticket.ticket_id, "accepted")
    [sent] = await post.sent(ticket.ticket_id)
    assert sent["text"].startswith("【一号一码】新办件 204 815 736")
