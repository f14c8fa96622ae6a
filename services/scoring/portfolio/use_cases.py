"""Taking a snapshot of the portfolio."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts import queries as facts
from services.scoring.facts.measures import Measures
from services.scoring.facts.queries import ValueFigure
from services.scoring.facts.statistics import Statistics
from services.scoring.policies.policy import Policy
from services.scoring.portfolio.growth import YEAR_DAYS, YearlyMarks, YearTable, group_of
from services.scoring.portfolio.models import StoredPortfolio
from services.scoring.portfolio.portfolio import Distribution, Portfolio, compute_portfolio

_PAGE: Final = 2000
"""Customers read at once."""

CountValues = Callable[[AsyncSession, ValueFigure], Awaitable[Sequence[tuple[int, ...]]]]
"""(value, customers) over all customers with a purchase, by rising value."""

ListBuyers = Callable[[AsyncSession, int, UUID | None, int], Awaitable[dict[UUID, Statistics]]]
"""Who bought since a day, the next ones after a customer up to a number."""


async def _list_buyers(session: AsyncSession, since: int, after: UUID | None, limit: int) -> dict[UUID, Statistics]:
    return await facts.list_buyers_since(session, since, after=after, limit=limit)


async def take_snapshot(
    session: AsyncSession, *, policy: Policy, measures: Measures, computed_at: datetime
) -> StoredPortfolio | None:
    """None, and nothing stored, while there are fewer buyers than the policy asks for."""
    portfolio = await compute_anew(session, policy=policy, today=measures.day(computed_at))
    if portfolio is None:
        return None
    stored = StoredPortfolio(policy_version=policy.version, computed_at=computed_at, figures=asdict(portfolio))
    session.add(stored)
    await session.flush()
    return stored


async def compute_anew(
    session: AsyncSession,
    *,
    policy: Policy,
    today: int,
    count: CountValues = facts.count_values,
    list_buyers: ListBuyers = _list_buyers,
) -> Portfolio | None:
    """What a snapshot would hold today; `count` and `list_buyers` tell of all customers, by default as they are."""
    last_days = await count(session, "last_day")
    silence = [(max(today - day, 0), customers) for day, customers in reversed(last_days)]
    return compute_portfolio(
        realised=_distribution(await count(session, "realised")),
        purchase_days=_distribution(await count(session, "purchase_days")),
        silence=_distribution(silence),
        policy=policy.portfolio,
        year=await _mark_year(session, policy, today, list_buyers),
    )


async def _mark_year(session: AsyncSession, policy: Policy, today: int, list_buyers: ListBuyers) -> YearlyMarks:
    """Reads everybody who bought within the last twelve months, in pages; their arithmetic runs in a thread."""
    table, after = YearTable(Measures(policy)), None
    while buyers := await list_buyers(session, today - YEAR_DAYS + 1, after, _PAGE):
        for statistics in buyers.values():
            table.add(statistics, group_of(statistics, policy.growth.peer_dimension), today)
        after = max(buyers)
    return await asyncio.to_thread(table.mark, policy.growth, policy.quadrants)


def _distribution(rows: Sequence[tuple[int, ...]]) -> Distribution:
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Distribution(values=table[:, 0], customers=table[:, 1])
