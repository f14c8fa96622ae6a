"""Reading what is known of customers."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.audience.models import Complaint, Customer, Score
from services.notification.audience.profile import parse_permission
from services.notification.audience.repository import load_members
from services.notification.audience.schemas import AudienceRead, OpenComplaintRead, PermissionRead
from services.notification.audience.traits import CONDITION_COLUMNS
from services.notification.policy import CarePolicy
from services.notification.values import Member, MemberState
from shared.conditions.condition import Condition
from shared.conditions.sql import to_sql
from shared.contracts.common import Channel
from shared.db.session import driver
from shared.errors import NotFound


async def count_known_customers(session: AsyncSession) -> int:
    known = select(func.count()).where(col(Customer.state) == MemberState.KNOWN.value)
    return await session.scalar(known) or 0


async def count_matching(session: AsyncSession, condition: Condition, *, at: datetime) -> int:
    """How many of the known customers a condition over profiles and scores holds for."""
    sql = to_sql(condition, CONDITION_COLUMNS, at)
    connection = await driver(session)
    counted = await connection.fetchval(
        "SELECT count(*) FROM customers AS c LEFT JOIN scores AS s USING (customer_id) "  # noqa: S608 - to_sql binds
        f"WHERE c.state = 'known' AND {sql.text}",
        *sql.parameters,
    )
    return int(counted)


async def load_known(
    session: AsyncSession, customer_ids: Collection[UUID], *, policy: CarePolicy
) -> dict[UUID, Member]:
    """Those of the customers whose profile is known; nothing is locked."""
    members = await load_members(session, customer_ids, quieting=policy.birthday.quieting_severities)
    return {one: member for one, member in members.items() if member.state is MemberState.KNOWN}


async def get_member(session: AsyncSession, customer_id: UUID, *, policy: CarePolicy) -> Member:
    """A customer whose profile is known. Raises NotFound."""
    members = await load_members(session, [customer_id], quieting=policy.birthday.quieting_severities)
    member = members.get(customer_id)
    if member is None or member.state is not MemberState.KNOWN:
        raise _unknown(customer_id)
    return member


async def find_member(session: AsyncSession, customer_id: UUID, *, policy: CarePolicy) -> Member | None:
    """A customer in whatever state, None for one never heard of."""
    members = await load_members(session, [customer_id], quieting=policy.birthday.quieting_severities)
    return members.get(customer_id)


async def get_audience(session: AsyncSession, customer_id: UUID) -> AudienceRead:
    """Raises NotFound for a customer never heard of."""
    customer = await session.get(Customer, customer_id)
    if customer is None:
        raise _unknown(customer_id)
    score = await session.get(Score, customer_id)
    complaints = await session.scalars(
        select(Complaint)
        .where(
            col(Complaint.customer_id) == customer_id,
            col(Complaint.opened_at).is_not(None),
            or_(col(Complaint.resolved_at).is_(None), col(Complaint.resolved_at) < col(Complaint.opened_at)),
        )
        .order_by(col(Complaint.opened_at))
    )
    permissions = sorted(map(parse_permission, customer.granted))
    return AudienceRead(
        customer_id=customer.customer_id,
        state=MemberState(customer.state),
        version=customer.version,
        is_person=customer.is_person,
        display_name=customer.display_name,
        language=customer.language,
        time_zone=customer.time_zone,
        email=customer.email,
        addresses={Channel(channel): address for channel, address in customer.addresses.items()},
        granted=[PermissionRead(channel=channel, purpose=purpose) for channel, purpose in permissions],
        loyalty_level=score.loyalty_level if score else None,
        lifecycle_stage=score.lifecycle_stage if score else None,
        abc_class=score.abc_class if score else None,
        open_complaints=[OpenComplaintRead.model_validate(complaint) for complaint in complaints],
    )


def _unknown(customer_id: UUID) -> NotFound:
    return NotFound(
        f"no profile of customer {customer_id} has arrived here; it comes when the customer service publishes it",
        code="customer_unknown",
    )
