"""Who takes over is told so, and from then on gets what the unit is told."""

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
from shared.contracts.duty import DutyHandedOver
from shared.directory.following import read_directory
from shared.testing.waiting import eventually
from tests.integration.notify.conftest import Post, Town
from tests.unit.notify.samples import AT

PHONES = {"guard-1": "+8610000000801", "guard-2": "+8610000000802"}
HOURS = timedelta(hours=4)


async def patrol(town: Town) -> None:
    """A unit of two guards, of whom the first is on duty round the clock."""
    people = [
        PersonDefined(
            at=AT,
            id=guard,
            edition=1,
            unit="patrol",
            role=Role.HANDLER,
            name=town.sealed(guard, f"巡逻员 {guard}"),
            phone=town.sealed(guard, phone),
        )
        for guard, phone in PHONES.items()
    ]
    unit = UnitDefined(at=AT, id="patrol", edition=1, name=Name(zh="巡逻队", en="Patrol"), area="estate", calendar="c")
    await town.say(unit, *people, DutyDefined(at=AT, id="patrol", edition=1, shifts=(Shift(person="guard-1"),)))
    for guard in PHONES:
        await town.publish_key(guard)


async def answering(post: Post, *guards: str) -> None:
    """Wait until notify knows who answers for the patrol, now and after."""

    async def known() -> bool:
        # Its own snapshot is a second old at most, and this clock stands still.
        directory = await read_directory(post.notify.runtime.pool)
        there = PHONES.keys() <= directory.people.keys() and "patrol" in directory.units
        return there and tuple(turn.person for turn in directory.turns("patrol", AT)) == guards

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
