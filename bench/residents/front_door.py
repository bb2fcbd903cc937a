"""Residents who all report at once, each from an address of their own, some of them anonymously, some of them twice."""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

from bench.front_door import TICKETS
from bench.residents.account import TakenIn
from bench.residents.messages import Message
from bench.wire import Answer, Wire, post

WAY = "front door"
RESIDENTS_AT_ONCE = 32
# Every eleventh message is sent twice by a second tap, every third comes without a phone.
TAPS_TWICE, GIVES_NO_PHONE = 11, 3
# Each from an address of their own; a month's messages in seconds name some phones more often than a day may.
SETTINGS = {"YIMA_TRUSTED_PROXIES": '["127.0.0.1"]', "YIMA_INTAKE_REPORTS_PER_PHONE_MAX": "1000"}


class AnsweredOtherwiseError(Exception):
    """A request that was sent twice got two tickets, or an answer that nobody expects."""


@dataclass(slots=True)
class _Answers:
    opened: set[str] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    repeated: int = 0


async def report_all(port: int, messages: Sequence[Message], places: Sequence[str]) -> TakenIn:
    """Report every message as a resident without a key would.

    Raises:
        AnsweredOtherwiseError: a repeated request was answered otherwise than the first.
    """
    answers = _Answers()
    numbered = iter(enumerate(messages))
    await asyncio.gather(*(_resident(port, numbered, places, answers) for _ in range(RESIDENTS_AT_ONCE)))
    return TakenIn(
        way=WAY,
        lines=len(messages),
        refused=dict(answers.refused),
        answered=len(answers.opened),
        repeated=answers.repeated,
    )


async def _resident(
    port: int, numbered: Iterator[tuple[int, Message]], places: Sequence[str], answers: _Answers
) -> None:
    wire = await Wire.connect(port)
    for number, message in numbered:
        request = _request(number, message, places[number % len(places)])
        answer = await wire.ask(request)
        _note(answer, answers)
        if number % TAPS_TWICE == 0:
            answers.repeated += 1
            _check_same(answer, await wire.ask(request))
    wire.close()


def _request(number: int, message: Message, place: str) -> bytes:
    report = {"place": place, "text": message.text}
    if number % GIVES_NO_PHONE:
        report["phone"] = f"1000000{_of_resident(message.resident) % 10_000:04}"
    key = str(uuid5(NAMESPACE_URL, f"residents/{message.id}"))
    headers = {"idempotency-key": key, "x-forwarded-for": _address(message.resident)}
    return post(TICKETS, json.dumps(report, ensure_ascii=False).encode(), headers)


def _address(resident: str) -> str:
    part = _of_resident(resident)
    return f"10.{part >> 16 & 255}.{part >> 8 & 255}.{part & 255}"


def _of_resident(resident: str) -> int:
    return int.from_bytes(hashlib.blake2b(resident.encode(), digest_size=3).digest(), "big")


def _note(answer: Answer, answers: _Answers) -> None:
    told = json.loads(answer.body)
    if answer.status == 201:
        answers.opened.add(told["id"])
    else:
        reasons = [f"{each['field']}: {each['reason']}" for each in told.get("errors", [])]
        answers.refused[f"{answer.status} {'; '.join(reasons) or told['title']}"] += 1


def _check_same(first: Answer, second: Answer) -> None:
    if (first.status, first.body) != (second.status, second.body):
        raise AnsweredOtherwiseError
