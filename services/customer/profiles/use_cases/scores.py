"""Keeping what scoring says of customers, for lists to show and filter by."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.profiles import repository
from shared.contracts.scoring import ScoreChanged


async def keep_scores(session: AsyncSession, scores: Iterable[ScoreChanged]) -> None:
    """The latest per customer by `as_of`: one that is told again later, out of its turn, changes nothing."""
    latest: dict[str, ScoreChanged] = {}
    for score in scores:
        key = str(score.customer_id)
        if key not in latest or latest[key].as_of <= score.as_of:
            latest[key] = score
    await repository.upsert_scores(session, [_row(score) for score in latest.values()])


def _row(score: ScoreChanged) -> dict[str, Any]:
    return {
        "customer_id": score.customer_id,
        "abc_class": score.abc_class.value if score.abc_class else None,
        "lifecycle_stage": score.lifecycle_stage.value,
        "loyalty_level": score.loyalty_level.value,
        "as_of": score.as_of,
    }
