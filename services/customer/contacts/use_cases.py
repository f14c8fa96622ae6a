"""Contacts come, change and leave; the account's profile follows, under the account's lock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.contacts import repository
from services.customer.contacts.contact import MAX_ACTIVE, ContactDetails, checked
from services.customer.contacts.models import Contact
from services.customer.contacts.schemas import ContactChange, ContactCreate, ContactLeft
from services.customer.dates.use_cases import date_of
from services.customer.journal.use_cases import Entry
from services.customer.ownership.use_cases import hand_over_contact, name_successor
from services.customer.profiles.profile import CustomerRecord
from services.customer.profiles.use_cases.changes import keep_customer, lock_customer
from services.customer.profiles.use_cases.publication import Announcer
from services.customer.profiles.use_cases.values import birthday_of, contact_points_of
from shared.contracts.common import CustomerKind
from shared.errors import Conflict, NotFound, PreconditionFailed
from shared.ids import uuid7


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What every change of a contact needs beside itself."""

    announcer: Announcer
    handover_due: timedelta
    now: datetime
    changed_by: str


async def add_contact(
    session: AsyncSession, customer_id: UUID, wanted: ContactCreate, circumstances: Circumstances
) -> Contact:
    """Raises NotFound, Conflict when there are too many or the customer is a person, InvalidInput."""
    account = await _lock_account(session, customer_id)
    if len(account.profile.contacts) >= MAX_ACTIVE:
        raise Conflict(f"an account has at most {MAX_ACTIVE} active contacts", code="contacts_too_many")
    details = _checked(ContactDetails(**_values(wanted, wanted.model_dump().keys() - {"main"})), account, circumstances)
    now = circumstances.now
    contact = Contact(
        contact_id=uuid7(),
        customer_id=customer_id,
        version=1,
        display_name=details.display_name(account.profile.language),
        main=False,
        added_at=now,
        changed_at=now,
        **repository.values_of(details),
    )
    session.add(contact)
    await session.flush()
    if wanted.main:
        await _make_main(session, account, contact, circumstances)
    await _tell(session, account, circumstances, Entry(subject="contacts", after=_summary(contact)))
    return contact


async def change_contact(
    session: AsyncSession,
    customer_id: UUID,
    contact_id: UUID,
    change: ContactChange,
    circumstances: Circumstances,
    *,
    expected_version: int,
) -> Contact:
    """Raises NotFound, PreconditionFailed when it is at another version, InvalidInput, Conflict for one who left."""
    account = await _lock_account(session, customer_id)
    contact = await _active(session, customer_id, contact_id)
    if contact.version != expected_version:
        raise PreconditionFailed(
            f"the contact is at version {contact.version}, you change version {expected_version}; "
            "read it again and decide anew",
            code="version_conflict",
            field="If-Match",
            version=contact.version,
        )
    held, was = repository.details_of(contact), _summary(contact)
    after = _checked(replace(held, **_values(change, change.model_fields_set)), account, circumstances, known=held)
    if after == held:
        return contact
    for name, value in repository.values_of(after).items():
        setattr(contact, name, value)
    contact.display_name = after.display_name(account.profile.language)
    _touch(contact, circumstances)
    await _tell(session, account, circumstances, Entry(subject="contacts", before=was, after=_summary(contact)))
    return contact


async def let_contact_go(
    session: AsyncSession, customer_id: UUID, contact_id: UUID, left: ContactLeft, circumstances: Circumstances
) -> Contact:
    """The contact left. When it was the main one, its handover opens at once. Raises NotFound, Conflict."""
    account = await _lock_account(session, customer_id)
    contact = await _active(session, customer_id, contact_id)
    was, was_main = _summary(contact), contact.main
    contact.main, contact.left_at, contact.left_reason = False, circumstances.now, left.reason
    _touch(contact, circumstances)
    if was_main:
        await _hand_over(session, account, circumstances, from_contact_id=contact_id, to_contact_id=None)
    entry = Entry(subject="contacts", before=was, after=_summary(contact), reason=left.reason)
    await _tell(session, account, circumstances, entry, main_left=was_main)
    return contact


async def name_main_contact(
    session: AsyncSession, customer_id: UUID, contact_id: UUID, circumstances: Circumstances
) -> Contact:
    """Raises NotFound, or Conflict for one who left. Naming the same again changes nothing."""
    account = await _lock_account(session, customer_id)
    contact = await _active(session, customer_id, contact_id)
    if not contact.main:
        was = account.profile.main_contact
        await _make_main(session, account, contact, circumstances)
        before = {"contact_id": str(was.contact_id)} if was else None
        entry = Entry(subject="main_contact", before=before, after={"contact_id": str(contact_id)})
        await _tell(session, account, circumstances, entry)
    return contact


async def _make_main(
    session: AsyncSession, account: CustomerRecord, contact: Contact, circumstances: Circumstances
) -> None:
    former = account.profile.main_contact
    if former is not None:
        row = await _active(session, account.customer_id, former.contact_id)
        row.main = False
        _touch(row, circumstances)
        await session.flush()  # before the new one: an account has one main contact at most
        await _hand_over(
            session, account, circumstances, from_contact_id=former.contact_id, to_contact_id=contact.contact_id
        )
    else:
        await name_successor(session, account.customer_id, contact.contact_id)
    contact.main = True
    _touch(contact, circumstances)
    await session.flush()


async def _hand_over(
    session: AsyncSession,
    account: CustomerRecord,
    circumstances: Circumstances,
    *,
    from_contact_id: UUID,
    to_contact_id: UUID | None,
) -> None:
    await hand_over_contact(
        session,
        account,
        from_contact_id=from_contact_id,
        to_contact_id=to_contact_id,
        announcer=circumstances.announcer,
        handover_due=circumstances.handover_due,
        now=circumstances.now,
        changed_by=circumstances.changed_by,
    )


async def _tell(
    session: AsyncSession,
    account: CustomerRecord,
    circumstances: Circumstances,
    entry: Entry,
    *,
    main_left: bool = False,
) -> None:
    """The account's profile with its contacts as they are now."""
    await session.flush()
    active = await repository.load_active(session, account.customer_id)
    profile = replace(
        account.profile,
        contacts=tuple(repository.published(row) for row in active),
        contacts_left=await repository.count_left(session, account.customer_id),
        main_contact_left_at=circumstances.now if main_left else account.profile.main_contact_left_at,
    )
    await keep_customer(
        session,
        account,
        replace(account, profile=profile),
        announcer=circumstances.announcer,
        now=circumstances.now,
        changed_by=circumstances.changed_by,
        beside=[entry],
    )


async def _lock_account(session: AsyncSession, customer_id: UUID) -> CustomerRecord:
    account = await lock_customer(session, customer_id)
    if account.profile.kind is CustomerKind.PERSON:
        raise Conflict("a person has no contacts; they belong to organisations", code="contacts_of_person")
    return account


async def _active(session: AsyncSession, customer_id: UUID, contact_id: UUID) -> Contact:
    contact = await repository.find_contact(session, customer_id, contact_id)
    if contact is None:
        raise NotFound(f"customer {customer_id} has no contact {contact_id}", code="contact_unknown")
    if contact.left_at is not None:
        raise Conflict("this contact has left; add whoever is there now as a contact of its own", code="contact_left")
    return contact


def _checked(
    details: ContactDetails,
    account: CustomerRecord,
    circumstances: Circumstances,
    *,
    known: ContactDetails | None = None,
) -> ContactDetails:
    profile = account.profile
    today = circumstances.now.astimezone(ZoneInfo(profile.time_zone)).date()
    points = known.contact_points if known else ()
    return checked(details, region=profile.region, today=today, known_points=points)


def _values(given: ContactCreate | ContactChange, names: Any) -> Mapping[str, Any]:
    values = {name: getattr(given, name) for name in names}
    if "birthday" in values:
        values["birthday"] = birthday_of(given.birthday)
    if "contact_points" in values:
        values["contact_points"] = contact_points_of(given.contact_points)
    if "important_dates" in values:
        values["important_dates"] = tuple(date_of(one, uuid7()) for one in given.important_dates)
    return values


def _summary(contact: Contact) -> dict[str, Any]:
    """What the journal keeps of a contact: who and in which part, not how to reach them."""
    return {
        "contact_id": str(contact.contact_id),
        "role": contact.role,
        "position": contact.position,
        "main": contact.main,
        "active": contact.left_at is None,
    }


def _touch(contact: Contact, circumstances: Circumstances) -> None:
    contact.version += 1
    contact.changed_at = circumstances.now
