"""Reading abuse flags."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.customer.abuse.models import AbuseFlag
from services.customer.abuse.schemas import FlagRead
from services.customer.profiles.queries import get_customer
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor


async def list_flags(
    session: AsyncSession, customer_id: UUID, page: PageParams, *, active_only: bool
) -> Page[FlagRead]:
    """The last raised first. Raises NotFound for an unknown customer."""
    await get_customer(session, customer_id)
    query = select(AbuseFlag).where(col(AbuseFlag.customer_id) == customer_id)
    if active_only:
        query = query.where(col(AbuseFlag.cleared_at).is_(None))
    if page.cursor is not None:
        (last,) = decode_cursor(page.cursor, UUID)
        query = query.where(col(AbuseFlag.flag_id) < last)
    rows = list(await session.scalars(query.order_by(col(AbuseFlag.flag_id).desc()).limit(page.limit + 1)))
    items = [FlagRead.model_validate(row) for row in rows[: page.limit]]
    return Page(items=items, next_cursor=encode_cursor(items[-1].flag_id) if len(rows) > page.limit else None)
