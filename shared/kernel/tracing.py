"""One trace from the scan to the SMS, through the log and Kafka, for who wants to see where the time went.

Promise: a span names a method and a route, an event's type or a provider, never a person, an address's content or an
error's text. A caller's trace context is carried on whether or not this process records; recording is the extra of
`requirements/trace.in` and begins where `OTEL_EXPORTER_OTLP_ENDPOINT` says where to send it.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry.context import Context
from opentelemetry.trace import (
    INVALID_SPAN,
    Link,
    NoOpTracer,
    Span,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    get_current_span,
    use_span,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_HEADER = "traceparent"
_W3C = TraceContextTextMapPropagator()


class TracingNotInstalledError(Exception):
    """Traces are asked for by OTEL_EXPORTER_OTLP_ENDPOINT, and what sends them is not installed."""


@dataclass(slots=True)
class Tracing:
    """By whom this process's spans are recorded; by nobody at first."""

    tracer: Tracer | None = None

    @property
    def records(self) -> bool:
        """Whether somebody does."""
        return self.tracer is not None


TRACING = Tracing()


def record_if_asked(service: str) -> None:
    """Record from now on where the environment says where to send it.

    Raises:
        TracingNotInstalledError: the extra is not there.
    """
    if not os.environ.get(ENDPOINT):
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise TracingNotInstalledError from error
    name = os.environ.get("OTEL_SERVICE_NAME", service)
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: name}))
    # Sends from a thread of its own, and what is left when the process ends.
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    TRACING.tracer = provider.get_tracer("yima")


@contextmanager
def span(
    name: str, *, kind: SpanKind, parent: str | None = None, attributes: Mapping[str, AttributeValue] | None = None
) -> Iterator[Span]:
    """Something that takes time, within `parent` (a W3C `traceparent`) or else within what goes on already.

    What goes on already is linked where `parent` is of another trace.
    An exception marks the span by its type and goes on.
    """
    if TRACING.tracer is None and parent is None:
        yield INVALID_SPAN
        return
    context = _context(parent)
    started = (TRACING.tracer or NoOpTracer()).start_span(name, context, kind, attributes, _links(context))
    with use_span(started, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield started
        except Exception as error:
            started.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def traceparent() -> str | None:
    """Where we are in which trace, as W3C writes it; none outside of any."""
    if not get_current_span().get_span_context().is_valid:
        return None
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier[_HEADER]


def _links(within: Context | None) -> list[Link]:
    goes_on = get_current_span().get_span_context()
    is_another = goes_on.trace_id != get_current_span(within).get_span_context().trace_id
    return [Link(goes_on)] if goes_on.is_valid and is_another else []


def _context(parent: str | None) -> Context | None:
    return None if parent is None else _W3C.extract({_HEADER: parent})
