"""A folder's objects are moved to a real bucket while they are read and dropped, and whoever is interrupted goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio

from shared.kernel.moving import Amount, MoverBusyError, amount_in, move, only_mover
from shared.kernel.objects import Objects, ObjectsAwayError
from shared.testing.object_store import ObjectServer, needs_object_store

pytestmark = needs_object_store

NAMES = [f"{number:032x}" for number in range(30)]


@dataclass(frozen=True, slots=True)
class Move:
    """A folder with thirty photos, a bucket, and both as the services see them."""

    folder: Path
    server: ObjectServer
    to: Objects
    seen: Objects

    def moved(self) -> set[str]:
        return {each.name for each in (self.server.below / "pilot" / "photos").glob("*")}

    def left(self) -> set[str]:
        return {each.name for each in self.folder.iterdir()}


@pytest_asyncio.fixture(loop_scope="session")
async def moving(tmp_path: Path) -> AsyncIterator[Move]:
    server = ObjectServer(tmp_path / "s3")
    await server.start()
    await Objects.below(tmp_path, "photos", None).keep({name: content_of(name) for name in NAMES})
    to = Objects(server.bucket().store("photos"))
    yield Move(tmp_path / "photos", server, to, Objects.below(tmp_path, "photos", server.bucket()))
    await server.stop()


def content_of(name: str) -> bytes:
    return name.encode() * 10


def nobody(_moved: Amount) -> None:
    """Watches."""


async def test_all_are_in_the_bucket_afterwards_and_can_be_read_all_the_while(moving: Move) -> None:
    told: list[int] = []
    moved = asyncio.create_task(move(moving.folder, moving.to, lambda amount: told.append(amount.objects)))
    lost = 0
    while not moved.done():
        contents = await asyncio.gather(*(moving.seen.content(name) for name in NAMES))
        lost += sum(content != content_of(name) for name, content in zip(NAMES, contents, strict=True))

    assert await moved == Amount(30, 30 * 320)
    assert (lost, moving.moved(), moving.left()) == (0, set(NAMES), set())
    assert told == sorted(told)
    assert told[-1] == 30


async def test_whoever_is_interrupted_goes_on_with_what_is_left(moving: Move) -> None:
    class EnoughError(Exception):
        """No more for now."""

    def enough(moved: Amount) -> None:
        if moved.objects >= 10:
            raise EnoughError

    with pytest.raises(EnoughError):
        await move(moving.folder, moving.to, enough)
    await moving.server.stop()
    with pytest.raises(ObjectsAwayError):
        await move(moving.folder, moving.to, nobody)
    left = amount_in(moving.folder).objects
    await moving.server.start()
    rest = await move(moving.folder, moving.to, nobody)

    assert 0 < left <= 20
    assert rest.objects == left
    assert (moving.moved(), moving.left()) == (set(NAMES), set())


async def test_one_that_is_dropped_while_it_is_moved_is_in_neither(moving: Move) -> None:
    dropped = NAMES[:10]
    await asyncio.gather(move(moving.folder, moving.to, nobody), moving.seen.drop(dropped))

    assert moving.left() == set()
    assert moving.moved() == set(NAMES[10:])


async def test_one_that_is_dropped_between_its_arrival_and_its_leaving_is_in_neither(moving: Move) -> None:
    @dataclass(frozen=True, slots=True)
    class Forgetting(Objects):
        """Somebody is forgotten just when their photo has arrived."""

        async def keep(self, contents: dict[str, bytes]) -> None:  # type: ignore[override]
            await moving.seen.drop(list(contents))
            await Objects.keep(self, contents)

    moved = await move(moving.folder, Forgetting(moving.to.store), nobody)

    assert (moved, moving.moved(), moving.left()) == (Amount(), set(), set())


async def test_one_that_does_not_arrive_as_it_was_stays(moving: Move) -> None:
    @dataclass(frozen=True, slots=True)
    class Damaging(Objects):
        """Gives back something else."""

        async def content(self, name: str) -> bytes | None:
            found = await Objects.content(self, name)
            return b"damaged" if name == NAMES[3] else found

    moved = await move(moving.folder, Damaging(moving.to.store), nobody)

    assert (moved.objects, moving.left()) == (29, {NAMES[3]})


async def test_only_what_was_written_to_its_end_is_moved(moving: Move) -> None:
    (moving.folder / f"{NAMES[0]}#1").write_bytes(b"half")

    await move(moving.folder, moving.to, nobody)

    assert moving.left() == {f"{NAMES[0]}#1"}
    assert amount_in(moving.folder) == Amount()
    assert amount_in(moving.folder / "nothing") == Amount()


@pytest.mark.long
async def test_over_a_way_that_is_too_narrow_for_several_they_go_one_after_the_other(moving: Move) -> None:
    for name in NAMES[8:]:
        (moving.folder / name).unlink()
    for name in NAMES[:8]:
        (moving.folder / name).write_bytes(bytes(100_000))
    async with narrow(moving.server.port, bytes_a_second=250_000) as port:
        bucket = replace(moving.server.bucket(), endpoint=f"http://127.0.0.1:{port}")

        moved = await move(moving.folder, Objects(bucket.store("photos"), done_within_s=2), nobody)

    assert moved.size_bytes <= 800_000
    assert (moving.moved(), moving.left()) == (set(NAMES[:8]), set())


@asynccontextmanager
async def narrow(port: int, *, bytes_a_second: int) -> AsyncIterator[int]:
    """A way to this port through which all that goes up shares so many."""
    taken = asyncio.Lock()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool) -> None:
        with suppress(ConnectionError):
            while told := await reader.read(8192):
                if up:
                    async with taken:
                        await asyncio.sleep(len(told) / bytes_a_second)
                writer.write(told)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pass_on(reader, to_server, up=True), pass_on(from_server, writer, up=False))

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


def test_two_do_not_move_at_once(tmp_path: Path) -> None:
    with only_mover(tmp_path), pytest.raises(MoverBusyError), only_mover(tmp_path):
        pass
    with only_mover(tmp_path):
        assert (tmp_path / "photos-move").exists()
