"""The door: interactions taken in over HTTP and from a topic, beside a naive service and PostgreSQL's own speed."""

from benchmarks.ingest.benchmark import INGEST as INGEST

__all__ = ["INGEST"]
