"""SQL for contacts, and what their rows say."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.customer.contacts.contact import ContactDetails
from services.customer.contacts.models import Contact
from shared.contracts.customer import Birthday, BuyingRole, ContactPoint, ImportantDate, ProfileContact


async def find_contact(session: AsyncSession, customer_id: UUID, contact_id: UUID) -> Contact | None:
    found: Contact | None = await session.scalar(
        select(Contact).where(col(Contact.customer_id) == customer_id, col(Contact.contact_id) == contact_id)
    )
    return found


async def load_active(session: AsyncSession, customer_id: UUID) -> Sequence[Contact]:
    """The main contact first, then by when they were added."""
    query = select(Contact).where(col(Contact.customer_id) == customer_id, col(Contact.left_at).is_(None))
    return list(await session.scalars(query.order_by(col(Contact.main).desc(), col(Contact.contact_id))))


async def count_left(session: AsyncSession, customer_id: UUID) -> int:
    query = select(func.count()).where(col(Contact.customer_id) == customer_id, col(Contact.left_at).is_not(None))
    return int(await session.scalar(query) or 0)


def details_of(row: Contact) -> ContactDetails:
    return ContactDetails(
        given_name=row.given_name,
        family_name=row.family_name,
        full_name=row.full_name,
        role=BuyingRole(row.role),
        position=row.position,
        language=row.language,
        birthday=Birthday.model_validate(row.birthday) if row.birthday else None,
        contact_points=tuple(ContactPoint.model_validate(point) for point in row.contact_points),
        important_dates=tuple(ImportantDate.model_validate(one) for one in row.important_dates),
        note=row.note,
    )


def values_of(details: ContactDetails) -> dict[str, Any]:
    birthday = details.birthday
    return {
        "given_name": details.given_name,
        "family_name": details.family_name,
        "full_name": details.full_name,
        "role": details.role.value,
        "position": details.position,
        "language": details.language,
        "birthday": birthday.model_dump(mode="json", exclude_none=True) if birthday else None,
        "contact_points": [one.model_dump(mode="json", exclude_none=True) for one in details.contact_points],
        "important_dates": [one.model_dump(mode="json", exclude_none=True) for one in details.important_dates],
        "note": details.note,
    }


def published(row: Contact) -> ProfileContact:
    """The contact as the profile tells of it; what staff noted of it stays here."""
    details = details_of(row)
    return ProfileContact(
        contact_id=row.contact_id,
        display_name=row.display_name,
        role=details.role,
        position=details.position,
        main=row.main,
        language=details.language,
        birthday=details.birthday,
        contact_points=details.contact_points,
        important_dates=details.important_dates,
    )
