"""Reading what customers decided themselves."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.preferences.models import PreferenceChange
from services.notification.preferences.schemas import PreferenceChangeRead
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor


async def list_changes(session: AsyncSession, customer_id: UUID, page: PageParams) -> Page[PreferenceChangeRead]:
    """The latest first."""
    query = select(PreferenceChange).where(col(PreferenceChange.customer_id) == customer_id)
    place = tuple_(col(PreferenceChange.at), col(PreferenceChange.change_id))
    if page.cursor is not None:
        query = query.where(place < tuple_(*decode_cursor(page.cursor, datetime, UUID)))
    query = query.order_by(col(PreferenceChange.at).desc(), col(PreferenceChange.change_id).desc())
    rows = list(await session.scalars(query.limit(page.limit + 1)))
    items = [PreferenceChangeRead.model_validate(row) for row in rows[: page.limit]]
    last = items[-1] if len(rows) > page.limit else None
    return Page(items=items, next_cursor=encode_cursor(last.at, last.change_id) if last else None)
