"""What one consumer group counts, with its labels bound once rather than for every event."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from shared.clock import wall_now
from shared.contracts.envelope import Event
from shared.contracts.registry import EVENT_TYPES
from shared.messaging.broker import TopicPartition
from shared.observability import metrics


def label_of(event_type: str | None) -> str:
    """The type as a label: whatever others may call their events, there are only so many labels."""
    return event_type if event_type is not None and event_type in EVENT_TYPES else "unknown"


class ConsumerMetrics:
    def __init__(self, *, service: str, group: str) -> None:
        self._labels = (service, group)
        self._batch_size = metrics.CONSUMER_BATCH_SIZE.labels(service, group)
        self._batch_seconds = metrics.CONSUMER_BATCH_SECONDS.labels(service, group)
        self._reported: frozenset[TopicPartition] = frozenset()
        self._latency = metrics.EVENT_LATENCY_SECONDS.labels(service, group)

    def applied(self, events: Sequence[Event[Any]], fresh: Sequence[Event[Any]], seconds: float) -> None:
        self._count("applied", Counter(event.envelope.type for event in fresh))
        if len(fresh) < len(events):
            duplicates = Counter(event.envelope.type for event in events)
            duplicates.subtract(event.envelope.type for event in fresh)
            self._count("duplicate", duplicates)
        self._batch("applied")
        self._batch_size.observe(len(events))
        self._batch_seconds.observe(seconds)
        now = wall_now()
        for event in fresh:
            recorded_at = event.envelope.recordedtime
            if recorded_at is not None:
                self._latency.observe((now - recorded_at).total_seconds())

    def skipped(self, types: Mapping[str, int]) -> None:
        self._count("skipped", types)

    def isolated(self) -> None:
        self._batch("isolated")

    def retried(self) -> None:
        self._batch("retried")

    def buried(self, event_type: str | None, code: str) -> None:
        self._count("dead_lettered", {label_of(event_type): 1})
        metrics.DEAD_LETTERS.labels(*self._labels, code).inc()

    def lag(self, by_partition: Mapping[TopicPartition, int]) -> None:
        for partition in self._reported - by_partition.keys():
            metrics.CONSUMER_LAG.remove(*self._labels, *map(str, partition))  # its new owner reports it now
        for partition, events in by_partition.items():
            metrics.CONSUMER_LAG.labels(*self._labels, *map(str, partition)).set(events)
        self._reported = frozenset(by_partition)

    def _batch(self, outcome: str) -> None:
        metrics.CONSUMER_BATCHES.labels(*self._labels, outcome).inc()

    def _count(self, outcome: str, types: Mapping[str, int]) -> None:
        for event_type, events in types.items():
            if events:
                metrics.CONSUMER_EVENTS.labels(*self._labels, event_type, outcome).inc(events)
