"""Recording decisions on consents: each is kept as evidence, the latest stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.consents import repository
from services.customer.consents.decisions import check_time_of, find_standing, not_ahead, standing_consents
from shared.contracts.common import Channel, Purpose
from shared.contracts.customer import Consent

_INSTANT = timedelta(microseconds=1)
"""The least by which a later decision is later."""


def settle_first(decisions: Sequence[Consent], *, now: datetime) -> tuple[Consent, ...]:
    """What stands of the decisions a new customer brings along. Raises InvalidInput for an impossible time."""
    for index, decision in enumerate(decisions):
        check_time_of(decision, now=now, field=f"consents[{index}].at")
    return standing_consents(decisions)


async def record_first(
    session: AsyncSession, decisions: Mapping[UUID, Sequence[Consent]], *, now: datetime, recorded_by: str
) -> None:
    """Keeps what new customers brought along, as it was given."""
    await repository.append_decisions(session, decisions, recorded_at=now, recorded_by=recorded_by)


async def record_decision(
    session: AsyncSession,
    *,
    customer_id: UUID,
    standing: Sequence[Consent],
    channel: Channel,
    purpose: Purpose,
    granted: bool,
    at: datetime | None,
    proof: str | None,
    now: datetime,
    recorded_by: str,
) -> tuple[Consent, ...]:
    """What stands afterwards. The decision is kept unless it says nothing new. The caller holds the customer's lock.

    One older than the decision that stands (it came late) is evidence too, but changes nothing. Raises InvalidInput
    for an impossible time.
    """
    held = find_standing(standing, channel, purpose)
    if at is None and held is not None:
        if held.granted == granted and proof in (None, held.proof):
            return tuple(standing)
        # Said now, hence after what stands, also within one instant or if that was said by a clock ahead of ours.
        decision = Consent(
            channel=channel, purpose=purpose, granted=granted, at=max(now, held.at + _INSTANT), proof=proof
        )
    else:
        decision = Consent(channel=channel, purpose=purpose, granted=granted, at=at or now, proof=proof)
        check_time_of(decision, now=now, field="at")
    await repository.append_decisions(session, {customer_id: [decision]}, recorded_at=now, recorded_by=recorded_by)
    return standing_consents([*standing, decision])


async def record_told(
    session: AsyncSession,
    *,
    customer_id: UUID,
    standing: Sequence[Consent],
    decisions: Sequence[Consent],
    now: datetime,
    recorded_by: str,
) -> tuple[Consent, ...]:
    """What stands after decisions that the customer made elsewhere. The caller holds the customer's lock."""
    told = [not_ahead(decision, now=now) for decision in decisions]
    await repository.append_decisions(session, {customer_id: told}, recorded_at=now, recorded_by=recorded_by)
    return standing_consents([*standing, *told])
