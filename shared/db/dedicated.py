"""A connection of one's own, outside the pool: for session-level locks and LISTEN, which end with the connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncpg

from shared.db.session import Database, is_passing
from shared.errors import Unavailable


@asynccontextmanager
async def dedicated_connection(database: Database) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """A driver connection that no one else uses, closed at the end of the block; each statement commits by itself.

    Raises Unavailable when the database is away or goes away.
    """
    try:
        async with database.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            own = cast("asyncpg.Connection[Any]", raw.driver_connection)
            raw.detach()
            yield own
    except Exception as error:
        if not is_passing(error):
            raise
        raise Unavailable(
            "the connection to the database was lost or could not be made; try again shortly",
            code="database_unavailable",
        ) from error


async def wake_on(connection: "asyncpg.Connection[Any]", channel: str, wake: asyncio.Event) -> None:
    """Sets `wake` for each notification on `channel`, and when the connection is lost."""

    def notified(*_: object) -> None:
        wake.set()

    connection.add_termination_listener(notified)
    await connection.add_listener(channel, notified)
