"""Traces, where the environment asks for them."""

from services.cli.errors import TracingNotInstalledError
from shared.kernel import tracing


def record_traces(service: str) -> None:
    """Record this process's spans under the service's name, where somebody takes them.

    Raises:
        TracingNotInstalledError: they are asked for, and the extra is not there.
    """
    try:
        tracing.record_if_asked(service)
    except tracing.TracingNotInstalledError:
        raise TracingNotInstalledError(tracing.ENDPOINT) from None
