"""The table behind `Idempotency-Key`: part of every service's own database, written in the request's transaction."""

from sqlalchemy import Column, DateTime, Index, LargeBinary, MetaData, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

IDEMPOTENCY_TABLE = "idempotency_keys"


def add_idempotency_table(metadata: MetaData) -> Table:
    """Defines the table in a service's metadata; its first migration creates it."""
    return Table(
        IDEMPOTENCY_TABLE,
        metadata,
        Column("principal", Text, primary_key=True),
        Column("route", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("status", SmallInteger, nullable=False),
        Column("headers", JSONB, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Index(None, "created_at"),
    )
