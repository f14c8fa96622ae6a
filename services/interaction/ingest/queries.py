"""Reads of what was recorded."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, Table, case, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.interaction.ingest.details import Kind
from services.interaction.ingest.interaction import RecordedInteraction, State
from services.interaction.ingest.models import Interaction, InteractionVoid, KnownCustomer
from services.interaction.ingest.repository.interactions import interaction_of
from services.interaction.ingest.schemas.responses import InteractionRead, read_of
from services.interaction.window import Place, Window
from shared.errors import NotFound

__all__ = [
    "InteractionRead",
    "Kind",
    "Total",
    "get_interaction",
    "is_known",
    "list_awaiting",
    "list_of_customer",
    "list_totals",
    "oldest_awaiting",
]

_table: Table = Interaction.metadata.tables["interactions"]
_columns = _table.c
_voids: Table = InteractionVoid.metadata.tables["interaction_voids"]
_taken_back = (_voids.c.voided_id == _columns.interaction_id) & (
    _voids.c.customer_id.is_not_distinct_from(_columns.customer_id)
)
_with_voids = select(_table, _voids.c.void_id, _voids.c.replaced_by).outerjoin(_voids, _taken_back)


@dataclass(frozen=True, slots=True)
class Total:
    """How many interactions of one state, kind and currency, and the sum of their amounts."""

    state: State | Literal["voided"]
    kind: str
    currency: str | None
    count: int
    amount_minor: int | None


async def get_interaction(session: AsyncSession, interaction_id: UUID) -> RecordedInteraction:
    """Raises NotFound."""
    found = await _fetch(session, _with_voids.where(_columns.interaction_id == interaction_id))
    if not found:
        raise NotFound(
            f"there is no interaction {interaction_id}; its id is in the answer that recorded it",
            code="interaction_not_found",
        )
    return found[0]


async def list_awaiting(session: AsyncSession, *, after: Place | None, limit: int) -> list[RecordedInteraction]:
    """Those whose customer is not known yet, the longest kept first."""
    place = tuple_(_columns.recorded_at, _columns.interaction_id)
    statement = _with_voids.where(_columns.customer_id.is_(None)).order_by(*place).limit(limit)
    return await _fetch(session, statement if after is None else statement.where(place > after))


async def list_of_customer(
    session: AsyncSession, customer_id: UUID, window: Window, *, kinds: Collection[Kind] | None
) -> list[InteractionRead]:
    """A customer's interactions, newest first."""
    statement = _with_voids.where(_columns.customer_id == customer_id)
    if kinds is not None:
        statement = statement.where(_columns.kind.in_(kinds))
    found = await _fetch(session, window.of(statement, _columns.occurred_at, _columns.interaction_id))
    return [read_of(interaction) for interaction in found]


async def is_known(session: AsyncSession, customer_id: UUID) -> bool:
    return await session.get(KnownCustomer, customer_id) is not None


async def list_totals(
    session: AsyncSession, *, source: str | None, since: datetime | None, until: datetime | None
) -> Sequence[Total]:
    """Totals of what occurred in a period, by state, kind and currency. Reads the whole table unless filtered."""
    awaiting = _columns.customer_id.is_(None)
    state = case((_voids.c.void_id.is_not(None), "voided"), (awaiting, "awaiting_customer"), else_="recorded")
    statement = select(
        state.label("state"),
        _columns.kind,
        _columns.currency,
        func.count().label("interactions"),
        func.sum(_columns.amount_minor).label("amount_minor"),
    ).select_from(_table.outerjoin(_voids, _taken_back))
    statement = statement.group_by(state, _columns.kind, _columns.currency)
    if source is not None:
        statement = statement.where(_columns.source == source)
    if since is not None:
        statement = statement.where(_columns.occurred_at >= since)
    if until is not None:
        statement = statement.where(_columns.occurred_at < until)
    rows = await session.execute(statement.order_by(state, _columns.kind, _columns.currency))
    return [
        Total(
            state=row.state,
            kind=row.kind,
            currency=row.currency,
            count=row.interactions,
            amount_minor=None if row.amount_minor is None else int(row.amount_minor),
        )
        for row in rows
    ]


async def oldest_awaiting(session: AsyncSession) -> datetime | None:
    """When the interaction that waits longest was recorded."""
    statement = select(func.min(_columns.recorded_at)).where(_columns.customer_id.is_(None))
    oldest: datetime | None = await session.scalar(statement)
    return oldest


async def _fetch(session: AsyncSession, statement: Select[Any]) -> list[RecordedInteraction]:
    return [interaction_of(dict(row)) for row in (await session.execute(statement)).mappings()]
