"""A real Apache Kafka (KRaft) from Apache's own jars, for laptop, tests, demo and benchmarks."""

from deploy.local.kafka.artifacts import KafkaMissing, fetch_jars
from deploy.local.kafka.cluster import DEFAULT_PORT, KafkaCluster, ports_from
from deploy.local.kafka.node import KafkaFailed

__all__ = ["DEFAULT_PORT", "KafkaCluster", "KafkaFailed", "KafkaMissing", "fetch_jars", "ports_from"]
