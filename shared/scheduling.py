"""Timed work: each job runs once per tick across all replicas, in the transaction that moves its tick on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import structlog
from sqlalchemy import Column, DateTime, MetaData, Table, Text, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock
from shared.db.session import Database
from shared.errors import Unavailable

log = structlog.get_logger(__name__)

Run = Callable[[AsyncSession, datetime], Awaitable[bool]]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def add_scheduling_table(metadata: MetaData) -> Table:
    """Defines `scheduled_jobs` in a service's metadata; its first migration creates it."""
    return Table(
        "scheduled_jobs",
        metadata,
        Column("name", Text, primary_key=True),
        Column("next_tick_at", DateTime(timezone=True), nullable=False),
    )


@dataclass(frozen=True, slots=True)
class Job:
    """Timed work. Ticks are the multiples of `every` since 1970-01-01 UTC, in business time.

    `run(session, tick)` works within the transaction that advances the tick, so it happens once, whatever crashes. It
    returns True when there is more to do at once: it is then called again in a new transaction, before the tick
    advances. It does no network I/O. After downtime, `each` runs every missed tick in order, `latest` only the last.
    """

    name: str
    every: timedelta
    run: Run
    catch_up: Literal["each", "latest"] = "latest"
