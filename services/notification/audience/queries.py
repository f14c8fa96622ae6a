"""Reading what is known of customers."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.audience.localities import REGION, Locality
from services.notification.audience.models import Complaint, Customer, Score
from services.notification.audience.profile import parse_permission
from services.notification.audience.repository.members import load_members
from services.notification.audience.schemas import AudienceRead, OpenComplaintRead, PermissionRead
from services.notification.audience.traits import CONDITION_COLUMNS
from services.notification.policy import CarePolicy
from services.notification.values import Member, MemberState
from shared.conditions.condition import Condition
from shared.conditions.sql import to_sql
from shared.contracts.common import Channel
from shared.db.session import driver
from shared.errors import NotFound

_BEFORE_ALL = UUID(int=0)
_LOCALITIES = f"""
WITH RECURSIVE found AS (
  (SELECT time_zone, {REGION} AS region FROM customers WHERE state = 'known' ORDER BY time_zone, {REGION} LIMIT 1)
  UNION ALL
  SELECT beyond.* FROM found, LATERAL (
    SELECT time_zone, {REGION} FROM customers
    WHERE state = 'known' AND (time_zone, {REGION}) > (found.time_zone, found.region)
    ORDER BY time_zone, {REGION} LIMIT 1
  ) AS beyond
)
SELECT time_zone, region FROM found
"""  # noqa: S608 - constants


class Portion(NamedTuple):
    """Customers of a portion that match, and where the next one begins; None when this was the last."""

    matching: list[UUID]
    last: UUID | None


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


async def list_localities(session: AsyncSession) -> list[Locality]:
    """Where the known customers live: one step in an index for each locality, however many live there."""
    connection = await driver(session)
    return [Locality(row["time_zone"], row["region"]) for row in await connection.fetch(_LOCALITIES)]


async def find_matching_in(
    session: AsyncSession,
    locality: Locality,
    condition: Condition,
    *,
    at: datetime,
    after: UUID | None,
    limit: int,
) -> Portion:
    """Of the next `limit` known customers of a locality, those for whom a condition over profiles and scores holds."""
    sql = to_sql(condition, CONDITION_COLUMNS, at, first_parameter=5)
    connection = await driver(session)
    rows = await connection.fetch(
        f"SELECT c.customer_id, {sql.text} AS holds FROM ("  # noqa: S608 - to_sql binds
        f"SELECT * FROM customers WHERE state = 'known' AND time_zone = $1 AND {REGION} = $2 AND customer_id > $3 "
        "ORDER BY customer_id LIMIT $4) AS c LEFT JOIN scores AS s USING (customer_id) ORDER BY c.customer_id",
        *locality,
        after or _BEFORE_ALL,
        limit,
        *sql.parameters,
    )
    return Portion(
        matching=[row["customer_id"] for row in rows if row["holds"]],
        last=rows[-1]["customer_id"] if len(rows) == limit else None,
    )


async def list_living_in(
    session: AsyncSession, localities: Collection[Locality], *, start: UUID | None, limit: int
) -> list[tuple[UUID, Locality]]:
    """The first `limit` known customers of these localities, by id, from `start` on."""
    connection = await driver(session)
    rows = await connection.fetch(
        "SELECT one.customer_id, place.time_zone, place.region "  # noqa: S608 - constants
        "FROM unnest($1::text[], $2::text[]) AS place(time_zone, region), LATERAL ("
        f"SELECT customer_id FROM customers WHERE state = 'known' AND time_zone = place.time_zone "
        f"AND {REGION} = place.region AND customer_id >= $3 ORDER BY customer_id LIMIT $4) AS one "
        "ORDER BY one.customer_id LIMIT $4",
        [one.time_zone for one in localities],
        [one.region for one in localities],
        start or _BEFORE_ALL,
        limit,
    )
    return [(row["customer_id"], Locality(row["time_zone"], row["region"])) for row in rows]


async def count_living_in(session: AsyncSession, locality: Locality, *, after: UUID | None) -> int:
    """How many known customers of a locality come after one, by id."""
    connection = await driver(session)
    counted = await connection.fetchval(
        f"SELECT count(*) FROM customers WHERE state = 'known' AND time_zone = $1 AND {REGION} = $2 "  # noqa: S608
        "AND customer_id > $3",
        *locality,
        after or _BEFORE_ALL,
    )
    return int(counted)


async def find_locality(session: AsyncSession, customer_id: UUID) -> Locality | None:
    """Where a customer lives; None where its profile is not known."""
    connection = await driver(session)
    row = await connection.fetchrow(
        f"SELECT time_zone, {REGION} AS region FROM customers "  # noqa: S608 - constants
        "WHERE state = 'known' AND customer_id = $1",
        customer_id,
    )
    return None if row is None else Locality(row["time_zone"], row["region"])


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
