"""The tables behind messaging, added to the metadata of every service's own database."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)


def add_messaging_tables(metadata: MetaData) -> None:
    """Defines `outbox`, `inbox` and `dead_letters` in `metadata`."""
    _add_outbox(metadata)
    _add_inbox(metadata)
    _add_dead_letters(metadata)


def _add_outbox(metadata: MetaData) -> None:
    """Records waiting to be published, as the bytes that will travel; a row lives for milliseconds."""
    Table(
        "outbox",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("topic", Text, nullable=False),
        Column("key", LargeBinary, nullable=False),
        Column("headers", LargeBinary, nullable=False),
        Column("value", LargeBinary),
        Column("created_at", DateTime(timezone=True), nullable=False),
    )


def _add_inbox(metadata: MetaData) -> None:
    """The events a consumer group is done with, for ever. The id leads the key: most ids rise with time."""
    Table(
        "inbox",
        metadata,
        Column("event_id", Text, primary_key=True),
        Column("source", Text, primary_key=True),
        Column("consumer", Text, primary_key=True),
        Column("applied_at", DateTime(timezone=True), nullable=False),
    )


def _add_dead_letters(metadata: MetaData) -> None:
    """Records that could not be applied (`in`) or published (`out`), with all that is needed to try again.

    The record's own time is part of its identity: a topic made anew starts counting its offsets at zero again.
    """
    Table(
        "dead_letters",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("direction", Text, nullable=False),
        Column("consumer", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("partition", Integer),
        Column("record_offset", BigInteger),
        Column("record_time", DateTime(timezone=True)),
        Column("key", LargeBinary),
        Column("headers", LargeBinary, nullable=False),
        Column("value", LargeBinary),
        Column("event_id", Text),
        Column("source", Text),
        Column("type", Text),
        Column("code", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("field", Text),
        Column("attempts", Integer, nullable=False),
        Column("state", Text, nullable=False),
        Column("first_failed_at", DateTime(timezone=True), nullable=False),
        Column("last_failed_at", DateTime(timezone=True), nullable=False),
        Column("closed_at", DateTime(timezone=True)),
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
        CheckConstraint("state IN ('waiting', 'redriving', 'resolved', 'discarded')", name="state"),
        UniqueConstraint("consumer", "topic", "partition", "record_offset", "record_time"),
        Index(None, "consumer", "id"),
    )
