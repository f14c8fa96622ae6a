"""Engines: one per process and database, made by the composition root and never at import."""

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def create_engine(dsn: str, *, pool_size: int, application_name: str) -> AsyncEngine:
    """`dsn` as `postgresql+asyncpg://…`. `synchronous_commit` stays on: what is acknowledged is on disk."""
    return create_async_engine(
        dsn,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        connect_args={
            "server_settings": {"application_name": application_name, "timezone": "UTC", "jit": "off"},
            "command_timeout": 60,
        },
    )
