"""Taking a snapshot of the portfolio."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts import queries as facts
from services.scoring.facts.measures import Measures
from services.scoring.policies.policy import Policy
from services.scoring.portfolio.growth import EVERYBODY, YEAR_DAYS, YearlyMarks, YearTable
from services.scoring.portfolio.models import StoredPortfolio
from services.scoring.portfolio.portfolio import Distribution, Portfolio, compute_portfolio

_PAGE: Final = 2000
"""Customers read at once."""


async def take_snapshot(
    session: AsyncSession, *, policy: Policy, measures: Measures, computed_at: datetime
) -> StoredPortfolio | None:
    """None, and nothing stored, while there are fewer buyers than the policy asks for."""
    portfolio = await _compute(session, policy, measures.day(computed_at))
    if portfolio is None:
        return None
    stored = StoredPortfolio(policy_version=policy.version, computed_at=computed_at, figures=asdict(portfolio))
    session.add(stored)
    await session.flush()
    return stored


async def _compute(session: AsyncSession, policy: Policy, today: int) -> Portfolio | None:
    last_days = await facts.count_values(session, "last_day")
    silence = [(max(today - day, 0), customers) for day, customers in reversed(last_days)]
    return compute_portfolio(
        realised=_distribution(await facts.count_values(session, "realised")),
        purchase_days=_distribution(await facts.count_values(session, "purchase_days")),
        silence=_distribution(silence),
        policy=policy.portfolio,
        year=await _mark_year(session, policy, today),
    )


async def _mark_year(session: AsyncSession, policy: Policy, today: int) -> YearlyMarks:
    """Reads everybody who bought within the last twelve months, in pages; their arithmetic runs in a thread."""
    table, after = YearTable(), None
    while buyers := await facts.list_buyers_since(session, today - YEAR_DAYS + 1, after=after, limit=_PAGE):
        for statistics in buyers.values():
            table.add(statistics, EVERYBODY, today)
        after = max(buyers)
    return await asyncio.to_thread(table.mark, policy.growth, policy.quadrants)


def _distribution(rows: Sequence[tuple[int, ...]]) -> Distribution:
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Distribution(values=table[:, 0], customers=table[:, 1])
