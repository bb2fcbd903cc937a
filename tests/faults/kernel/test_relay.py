"""A relay that lost its leadership while the broker kept it waiting."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from shared.kernel.database import Connection
from shared.kernel.kafka import Topic, ensure_topics
from shared.kernel.relay import LeadershipLostError, Relay, StateMessage
from shared.kernel.work import Work, transact
from shared.testing.topics import records_of
from shared.testing.waiting import eventually
from tests.faults.kernel.conftest import HEALED_WITHIN_S, Stage

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

STATES = Topic("yima.posters.v1", state=True, partitions=1)
# So large that a request takes only one: the next one waits in the producer while the broker hangs.
POSTER_BYTES = 200 * 1024
GATES = [f"gate-{number}" for number in range(4)]
END_LEADERS_SESSION = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"


@dataclass(slots=True)
class Posters:
    """States that are large: each gate's poster is one letter, many times."""

    letter: bytes = b"a"
    read: asyncio.Event = field(default_factory=asyncio.Event)

    async def current(self, _connection: Connection, gates: Sequence[str]) -> Sequence[StateMessage]:
        self.read.set()
        return [(gate, [], self.letter * POSTER_BYTES) for gate in sorted(gates)]


async def put_up(stage: Stage) -> None:
    async def act(work: Work) -> None:
        work.publish_states(GATES)

    await transact(stage.publisher.store, stage.publisher.ground.clock.now, act)


async def letters_at(stage: Stage) -> list[tuple[str, bytes]]:
    """What the topic holds, in order: gate and letter."""
    records = [record for record in await records_of(stage.broker, STATES) if record.key.startswith(b"gate-")]
    return [(record.key.decode(), record.value[:1]) for record in records]


async def until_it_waits_for_work(stage: Stage) -> None:
    """It leads, and the day's record, which is the first that it sends, is there."""

    async def is_marked() -> bool:
        return len(await records_of(stage.broker, STATES)) == 1

    await eventually(is_marked)


async def until_it_leads_no_more(relay: Relay) -> None:
    async def is_over() -> bool:
        return not relay.leading

    await eventually(is_over)


async def test_a_relay_whose_session_ended_sends_no_old_state_after_a_newer_one(quiet_stage: Stage) -> None:
    stage, posters = quiet_stage, Posters()
    await ensure_topics(stage.broker, [STATES])
    relay = stage.publisher.relay
    assert relay
    relay.publication = replace(relay.publication, states_topic=STATES.name, current_states=posters.current)
    led = asyncio.create_task(relay.run())
    await until_it_waits_for_work(stage)
    stage.kafka.pause()
    await put_up(stage)
    await posters.read.wait()

    await stage.administer(END_LEADERS_SESSION)
    await until_it_leads_no_more(relay)
    stage.kafka.resume()
    with pytest.RaisesGroup(LeadershipLostError, flatten_subgroups=True):
        await led

    # The first had left before, and can not be called back.
    assert set(await letters_at(stage)) <= {("gate-0", b"a")}

    posters.letter = b"b"
    stage.publisher.loops.start()

    async def new_ones_are_up() -> bool:
        return dict(await letters_at(stage)) == dict.fromkeys(GATES, b"b")

    await eventually(new_ones_are_up, timeout_s=HEALED_WITHIN_S)
