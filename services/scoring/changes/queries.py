"""Reads of the feed of changed customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.changes import repository
from services.scoring.changes.follower import Follower


@dataclass(frozen=True, slots=True)
class Changes:
    """Some of what waits: to be forgotten by these ids; by customer whether all of it was silent."""

    change_ids: Sequence[int]
    customers: Mapping[UUID, bool]


async def read_changes(session: AsyncSession, follower: Follower, *, limit: int) -> Changes:
    """The oldest ones, of as many transactions as name `limit` customers or a few more."""
    rows = await repository.read(session, follower, limit)
    customers: dict[UUID, bool] = {}
    for _, customer_ids, silent in rows:
        for customer_id in customer_ids:
            customers[customer_id] = customers.get(customer_id, True) and silent
    return Changes([change_id for change_id, _, _ in rows], customers)


async def count_waiting(session: AsyncSession, follower: Follower) -> int:
    """Customers marked and not looked at yet, those marked twice counted twice."""
    return await repository.count(session, follower)
