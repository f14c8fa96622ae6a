"""The tables of the log; created and upgraded by whoever starts first, since the log belongs to no service."""

from typing import Any

import asyncpg

from shared.messaging.embedded.connection import SCHEMA_LOCK

_FIRST = """
CREATE TABLE event_log.topics (
    name text PRIMARY KEY,
    compacted boolean NOT NULL,
    retention interval
);

-- The row lock of a partition orders its writers: an offset is given out and committed before the next one exists.
CREATE TABLE event_log.partitions (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL REFERENCES event_log.topics,
    number int NOT NULL,
    next_offset bigint NOT NULL DEFAULT 0,
    UNIQUE (topic, number)
) WITH (fillfactor = 50);

CREATE TABLE event_log.records (
    partition_id int NOT NULL,
    record_offset bigint NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    key bytea NOT NULL,
    value bytea,
    headers bytea NOT NULL,
    PRIMARY KEY (partition_id, record_offset)
);
-- Large values are mostly compressed already or read once: do not spend time on packing them.
ALTER TABLE event_log.records ALTER COLUMN value SET STORAGE EXTERNAL;

-- How far old records were removed; apart from `partitions`, so that cleaning never holds up a writer.
CREATE TABLE event_log.cleaning (
    partition_id int PRIMARY KEY REFERENCES event_log.partitions,
    start_offset bigint NOT NULL DEFAULT 0,
    cleaned_to bigint NOT NULL DEFAULT 0,
    kept bigint NOT NULL DEFAULT 0,
    cleaned_at timestamptz NOT NULL DEFAULT statement_timestamp()
);

CREATE TABLE event_log.groups (
    name text PRIMARY KEY,
    generation bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE event_log.members (
    id uuid PRIMARY KEY,
    group_name text NOT NULL REFERENCES event_log.groups,
    topics text[] NOT NULL,
    joined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);

-- `owner` reads and commits; `target` is who shall own it next. They differ while the owner still has to let go.
CREATE TABLE event_log.group_partitions (
    group_name text NOT NULL REFERENCES event_log.groups,
    partition_id int NOT NULL REFERENCES event_log.partitions,
    owner uuid,
    target uuid,
    committed bigint,
    PRIMARY KEY (group_name, partition_id)
) WITH (fillfactor = 50);
"""

STEPS = (_FIRST,)
"""Step n leads from version n-1 to n; a published step is never edited."""


async def ensure_schema(connection: "asyncpg.Connection[Any]") -> None:
    """Brings the log's schema up to date, once, however many processes start at the same time.

    Raises RuntimeError when the database was written by a newer version than this one.
    """
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", SCHEMA_LOCK)
        await connection.execute("CREATE SCHEMA IF NOT EXISTS event_log")
        await connection.execute("CREATE TABLE IF NOT EXISTS event_log.version (number int NOT NULL)")
        version = await connection.fetchval("SELECT max(number) FROM event_log.version") or 0
        if version > len(STEPS):
            raise RuntimeError(f"the event log has version {version}, this program knows {len(STEPS)}: upgrade it")
        for number, step in enumerate(STEPS[version:], start=version + 1):
            await connection.execute(step)
            await connection.execute("INSERT INTO event_log.version (number) VALUES ($1)", number)
