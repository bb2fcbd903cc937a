"""Thirty units are whistled at once: who is on duty for each gets its own task by SMS."""

from datetime import timedelta

from shared.contracts.directory import DirectoryRecord, DutyDefined, PersonDefined, Role, Shift
from shared.contracts.routing import WhistleBlown
from shared.directory.following import read_directory
from shared.testing.waiting import eventually
from tests.integration.notify.conftest import Post, Town
from tests.unit.notify.samples import AT

TEAMS = {f"team-{number}": f"+861000000{6000 + number}" for number in range(1, 31)}
# One key for all of them keeps the test cheap.
TEAMS_KEY = "teams"


def on_duty(town: Town, team: str, phone: str) -> list[DirectoryRecord]:
    person = PersonDefined(
        at=AT,
        id=f"{team}-duty",
        edition=1,
        unit=team,
        role=Role.HANDLER,
        name=town.sealed(TEAMS_KEY, f"{team} 值班员"),
        phone=town.sealed(TEAMS_KEY, phone),
    )
    return [person, DutyDefined(at=AT, id=team, edition=1, shifts=(Shift(person=person.id),))]


async def test_each_of_thirty_units_is_told_its_own_task(post: Post) -> None:
    town = post.town
    await town.say(*(record for team, phone in TEAMS.items() for record in on_duty(town, team, phone)))
    await town.publish_key(TEAMS_KEY)
    await answering(post)
    ticket = town.ticket()
    calls = [
        WhistleBlown(
            at=AT,
            case_id=ticket.ticket_id,
            unit=team,
            lead="committee",
            by="lead",
            by_unit="committee",
            task=town.sealed(TEAMS_KEY, task_of(team)),
            matter=town.matter(ticket),
            report_by=AT + timedelta(minutes=15),
        )
        for team in TEAMS
    ]

    await town.routing.publish(f"case-{ticket.ticket_id}", *calls)

    await post.until(ticket.ticket_id, *["accepted"] * len(TEAMS))
    messages = await post.sent(ticket.ticket_id)
    told = {each["recipient"]: each["text"] for each in messages}
    assert len(messages) == len(TEAMS)
    assert told.keys() == set(TEAMS.values())
    assert [team for team, phone in TEAMS.items() if task_of(team) not in told[phone]] == []


def task_of(team: str) -> str:
    return f"请带 {team} 号抽水泵到东门"


async def answering(post: Post) -> None:
    """Wait until notify knows all thirty rotas: this clock stands still, so its own snapshot does."""

    async def known() -> bool:
        directory = await read_directory(post.notify.runtime.pool)
        return all(directory.on_duty(team, AT) for team in TEAMS)

    await eventually(known)
    post.notify.directory.look_again()
