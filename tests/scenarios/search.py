"""A search for a few words in all that a platform keeps or tells: topics, tables, logs, metrics, files, answers."""

import base64
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import asyncpg
import httpx2
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import ConsumerRecord

from shared.kernel.kafka import describe_cluster
from tests.scenarios.town import Town

USER_SCHEMAS = """
SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Hay:
    """One thing that was looked at: what kind, where, and its bytes."""

    kind: str
    where: str
    content: bytes


@dataclass(slots=True)
class Found:
    """What a search looked at, and where it found something."""

    looked_at: Counter[str] = field(default_factory=Counter)
    bytes_read: Counter[str] = field(default_factory=Counter)
    places: list[str] = field(default_factory=list)

    @property
    def kinds(self) -> set[str]:
        """In which kinds of hay something was found."""
        return {place.split(" ", 1)[0] for place in self.places}

    def account(self) -> str:
        """What was searched, as a table."""
        lines = [f"  {kind:<10} {self.looked_at[kind]:>7} {self.bytes_read[kind]:>10} B" for kind in self.looked_at]
        return "\n".join(["searched:", *lines, f"found: {len(self.places)}"])


@dataclass(frozen=True, slots=True)
class Needles:
    """The words that must not be found, in every writing in which they could hide."""

    pattern: re.Pattern[bytes]

    @classmethod
    def of(cls, words: Iterable[str]) -> "Needles":
        writings = {writing for word in words for each in spellings(word) for writing in writings_of(each)}
        return cls(re.compile(b"|".join(map(re.escape, sorted(writings, key=len, reverse=True)))))

    def look(self, found: Found, hay: Hay) -> None:
        """Look through one thing."""
        found.looked_at[hay.kind] += 1
        found.bytes_read[hay.kind] += len(hay.content)
        hit = self.pattern.search(hay.content)
        if hit:
            around = hay.content[max(0, hit.start() - 60) : hit.end() + 60]
            found.places.append(f"{hay.kind} {hay.where}: {around!r}")


def spellings(word: str) -> Iterator[str]:
    """A phone as people write it; any other word as it is."""
    yield word
    if word.isascii() and word.isdecimal():
        yield f"{word[:3]} {word[3:7]} {word[7:]}"
        yield f"{word[:3]}-{word[3:7]}-{word[7:]}"
        yield f"+86{word}"
        yield word.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})


def writings_of(word: str) -> Iterator[bytes]:
    """A word as UTF-8, GB18030, UTF-16, JSON's and Python's escapes, percent, hexadecimal and base64."""
    raw = word.encode()
    escaped = json.dumps(word)[1:-1]
    yield from (raw, word.encode("gb18030"), word.encode("utf-16-le"), word.encode("utf-16-be"))
    yield from (escaped.encode(), escaped.upper().replace("\\U", "\\u").encode(), repr(raw)[2:-1].encode())
    yield from (quote(word).encode(), quote(word).lower().encode())
    yield from (raw.hex().encode(), raw.hex().upper().encode())
    for ahead in range(3):
        encoded = base64.b64encode(b"\0" * ahead + raw)
        # Only the letters that the word alone decides, whatever stands before and after it.
        certain = encoded[-(-ahead * 8 // 6) : (ahead + len(raw)) * 8 // 6]
        yield from (certain, certain.replace(b"+", b"-").replace(b"/", b"_"))


async def search(town: Town, needles: Needles, logs: Iterable[Path]) -> Found:
    """Look at everything."""
    found = Found()
    async for hay in _records(town):
        needles.look(found, hay)
    async for hay in _values(town):
        needles.look(found, hay)
    for hay in (*_files(town), *_log_lines(logs), *_heard(town)):
        needles.look(found, hay)
    async with httpx2.AsyncClient(base_url=town.platform.origin) as http:
        for line in (await http.get("/metrics")).content.splitlines():
            needles.look(found, Hay("metrics", "/metrics", line))
    return found


async def _records(town: Town) -> AsyncIterator[Hay]:
    """The key, the headers and the value of every record of every topic of this platform."""
    async for record in records_of(town, await _topics(town)):
        where = f"{record.topic.removeprefix(town.platform.topic_prefix)}/{record.partition}/{record.offset}"
        yield Hay("record", f"key of {where}", record.key or b"")
        yield Hay("record", f"value of {where}", record.value or b"")
        for name, value in record.headers:
            yield Hay("record", f"header {name} of {where}", name.encode() + b" " + (value or b""))


async def records_of(town: Town, topics: Sequence[str]) -> AsyncIterator[ConsumerRecord[bytes, bytes]]:
    """Every record of these topics, from the first on."""
    cluster = await describe_cluster(town.ground("intake").broker, topics)
    parts = [TopicPartition(topic, number) for topic, numbers in cluster.partitions.items() for number in numbers]
    async with AIOKafkaConsumer(bootstrap_servers=town.platform.kafka_bootstrap) as consumer:
        ends = await consumer.end_offsets(parts)
        for part in (part for part in parts if ends[part]):
            consumer.assign([part])
            await consumer.seek_to_beginning(part)
            while await consumer.position(part) < ends[part]:
                for record in (await consumer.getmany(part, timeout_ms=1000)).get(part, []):
                    yield record


async def _topics(town: Town) -> list[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=town.platform.kafka_bootstrap)
    await admin.start()
    try:
        return sorted(name for name in await admin.list_topics() if name.startswith(town.platform.topic_prefix))
    finally:
        await admin.close()


async def _values(town: Town) -> AsyncIterator[Hay]:
    """Every column of every row of every table, whichever schema it stands in."""
    connection = await asyncpg.connect(town.platform.database_url)
    try:
        for table in [row[0] for row in await connection.fetch(USER_SCHEMAS)]:
            for row in await connection.fetch(f"SELECT * FROM {table}"):  # noqa: S608 - the catalogue names it.
                for column, value in row.items():
                    content = value if isinstance(value, bytes) else str(value).encode()
                    yield Hay("column", f"{table}.{column}", content)
    finally:
        await connection.close()


def _files(town: Town) -> Iterator[Hay]:
    """Every file that the platform keeps, its name too: photos stand here."""
    for path in sorted(town.platform.data_dir.rglob("*")):
        if path.is_file():
            yield Hay("file", path.name, path.name.encode() + b"\n" + path.read_bytes())


def _log_lines(logs: Iterable[Path]) -> Iterator[Hay]:
    for path in logs:
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            yield Hay("log", f"{path.name}:{number}", line)


def _heard(town: Town) -> Iterator[Hay]:
    for address in town.heard.addresses:
        yield Hay("address", address[:40], address.encode())
    for refusal in town.heard.refusals:
        yield Hay("refusal", "an answer", refusal)
