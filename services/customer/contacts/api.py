"""Contacts of organisations, as sub-resources of their account."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Response

from services.customer.contacts import queries, use_cases
from services.customer.contacts.schemas import ContactChange, ContactCreate, ContactLeft, ContactRead, MainContactNamed
from services.customer.contacts.use_cases import Circumstances
from services.customer.parameters import CustomerId, HandoverDueDep, Reader, Writer
from services.customer.telling import AnnouncerDep
from shared.service import ClockDep
from shared.web.etag import ETagDep, ExpectedVersion
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers/{customer_id}", tags=["contacts"])
ContactId = Annotated[UUID, Path(description="the contact's id")]


async def _circumstances(
    announcer: AnnouncerDep, handover_due: HandoverDueDep, clock: ClockDep, principal: Writer
) -> Circumstances:
    return Circumstances(announcer=announcer, handover_due=handover_due, now=clock.now(), changed_by=principal.subject)


CircumstancesDep = Annotated[Circumstances, Depends(_circumstances)]


@router.post("/contacts", status_code=201)
async def add_contact(
    customer_id: CustomerId,
    wanted: ContactCreate,
    session: SessionDep,
    circumstances: CircumstancesDep,
    etag: ETagDep,
    response: Response,
) -> ContactRead:
    """Adds a contact to an organisation."""
    contact = await use_cases.add_contact(session, customer_id, wanted, circumstances)
    etag.set(contact.version)
    response.headers["Location"] = f"/v1/customers/{customer_id}/contacts/{contact.contact_id}"
    return ContactRead.model_validate(contact)


@router.get("/contacts")
async def list_contacts(
    customer_id: CustomerId,
    session: SessionDep,
    page: PageDep,
    _principal: Reader,
    include_left: Annotated[bool, Query(description="those who left, too")] = False,
) -> Page[ContactRead]:
    """Contacts of an organisation, by when they were added."""
    return await queries.list_contacts(session, customer_id, page, include_left=include_left)


@router.get("/contacts/{contact_id}")
async def read_contact(
    customer_id: CustomerId, contact_id: ContactId, session: SessionDep, etag: ETagDep, _principal: Reader
) -> ContactRead:
    """One contact, also if it left."""
    contact = await queries.get_contact(session, customer_id, contact_id)
    etag.set(contact.version)
    return ContactRead.model_validate(contact)


@router.patch("/contacts/{contact_id}")
async def change_contact(
    customer_id: CustomerId,
    contact_id: ContactId,
    change: ContactChange,
    version: ExpectedVersion,
    session: SessionDep,
    circumstances: CircumstancesDep,
    etag: ETagDep,
) -> ContactRead:
    """Changes what is sent."""
    contact = await use_cases.change_contact(
        session, customer_id, contact_id, change, circumstances, expected_version=version
    )
    etag.set(contact.version)
    return ContactRead.model_validate(contact)


@router.post("/contacts/{contact_id}/leave")
async def let_contact_go(
    customer_id: CustomerId,
    contact_id: ContactId,
    left: ContactLeft,
    session: SessionDep,
    circumstances: CircumstancesDep,
    etag: ETagDep,
) -> ContactRead:
    """Says that the contact left. It stays readable; when it was the main contact, a handover opens."""
    contact = await use_cases.let_contact_go(session, customer_id, contact_id, left, circumstances)
    etag.set(contact.version)
    return ContactRead.model_validate(contact)


@router.put("/main-contact")
async def name_main_contact(
    customer_id: CustomerId,
    named: MainContactNamed,
    session: SessionDep,
    circumstances: CircumstancesDep,
    etag: ETagDep,
) -> ContactRead:
    """Makes one of the active contacts the main one. A change opens a handover."""
    contact = await use_cases.name_main_contact(session, customer_id, named.contact_id, circumstances)
    etag.set(contact.version)
    return ContactRead.model_validate(contact)
