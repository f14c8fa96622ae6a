"""Taking a snapshot of the portfolio."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts import queries as facts
from services.scoring.facts.measures import Measures
from services.scoring.policies.policy import Policy
from services.scoring.portfolio.models import StoredPortfolio
from services.scoring.portfolio.portfolio import Distribution, Portfolio, compute_portfolio


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
    )


def _distribution(rows: Sequence[tuple[int, ...]]) -> Distribution:
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Distribution(values=table[:, 0], customers=table[:, 1])
