"""Which request an event goes back to: bound while one event is handled, looked up by cause while a batch is."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from structlog.contextvars import bound_contextvars, get_contextvars

from shared.contracts.envelope import Envelope, Event

_of_batch: ContextVar[Mapping[str, str]] = ContextVar("correlation_of_batch", default={})  # noqa: B039


def correlation_of(causation_id: str | None) -> str | None:
    """The correlation id for what `causation_id` causes now, None where nothing is known."""
    by_cause = _of_batch.get().get(causation_id) if causation_id is not None else None
    return by_cause or get_contextvars().get("correlation_id")


def bound_causation_id() -> str | None:
    return get_contextvars().get("causation_id")


def bound_traceparent() -> str | None:
    return get_contextvars().get("traceparent")


@contextmanager
def correlated(events: Sequence[Event[Any]]) -> Iterator[None]:
    """Within the block, what these events cause carries their correlation on.

    One event alone is bound for the logs too; of several, each is found by the id that the effect names as its cause.
    """
    token = _of_batch.set({event.envelope.id: _correlation(event.envelope) for event in events})
    try:
        with bound_contextvars(**_bindings(events)):
            yield
    finally:
        _of_batch.reset(token)


def _bindings(events: Sequence[Event[Any]]) -> dict[str, Any]:
    if len(events) != 1:
        return {"events": len(events)}
    envelope = events[0].envelope
    bindings = {"correlation_id": _correlation(envelope), "causation_id": envelope.id}
    return bindings | ({"traceparent": envelope.traceparent} if envelope.traceparent else {})


def _correlation(envelope: Envelope) -> str:
    """An event that was caused by nothing known starts a chain of its own."""
    return envelope.correlationid or envelope.id
