"""Advisory locks: one holder among all processes of a database, without a table."""

import hashlib

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


def advisory_key(namespace: str, *parts: str) -> int:
    """A stable 64-bit key; `namespace` keeps the users of advisory locks apart."""
    digest = hashlib.blake2b("\x1f".join((namespace, *parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


async def try_transaction_lock(session: AsyncSession, key: int) -> bool:
    """Takes the lock until the transaction ends, or returns False at once when another transaction holds it."""
    return bool(await session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": key}))


async def transaction_lock_shared(session: AsyncSession, key: int) -> None:
    """Holds the lock together with others who share it, and waits for who holds it alone."""
    await session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": key})


async def transaction_lock(session: AsyncSession, key: int) -> None:
    """Waits for the lock and holds it until the transaction ends."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
