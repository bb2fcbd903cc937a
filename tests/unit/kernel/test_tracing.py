"""What a trace says, and that it is carried on by who does not record."""

import pytest
from opentelemetry.sdk.trace import Tracer, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from shared.kernel.tracing import ENDPOINT, TRACING, record_if_asked, span, traceparent

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE = CALLER.split("-")[1]


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(TRACING, "tracer", provider.get_tracer("test"))
    return exporter


@pytest.mark.parametrize(("named", "shown"), [(None, "yima-intake"), ("intake-east", "intake-east")])
def test_a_process_records_under_its_services_name(
    monkeypatch: pytest.MonkeyPatch, named: str | None, shown: str
) -> None:
    monkeypatch.setattr(TRACING, "tracer", None)
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    if named:
        monkeypatch.setenv("OTEL_SERVICE_NAME", named)

    record_if_asked("yima-intake")

    assert isinstance(TRACING.tracer, Tracer)
    assert TRACING.tracer.resource.attributes["service.name"] == shown


def test_nobody_records_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENDPOINT, raising=False)

    record_if_asked("yima-intake")

    assert not TRACING.records


def test_who_does_not_record_carries_the_callers_trace_on() -> None:
    with span("POST", kind=SpanKind.SERVER, parent=CALLER):
        assert traceparent() == CALLER

    assert traceparent() is None


def test_outside_of_any_trace_there_is_nothing_to_carry_on() -> None:
    with span("POST", kind=SpanKind.SERVER):
        assert traceparent() is None


def test_a_span_is_within_the_callers_and_what_follows_within_it(recorded: InMemorySpanExporter) -> None:
    with span("POST", kind=SpanKind.SERVER, parent=CALLER):
        told = traceparent()

    [server] = recorded.get_finished_spans()
    assert server.context is not None
    assert told == f"00-{TRACE}-{server.context.span_id:016x}-01"
    assert server.parent is not None
    assert f"{server.parent.span_id:016x}" == CALLER.split("-")[2]


def test_a_failure_is_told_by_its_type_and_never_by_its_text(recorded: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError), span("sms twilio", kind=SpanKind.CLIENT):  # noqa: PT011 - any text will do.
        raise ValueError("10000001234")

    [failed] = recorded.get_finished_spans()
    assert failed.status.description == "ValueError"
    assert "10000001234" not in failed.to_json()


def test_a_span_that_is_within_another_trace_is_linked_to_what_goes_on(recorded: InMemorySpanExporter) -> None:
    with span("POST", kind=SpanKind.SERVER):
        with span("open_ticket", kind=SpanKind.INTERNAL, parent=CALLER):
            pass
        with span("open_ticket", kind=SpanKind.INTERNAL):
            pass

    elsewhere, within, post = recorded.get_finished_spans()
    assert elsewhere.parent is not None
    assert f"{elsewhere.parent.trace_id:032x}" == TRACE
    assert [link.context for link in elsewhere.links] == [post.context]
    assert within.links == ()


def test_what_is_no_trace_context_begins_a_trace_of_its_own(recorded: InMemorySpanExporter) -> None:
    with span("POST", kind=SpanKind.SERVER, parent="00-nonsense"):
        pass

    [server] = recorded.get_finished_spans()
    assert server.parent is None
