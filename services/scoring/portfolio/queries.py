"""Reads of portfolio snapshots."""

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from services.scoring.portfolio.models import StoredPortfolio
from services.scoring.portfolio.portfolio import Portfolio
from shared.errors import NotFound

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


async def find_version(session: AsyncSession, at: datetime | None = None) -> int | None:
    """The version of the snapshot in force, now or at an earlier instant; None where there was none."""
    computed = select(func.max(StoredPortfolio.version))
    if at is not None:
        computed = computed.where(col(StoredPortfolio.computed_at) <= at)
    return await session.scalar(computed)


async def is_due(session: AsyncSession, now: datetime, *, every: timedelta) -> bool:
    """Whether none has been taken since the last multiple of `every` from 1970 on."""
    newest = await session.scalar(select(func.max(StoredPortfolio.computed_at)))
    return newest is None or newest < now - (now - _EPOCH) % every


async def read_portfolio(session: AsyncSession, version: int) -> Portfolio:
    row = await session.get_one(StoredPortfolio, version)
    return msgspec.convert(row.figures, Portfolio)


async def get_newest(session: AsyncSession) -> StoredPortfolio:
    version = await find_version(session)
    if version is None:
        raise NotFound(
            "no portfolio has been computed yet, since there are too few customers with a purchase; "
            "POST /v1/portfolio computes one as soon as there are enough",
            code="portfolio_missing",
        )
    return await session.get_one(StoredPortfolio, version)
