"""Connections to the log's database, and what its failures mean to callers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import asyncpg

from shared.db.session import is_passing
from shared.errors import Unavailable

CHANNEL = "event_log"
# What a notification tells, by its first letter; the rest names partition ids, or the group.
RECORDS_NEWS = "r"
GROUP_NEWS = "g"
TOPICS_NEWS = "t"

# Advisory locks share one number space per database; this one belongs to the log alone.
SCHEMA_LOCK = 1
CLEANING_LOCK = 2

STATEMENT_SECONDS = 30.0

Pool: TypeAlias = Any
Connection: TypeAlias = Any
"""asyncpg carries no types that mypy could read."""


def plain_dsn(dsn: str) -> str:
    """The DSN without SQLAlchemy's driver suffix, which asyncpg does not know."""
    return dsn.replace("postgresql+asyncpg://", "postgresql://", 1)


class _LogConnection(asyncpg.Connection):  # type: ignore[misc]
    def get_reset_query(self) -> str:
        # The log leaves nothing behind on a connection, so the round trip that tidies up would be for nothing.
        return ""


async def open_pool(dsn: str, *, size: int) -> Pool:
    return await asyncpg.create_pool(
        plain_dsn(dsn),
        min_size=0,  # with a minimum the pool keeps trying, and complaining, by itself while the server is away
        max_size=size,
        command_timeout=STATEMENT_SECONDS,
        connection_class=_LogConnection,
        server_settings={"application_name": "rapport-event-log", "timezone": "UTC", "jit": "off"},
    )


async def open_listener(dsn: str) -> Connection:
    """A connection for LISTEN and heartbeats: what it writes may be lost with the server, so it waits for no disk."""
    return await asyncpg.connect(
        plain_dsn(dsn),
        command_timeout=STATEMENT_SECONDS,
        server_settings={"application_name": "rapport-event-log-listener", "synchronous_commit": "off", "jit": "off"},
    )


@contextmanager
def translated() -> Iterator[None]:
    """Turns every failure that says nothing about the statement itself into Unavailable."""
    try:
        yield
    except Exception as error:
        # The log opens nothing but sockets: a missing one (a stopped server's Unix socket) is an OSError too.
        if is_passing(error) or isinstance(error, OSError):
            raise Unavailable(
                "the event log's database does not answer at present; try again shortly", code="broker_unavailable"
            ) from error
        raise
