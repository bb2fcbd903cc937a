"""Who takes over is told so, and from then on gets what the unit is told; whom a lead swaps are both told."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

from shared.contracts.directory import (
    Cover,
    CoverDefined,
    DutyDefined,
    Name,
    PersonDefined,
    Role,
    Shift,
    UnitDefined,
)
from shared.contracts.duty import DutyHandedOver, Span, SwapAccepted, SwapLapsed
from shared.directory.following import read_directory
from shared.testing.waiting import eventually
from tests.integration.notify.conftest import Post, Town
from tests.unit.notify.samples import AT

PHONES = {"guard-1": "+8610000000801", "guard-2": "+8610000000802"}
NIGHT_PHONES = {"night-1": "+8610000000803", "night-2": "+8610000000804"}
GATE_PHONES = {"gate-1": "+8610000000805", "gate-2": "+8610000000806"}
HOURS = timedelta(hours=4)


async def patrol(town: Town, unit: str = "patrol", phones: Mapping[str, str] = PHONES) -> None:
    """A unit of two guards, of whom the first is on duty round the clock."""
    people = [
        PersonDefined(
            at=AT,
            id=guard,
            edition=1,
            unit=unit,
            role=Role.HANDLER,
            name=town.sealed(guard, f"巡逻员 {guard}"),
            phone=town.sealed(guard, phone),
        )
        for guard, phone in phones.items()
    ]
    shifts = (Shift(person=next(iter(phones))),)
    name = Name(zh="巡逻队", en="Patrol")
    defined = UnitDefined(at=AT, id=unit, edition=1, name=name, area="estate", calendar="c")
    await town.say(defined, *people, DutyDefined(at=AT, id=unit, edition=1, shifts=shifts))
    for guard in phones:
        await town.publish_key(guard)


async def answering(post: Post, *guards: str, unit: str = "patrol", phones: Mapping[str, str] = PHONES) -> None:
    """Wait until notify knows who answers for the unit, now and after."""

    async def known() -> bool:
        # Its own snapshot is a second old at most, and this clock stands still.
        directory = await read_directory(post.notify.runtime.pool)
        there = phones.keys() <= directory.people.keys() and unit in directory.units
        return there and tuple(turn.person for turn in directory.turns(unit, AT)) == guards

    await eventually(known)
    post.notify.directory.look_again()


async def test_who_takes_over_is_told_and_answers_from_then_on(post: Post) -> None:
    await patrol(post.town)
    await answering(post, "guard-1")
    change, until = uuid4(), AT + HOURS
    handed_over = DutyHandedOver(
        at=AT,
        unit="patrol",
        by="guard-1",
        from_person="guard-1",
        to_person="guard-2",
        change=change,
        start=AT,
        until=until,
        note=post.town.sealed("guard-1", "东门请再看一次"),
    )

    await post.town.routing.publish("shifts-patrol", handed_over)
    covers = (Cover(person="guard-2", start=AT, until=until),)
    await post.town.say(CoverDefined(at=AT, id="patrol", edition=1, covers=covers))

    await post.until(change, "accepted")
    [told] = await post.sent(change)
    assert told["recipient"] == PHONES["guard-2"]
    assert told["text"] == (
        "【一号一码】巡逻队由您值班，4月28日 21:05 至 4月29日 01:05，原由巡逻员 guard-1值班：东门请再看一次。"
        "https://yima.test/desk/duty"
    )
    await answering(post, "guard-2", "guard-1")
    ticket = post.town.ticket()
    await post.town.routing.publish(f"case-{ticket.ticket_id}", post.town.assignment(ticket, unit="patrol"))
    await post.until(ticket.ticket_id, "accepted")
    assert [each["recipient"] for each in await post.sent(ticket.ticket_id)] == [PHONES["guard-2"]]


async def test_where_a_lead_agrees_for_who_was_asked_both_are_told(post: Post) -> None:
    await patrol(post.town, "night-watch", NIGHT_PHONES)
    await answering(post, "night-1", unit="night-watch", phones=NIGHT_PHONES)
    swap = uuid4()
    agreed = SwapAccepted(
        at=AT,
        unit="night-watch",
        by="night-lead",
        from_person="night-1",
        to_person="night-2",
        swap=swap,
        given=Span(start=AT, until=AT + HOURS),
        taken=Span(start=AT + 2 * HOURS, until=AT + 3 * HOURS),
    )

    await post.town.routing.publish("shifts-night-watch", agreed)

    await post.until(swap, "accepted", "accepted")
    assert {each["recipient"]: each["text"] for each in await post.sent(swap)} == {
        NIGHT_PHONES["night-1"]: "【一号一码】和巡逻员 night-2的换班已同意：您值 4月29日 05:05 至 4月29日 09:05，"
        "对方值 4月28日 21:05 至 4月29日 01:05。https://yima.test/desk/duty",
        NIGHT_PHONES["night-2"]: "【一号一码】和巡逻员 night-1的换班已同意：您值 4月28日 21:05 至 4月29日 01:05，"
        "对方值 4月29日 05:05 至 4月29日 09:05。https://yima.test/desk/duty",
    }


async def test_of_a_swap_that_nobody_answered_both_are_told_what_stays(post: Post) -> None:
    await patrol(post.town, "gate-watch", GATE_PHONES)
    await answering(post, "gate-1", unit="gate-watch", phones=GATE_PHONES)
    swap = uuid4()
    lapsed = SwapLapsed(
        at=AT,
        unit="gate-watch",
        by="",
        from_person="gate-1",
        to_person="gate-2",
        swap=swap,
        given=Span(start=AT, until=AT + HOURS),
        taken=Span(start=AT + 2 * HOURS, until=AT + 3 * HOURS),
    )

    await post.town.routing.publish("shifts-gate-watch", lapsed)

    await post.until(swap, "accepted", "accepted")
    assert {each["recipient"]: each["text"] for each in await post.sent(swap)} == {
        GATE_PHONES["gate-1"]: "【一号一码】和巡逻员 gate-2的换班没有人答复，没有换成，4月28日 21:05 至 4月29日 01:05 "
        "仍按原来的班次，请看值班页：https://yima.test/desk/duty",
        GATE_PHONES["gate-2"]: "【一号一码】和巡逻员 gate-1的换班没有人答复，没有换成，4月29日 05:05 至 4月29日 09:05 "
        "仍按原来的班次，请看值班页：https://yima.test/desk/duty",
    }
