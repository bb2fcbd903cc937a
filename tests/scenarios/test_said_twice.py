"""Everything is said once more: by the reporter's impatience, by the relay, by the operator. Nothing happens twice."""

from shared.kernel.database import connect
from shared.kernel.republish import republish
from tests.scenarios.town import EAST_GATE, Town


async def test_a_form_sent_twice_opens_one_ticket(town: Town) -> None:
    async with town.resident() as resident:
        page = await resident.page(f"/r/{EAST_GATE}")
        answers = [await resident.send(f"/r/{EAST_GATE}", page, text="门口路灯坏了", website="") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]


async def test_republished_events_send_no_second_message_and_change_no_figure(town: Town) -> None:
    async with town.resident() as resident:
        status = await resident.report("电梯里的灯闪", phone="10000001051", category="facilities")
        ticket = await town.ticket_id(status)
        await town.message_to(ticket, "duty", "case_assigned")
    await town.settled()
    sent, figures, cases = await town.messages(ticket), await town.figures(town.clock.now()), await _cases(town)

    counts = [await _say_everything_again(town, service) for service in ("intake", "routing", "notify")]
    await town.settled()

    assert min(counts) > 0
    assert await town.messages(ticket) == sent
    assert await town.figures(town.clock.now()) == figures
    assert await _cases(town) == cases


async def _cases(town: Town) -> list[object]:
    return await town.values("routing", "SELECT (id, version, status)::text FROM cases ORDER BY id")


async def _say_everything_again(town: Town, service: str) -> int:
    ground = town.ground(service)
    connection = await connect(ground.database_url, schema=service, role=ground.role)
    try:
        return await republish(connection, lambda _: None)
    finally:
        await connection.close()
