"""Two residents, one trouble: it is worked on once, and each of them is told, asked and heard."""

from uuid import UUID

from tests.scenarios.town import Message, Town

STAIRWELL_1 = "TNH85Z6Q"
SPLIT_OFF = "SELECT data ->> 'other' FROM events WHERE stream = $1 AND type = 'yima.routing.CaseSplit'"
RECURRED = "SELECT data ->> 'other' FROM events WHERE stream = $1 AND type = 'yima.routing.FollowUpRecurred'"
FOLLOW_UP = "SELECT id FROM follow_ups WHERE case_id = $1"
PROPERTY = "chunhe-property"
PHONES = ("10000001041", "10000001042")


async def split_off(town: Town, case: UUID) -> Message:
    """Whoever works on it finds a second trouble; what its reporter is told of that."""
    async with town.at_desk("property-duty-2") as handler:
        await handler.acts(case, "split", other="楼梯扶手松了", category="")
    [second_trouble] = await town.values("routing", SPLIT_OFF, f"case-{case}")
    return await town.message_to(UUID(str(second_trouble)), "reporter", "ticket_split")


async def found_back(town: Town, case: UUID) -> Message:
    """Whoever follows up finds the trouble back; what its reporter is told of that."""
    async with town.at_desk("property-manager") as manager:
        await manager.acts(case, "follow-up", task="看看灯", unit=PROPERTY, after_days="1", rhythm="once")
        [follow_up] = await town.values("routing", FOLLOW_UP, case)
        await manager.acts(case, "follow-up-recurred", follow_up=str(follow_up), note="灯又坏了")
    [again] = await town.values("routing", RECURRED, f"case-{case}")
    return await town.message_to(UUID(str(again)), "reporter", "ticket_recurred")


async def test_two_reports_of_one_trouble_are_one_piece_of_work_and_both_reporters_hear_of_it(town: Town) -> None:
    async with town.resident() as first, town.resident() as second:
        statuses = [
            await resident.report(words, place=STAIRWELL_1, phone=phone, category="facilities")
            for resident, words, phone in zip((first, second), ("楼道灯不亮", "灯坏了，太黑"), PHONES, strict=True)
        ]
        master, duplicate = [await town.ticket_id(status) for status in statuses]
        await town.message_to(duplicate, "duty", "case_assigned")
        async with town.at_desk("property-duty-2") as handler, town.at_desk("property-manager") as manager:
            await handler.acts(master, "accept")
            [number] = await town.values("routing", "SELECT number FROM cases WHERE id = $1", master)
            await handler.acts(duplicate, "merge", into=str(number))
            told = await town.message_to(duplicate, "reporter", "case_merged")
            await handler.acts(master, "resolve", note="换了灯泡")
            await manager.acts(master, "verify-pass", note="")
            await manager.acts(master, "close")
            for ticket in (master, duplicate):
                await town.message_to(ticket, "reporter", "case_closed")
        for resident, status in zip((first, second), statuses, strict=True):
            await town.status_shows(resident, status, 'name="rating"')
        way = await second.page(statuses[1])
        back = await found_back(town, master)
        await town.status_shows(first, statuses[0], "同一问题的另一次反映")
        await second.dispute(statuses[1], "还是黑的")
        reopened = await town.message_to(master, "duty", "case_reopened")
        await town.status_shows(second, statuses[1], "您说没有解决")
        await town.status_shows(first, statuses[0], "有居民说没有解决")
        also = await split_off(town, master)
        await town.status_shows(first, statuses[0], "您同一次反映的另一件事")

    assert [each.to[-11:] for each in (also, back)] == [PHONES[0]] * 2
    assert told.to.endswith(PHONES[1])
    assert str(number) not in told.text
    assert "已合并" in way
    assert "还是黑的" in reopened.text
    assert len([each for each in await town.messages(duplicate) if each.template == "case_closed"]) == 1
