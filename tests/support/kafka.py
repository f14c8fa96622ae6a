"""One real Kafka node per test run; tests that use it are marked `kafka` and share an xdist group."""

import functools
import os
from pathlib import Path

import pytest

from deploy.local.kafka import KafkaCluster, KafkaMissing, fetch_jars
from deploy.local.kafka.artifacts import find_java


@functools.cache
def run_cluster(folder: Path) -> KafkaCluster:
    """The Kafka of a test run, started or not."""
    return KafkaCluster(folder / "kafka")


def require_kafka() -> None:
    """Skips the test where Kafka cannot be run, except in CI: there a missing Kafka is a failure."""
    try:
        find_java()
        fetch_jars()
    except KafkaMissing as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(reason))
