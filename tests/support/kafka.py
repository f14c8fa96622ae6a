"""Whether a real Kafka can be run; tests that use one are marked `kafka` and share an xdist group."""

import os

import pytest

from deploy.local.kafka import KafkaMissing, fetch_jars
from deploy.local.kafka.artifacts import find_java


def require_kafka() -> None:
    """Skips the test where Kafka cannot be run, except in CI: there a missing Kafka is a failure."""
    try:
        find_java()
        fetch_jars()
    except KafkaMissing as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(reason))
