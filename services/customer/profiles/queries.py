"""Reading customers: one, by any of its names, or a page of those that match."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.customer.profiles import repository
from services.customer.profiles.coverage import CoveragePolicy
from services.customer.profiles.lifecycle import Lifecycle
from services.customer.profiles.models import Customer, CustomerScore
from services.customer.profiles.profile import CustomerRecord
from services.customer.profiles.schemas.responses import CoverageRead, CustomerListed, CustomerRead, ScoreSummary
from services.customer.profiles.search_text import patterns_of
from shared.contracts.common import CustomerKind, ExternalId
from shared.contracts.customer import CoverageRisk
from shared.contracts.scoring import AbcClass, LifecycleStage
from shared.errors import NotFound
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFilter:
    """All that is given must hold."""

    kind: CustomerKind | None = None
    lifecycle: Lifecycle | None = None
    tag: str | None = None
    region: str | None = None
    language: str | None = None
    abc_class: AbcClass | None = None
    lifecycle_stage: LifecycleStage | None = None
    owner_id: str | None = None
    key_account: bool | None = None
    q: str | None = None


def customer_read(record: CustomerRecord) -> CustomerRead:
    return CustomerRead.model_validate(_fields_of(record))


async def get_customer(session: AsyncSession, customer_id: UUID) -> CustomerRecord:
    """Raises NotFound."""
    record = await repository.find_customer(session, customer_id)
    if record is None:
        raise NotFound(f"there is no customer {customer_id}", code="customer_unknown")
    return record


async def get_customer_by_external_id(session: AsyncSession, identity: ExternalId) -> CustomerRecord:
    """Raises NotFound."""
    holder = (await repository.find_holders(session, [identity])).get(identity)
    if holder is None:
        raise NotFound(
            f"no customer has the external id `{identity.id}` of `{identity.source}`", code="external_id_unknown"
        )
    return await get_customer(session, holder)


async def list_customers(session: AsyncSession, wanted: CustomerFilter, page: PageParams) -> Page[CustomerListed]:
    """The newest first. A page goes on below the last id seen, so rows that come meanwhile shift nothing."""
    query = _matching(wanted)
    if page.cursor is not None:
        (last,) = decode_cursor(page.cursor, UUID)
        query = query.where(col(Customer.customer_id) < last)
    query = query.order_by(col(Customer.customer_id).desc()).limit(page.limit + 1)
    rows = (await session.execute(query)).all()
    shown = rows[: page.limit]
    identities = await repository.identities_of(session, [row.customer_id for row, _ in shown])
    items = [_listed(repository.record_of(row, identities.get(row.customer_id, ())), score) for row, score in shown]
    more = len(rows) > page.limit
    return Page(items=items, next_cursor=encode_cursor(items[-1].customer_id) if more else None)


async def list_coverage_risks(
    session: AsyncSession,
    page: PageParams,
    *,
    policy: CoveragePolicy,
    risk: CoverageRisk | None,
    owner_id: str | None,
    key_account: bool | None,
) -> Page[CoverageRead]:
    """Accounts with a risk, the newest first."""
    few = col(Customer.active_contacts) < policy.min_contacts
    headless = col(Customer.key_account) & (col(Customer.executive_contacts) < policy.min_executives)
    wanted = {None: few | headless, CoverageRisk.TOO_FEW_CONTACTS: few, CoverageRisk.NO_EXECUTIVE: headless}[risk]
    query = select(Customer).where(col(Customer.kind) == CustomerKind.ORGANISATION.value, wanted)
    if owner_id is not None:
        query = query.where(col(Customer.owner_id) == owner_id)
    if key_account is not None:
        query = query.where(col(Customer.key_account).is_(key_account))
    if page.cursor is not None:
        (last,) = decode_cursor(page.cursor, UUID)
        query = query.where(col(Customer.customer_id) < last)
    rows = list(await session.scalars(query.order_by(col(Customer.customer_id).desc()).limit(page.limit + 1)))
    items = [_covered(row, policy) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=items, next_cursor=encode_cursor(items[-1].customer_id) if more else None)


def _covered(row: Customer, policy: CoveragePolicy) -> CoverageRead:
    risks = policy.risks_of(
        kind=CustomerKind(row.kind),
        key_account=row.key_account,
        contacts=row.active_contacts,
        executives=row.executive_contacts,
    )
    return CoverageRead.model_validate({**row.model_dump(), "risks": risks})


def _matching(wanted: CustomerFilter) -> Select[Customer, CustomerScore | None]:
    query = select(Customer, CustomerScore).outerjoin(
        CustomerScore, col(CustomerScore.customer_id) == col(Customer.customer_id)
    )
    equal = {
        Customer.kind: wanted.kind,
        Customer.lifecycle: wanted.lifecycle,
        Customer.region: wanted.region,
        Customer.language: wanted.language,
        Customer.owner_id: wanted.owner_id,
        CustomerScore.abc_class: wanted.abc_class,
        CustomerScore.lifecycle_stage: wanted.lifecycle_stage,
    }
    if wanted.key_account is not None:
        query = query.where(col(Customer.key_account).is_(wanted.key_account))
    for column, value in equal.items():
        if value is not None:
            query = query.where(col(column) == str(value))
    if wanted.tag is not None:
        query = query.where(col(Customer.tags).contains([wanted.tag]))
    for pattern in patterns_of(wanted.q or ""):
        query = query.where(col(Customer.search_text).like(pattern))
    return query


def _listed(record: CustomerRecord, score: CustomerScore | None) -> CustomerListed:
    summary = ScoreSummary.model_validate(score) if score is not None else None
    return CustomerListed.model_validate(_fields_of(record) | {"score": summary})


def _fields_of(record: CustomerRecord) -> dict[str, Any]:
    """A customer's fields side by side, as they are shown."""
    profile = record.profile
    return {name: getattr(profile, name, None) for name in CustomerRead.model_fields} | {
        "customer_id": record.customer_id,
        "version": record.version,
        "external_ids": record.external_ids,
        "registered_at": record.registered_at,
        "changed_at": record.changed_at,
    }
