"""Reading contacts."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.customer.contacts.models import Contact
from services.customer.contacts.repository import find_contact
from services.customer.contacts.schemas import ContactRead
from services.customer.profiles.queries import get_customer
from shared.errors import NotFound
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor


async def get_contact(session: AsyncSession, customer_id: UUID, contact_id: UUID) -> Contact:
    """Raises NotFound."""
    contact = await find_contact(session, customer_id, contact_id)
    if contact is None:
        raise NotFound(f"customer {customer_id} has no contact {contact_id}", code="contact_unknown")
    return contact


async def list_contacts(
    session: AsyncSession, customer_id: UUID, page: PageParams, *, include_left: bool
) -> Page[ContactRead]:
    """By when they were added. Raises NotFound for an unknown customer."""
    await get_customer(session, customer_id)
    query = select(Contact).where(col(Contact.customer_id) == customer_id)
    if not include_left:
        query = query.where(col(Contact.left_at).is_(None))
    if page.cursor is not None:
        (last,) = decode_cursor(page.cursor, UUID)
        query = query.where(col(Contact.contact_id) > last)
    rows = list(await session.scalars(query.order_by(col(Contact.contact_id)).limit(page.limit + 1)))
    items = [ContactRead.model_validate(row) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=items, next_cursor=encode_cursor(items[-1].contact_id) if more else None)
