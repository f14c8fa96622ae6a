"""SQL of the providers' state; the rows of providers are the last to be locked, whatever else a transaction locks."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.channels.breaker import Health
from services.notification.channels.buckets import Bucket
from services.notification.providers.models import ProviderState

_STATES = cast(Table, ProviderState.__table__)  # type: ignore[attr-defined]


async def load_states(session: AsyncSession) -> dict[str, Row[Any]]:
    return {row.provider: row for row in await session.execute(select(_STATES))}


async def lock_states(session: AsyncSession, names: Collection[str], *, wall: datetime) -> dict[str, Row[Any]]:
    """The rows of these providers, made where there are none, locked in the order of their names."""
    blank = [{"provider": name, "failures": 0, "openings": 0, "changed_at": wall} for name in sorted(names)]
    await session.execute(insert(_STATES).on_conflict_do_nothing(), blank)
    rows = await session.execute(
        select(_STATES).where(_STATES.c.provider.in_(names)).order_by(_STATES.c.provider).with_for_update()
    )
    return {row.provider: row for row in rows}


async def save_health(
    session: AsyncSession, healths: Mapping[str, Health], problems: Mapping[str, str | None], *, wall: datetime
) -> None:
    for name, health in healths.items():
        await session.execute(
            update(_STATES)
            .where(_STATES.c.provider == name)
            .values(
                failures=health.failures,
                openings=health.openings,
                open_until=health.open_until,
                problem=problems.get(name),
                changed_at=wall,
            )
        )


async def save_buckets(session: AsyncSession, buckets: Mapping[str, Bucket]) -> None:
    for name, bucket in buckets.items():
        await session.execute(
            update(_STATES).where(_STATES.c.provider == name).values(tokens=bucket.tokens, refilled_at=bucket.at)
        )


def health_of(row: Row[Any]) -> Health:
    return Health(failures=row.failures, openings=row.openings, open_until=row.open_until)


def bucket_of(row: Row[Any]) -> Bucket | None:
    return None if row.tokens is None else Bucket(row.tokens, row.refilled_at)
