"""One trace from the scan to the SMS: what an engineer sees who asks where the time of one report went."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from shared.kernel.tracing import TRACING
from shared.testing.waiting import eventually
from tests.scenarios.town import EAST_GATE, Town

PHONE = "10000001234"
WORDS = "电瓶车堵住了消防通道"


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """The spans of this process."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(TRACING, "tracer", provider.get_tracer("yima"))
    yield exporter
    provider.shutdown()


async def test_a_report_is_one_trace_from_the_scan_to_both_messages(town: Town, recorded: InMemorySpanExporter) -> None:
    async with town.resident() as resident:
        status = await resident.report(WORDS, phone=PHONE)
        ticket = await town.ticket_id(status)
        await town.message_to(ticket, "reporter", "ticket_received")
        await town.message_to(ticket, "duty", "case_assigned")

    await eventually(lambda: sent(recorded, 2))
    scanned, posted = (one_span(recorded, f"{method} /r/{{code}}") for method in ("GET", "POST"))
    trace = spans_of(recorded, scanned.context.trace_id if scanned.context else 0)
    by_id = {each.context.span_id: each for each in trace if each.context}
    ways = {tuple(way(each, by_id)) for each in trace if each.kind is SpanKind.CLIENT}

    assert ways == {
        ("GET /r/{code}", "open_ticket", "notify yima.intake.TicketOpened", "sms sandbox"),
        (
            "GET /r/{code}",
            "open_ticket",
            "routing yima.intake.TicketOpened",
            "notify yima.routing.CaseAssigned",
            "sms sandbox",
        ),
    }
    assert [link.context for link in one_span(recorded, "open_ticket").links] == [posted.context]
    told = "".join(each.to_json() for each in recorded.get_finished_spans())
    assert PHONE not in told
    assert WORDS not in told
    assert status not in told


async def test_a_page_carries_no_trace_where_none_is_recorded(town: Town) -> None:
    async with town.resident() as resident:
        assert 'name="scan"' not in await resident.page(f"/r/{EAST_GATE}")


async def sent(recorded: InMemorySpanExporter, count: int) -> bool:
    return len([each for each in recorded.get_finished_spans() if each.kind is SpanKind.CLIENT]) >= count


def one_span(recorded: InMemorySpanExporter, name: str) -> ReadableSpan:
    [found] = [each for each in recorded.get_finished_spans() if each.name == name]
    return found


def spans_of(recorded: InMemorySpanExporter, trace_id: int) -> list[ReadableSpan]:
    return [each for each in recorded.get_finished_spans() if each.context and each.context.trace_id == trace_id]


def way(span: ReadableSpan, by_id: dict[int, ReadableSpan]) -> list[str]:
    """The names from the trace's first span to this one."""
    above = way(by_id[span.parent.span_id], by_id) if span.parent else []
    return [*above, span.name]
