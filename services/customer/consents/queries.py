"""Reading the history of consents."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.customer.consents.models import ConsentDecision
from services.customer.consents.schemas import ConsentDecisionRead
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor


async def list_decisions(session: AsyncSession, customer_id: UUID, page: PageParams) -> Page[ConsentDecisionRead]:
    """Every decision of a customer, the last recorded first."""
    query = select(ConsentDecision).where(col(ConsentDecision.customer_id) == customer_id)
    if page.cursor is not None:
        (last,) = decode_cursor(page.cursor, int)
        query = query.where(col(ConsentDecision.decision_id) < last)
    query = query.order_by(col(ConsentDecision.decision_id).desc()).limit(page.limit + 1)
    rows = list(await session.scalars(query))
    items = [ConsentDecisionRead.model_validate(row) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=items, next_cursor=encode_cursor(rows[page.limit - 1].decision_id) if more else None)
