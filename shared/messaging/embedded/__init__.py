"""The broker of a single machine: a durable event log in PostgreSQL, behind the same port as Kafka."""

from shared.messaging.embedded.broker import EmbeddedBroker

__all__ = ["EmbeddedBroker"]
