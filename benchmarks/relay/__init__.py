"""The outbox relay, from committed rows to acknowledged records, on both brokers."""

from benchmarks.relay.benchmark import RELAY as RELAY

__all__ = ["RELAY"]
