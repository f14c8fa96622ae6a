"""Reading what is known of providers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.providers.repository import health_of, load_states
from services.notification.providers.schemas import ProviderRead
from shared.contracts.common import Channel


async def list_providers(
    session: AsyncSession, orders: Mapping[Channel, Sequence[str]], *, wall: datetime
) -> list[ProviderRead]:
    """Those that serve a channel, by name; `orders` are the names that serve each, best first."""
    states = await load_states(session)
    names = sorted({name for order in orders.values() for name in order})
    return [_read(name, orders, states.get(name), wall) for name in names]


def _read(name: str, orders: Mapping[Channel, Sequence[str]], row: Row[Any] | None, wall: datetime) -> ProviderRead:
    return ProviderRead(
        name=name,
        channels=sorted(channel for channel, order in orders.items() if name in order),
        state=_state_of(row, wall),
        failures=row.failures if row is not None else 0,
        open_until=row.open_until if row is not None else None,
        problem=row.problem if row is not None else None,
        rate_tokens=row.tokens if row is not None else None,
        rate_read_at=row.refilled_at if row is not None else None,
    )


def _state_of(row: Row[Any] | None, wall: datetime) -> Literal["working", "failing", "open"]:
    if row is None or row.failures == 0:
        return "working"
    return "open" if health_of(row).is_open(wall) else "failing"
