"""Engines: one per process and database, made by the composition root and never at import."""

from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


async def _connect(*args: Any, **kwargs: Any) -> "asyncpg.Connection[Any]":
    """Failing to connect takes many shapes (a missing socket file is FileNotFoundError): here they become one."""
    try:
        return await asyncpg.connect(*args, **kwargs)
    except OSError as error:
        raise ConnectionError(f"cannot connect to PostgreSQL: {error}") from error


def create_engine(dsn: str, *, pool_size: int, application_name: str) -> AsyncEngine:
    """`dsn` as `postgresql+asyncpg://…`. `synchronous_commit` stays on: what is acknowledged is on disk.

    Parameters of statements are kept out of error messages and logs, for they may be personal data.
    """
    engine = create_async_engine(
        dsn,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,
        connect_args={
            "async_creator_fn": _connect,
            "server_settings": {"application_name": application_name, "timezone": "UTC", "jit": "off"},
            "command_timeout": 60,
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    """Has the pool replace a connection that the server has closed meanwhile.

    The event loop has seen it close, so that asking costs nothing; the pool's own ping costs three round trips.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError("the server has closed this connection")
