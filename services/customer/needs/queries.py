"""Reading needs, SWOT analyses and the wallet."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.customer.needs.models import Need, SwotAnalysis
from services.customer.needs.repository import find_swot
from services.customer.needs.schemas import EstimateRead, NeedKind, NeedRead, NeedStatus, SwotRead, WalletRead
from services.customer.profiles.profile import CustomerRecord
from services.customer.profiles.queries import get_customer
from shared.contracts.inbound import Amount
from shared.money import Money, decimal_text
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor


async def list_needs(
    session: AsyncSession,
    customer_id: UUID,
    page: PageParams,
    *,
    kind: NeedKind | None,
    status: NeedStatus | None,
    contact_id: UUID | None,
) -> Page[NeedRead]:
    """Those that match, the last added first. Raises NotFound for an unknown customer."""
    await get_customer(session, customer_id)
    query = select(Need).where(col(Need.customer_id) == customer_id)
    if kind is not None:
        query = query.where(col(Need.kind) == kind.value)
    if status is not None:
        query = query.where(col(Need.status) == status.value)
    if contact_id is not None:
        query = query.where(col(Need.contact_id) == contact_id)
    if page.cursor is not None:
        (last,) = decode_cursor(page.cursor, UUID)
        query = query.where(col(Need.need_id) < last)
    rows = list(await session.scalars(query.order_by(col(Need.need_id).desc()).limit(page.limit + 1)))
    items = [NeedRead.model_validate(row) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=items, next_cursor=encode_cursor(items[-1].need_id) if more else None)


async def get_swot(session: AsyncSession, customer_id: UUID) -> SwotRead:
    """The present one, or the blank page. Raises NotFound for an unknown customer."""
    await get_customer(session, customer_id)
    found = await find_swot(session, customer_id)
    return SwotRead.model_validate(found) if found else SwotRead(customer_id=customer_id, version=0)


async def list_swots(session: AsyncSession, customer_id: UUID, page: PageParams) -> Page[SwotRead]:
    """Every version, the last first. Raises NotFound for an unknown customer."""
    await get_customer(session, customer_id)
    query = select(SwotAnalysis).where(col(SwotAnalysis.customer_id) == customer_id)
    if page.cursor is not None:
        (last,) = decode_cursor(page.cursor, int)
        query = query.where(col(SwotAnalysis.version) < last)
    rows = list(await session.scalars(query.order_by(col(SwotAnalysis.version).desc()).limit(page.limit + 1)))
    items = [SwotRead.model_validate(row) for row in rows[: page.limit]]
    return Page(items=items, next_cursor=encode_cursor(items[-1].version) if len(rows) > page.limit else None)


def wallet_read(record: CustomerRecord) -> WalletRead:
    return WalletRead(
        items=tuple(
            EstimateRead(
                category=one.category,
                yearly=Amount(
                    amount=decimal_text(Money(one.yearly.minor, one.yearly.currency)), currency=one.yearly.currency
                ),
                competitors=one.competitors,
                note=one.note,
                estimated_at=one.estimated_at,
                estimated_by=one.estimated_by,
            )
            for one in record.profile.wallet
        )
    )
