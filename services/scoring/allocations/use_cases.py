"""Sharing out a supply among scored customers, and keeping how it was done."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import insert

from services.scoring.allocations.allocation import MOST_CUSTOMERS, AbcClass, Candidate, Measure, Share, allocate
from services.scoring.allocations.models import Allocation, AllocationLine
from services.scoring.policies.policy import Policy
from services.scoring.scores import queries as scores
from shared.errors import InvalidInput
from shared.ids import uuid7


@dataclass(frozen=True, slots=True)
class Wish:
    customer_id: UUID
    wanted: int | None


@dataclass(frozen=True, slots=True)
class Supply:
    """What is shared out among those who wish, or (None) among all customers that have a class."""

    name: str
    units: int
    measure: Measure
    wishes: Sequence[Wish] | None


async def share_out(
    session: AsyncSession, *, supply: Supply, policy: Policy, created_by: str, created_at: datetime
) -> Allocation:
    """Who has no class yet is left out and counted. Raises InvalidInput when nobody is left, or too many are."""
    candidates, left_out = await _candidates(session, supply)
    # In a thread: exact fractions of twenty thousand customers would hold up every other request for a second.
    shares = await asyncio.to_thread(allocate, supply.units, candidates, policy.allocation)
    kept = Allocation(
        allocation_id=uuid7(),
        name=supply.name,
        supply=supply.units,
        allocated=sum(share.units for share in shares),
        customers=len(shares),
        left_out=left_out,
        measure=supply.measure,
        rule=asdict(policy.allocation) | {"value_share": str(policy.allocation.value_share)},
        policy_version=policy.version,
        created_at=created_at,
        created_by=created_by,
    )
    session.add(kept)
    await session.flush()
    lines = [_line(kept.allocation_id, *ranked) for ranked in enumerate(shares, 1)]
    await session.execute(insert(AllocationLine), lines)
    return kept


async def _candidates(session: AsyncSession, supply: Supply) -> tuple[list[Candidate], int]:
    wanted = {wish.customer_id: wish.wanted for wish in supply.wishes or ()}
    worth = await scores.list_worth(session, None if supply.wishes is None else list(wanted), limit=MOST_CUSTOMERS + 1)
    if len(worth) > MOST_CUSTOMERS:
        raise InvalidInput(
            f"more than {MOST_CUSTOMERS} customers have a class; name those who are to share",
            code="too_many_candidates",
            field="customers",
        )
    candidates = [
        Candidate(one.customer_id, cast(AbcClass, one.abc_class), value or 0, wanted.get(one.customer_id))
        for one in worth
        if one.abc_class is not None
        for value in [one.realised_value if supply.measure == "realised_value" else one.current_value]
    ]
    if not candidates:
        raise InvalidInput(
            "none of these customers has an ABC class yet: it comes with the first purchase and a portfolio "
            "(POST /v1/portfolio)",
            code="no_candidates",
            field="customers",
        )
    return candidates, max(len(wanted) - len(candidates), 0)


def _line(allocation_id: UUID, rank: int, share: Share) -> dict[str, object]:
    return {
        "allocation_id": allocation_id,
        "rank": rank,
        "customer_id": share.candidate.customer_id,
        "abc_class": share.candidate.abc,
        "value": share.candidate.value,
        "wanted": share.candidate.wanted,
        "units": share.units,
        "minimum": share.minimum,
        "weight": round(float(share.weight), 6),
        "limited_by": share.limit,
    }
