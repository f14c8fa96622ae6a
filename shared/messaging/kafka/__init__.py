"""The broker of everything beyond one machine: Apache Kafka, through aiokafka."""

from shared.messaging.kafka.broker import KafkaBroker
from shared.messaging.kafka.connection import KafkaSettings

__all__ = ["KafkaBroker", "KafkaSettings"]
