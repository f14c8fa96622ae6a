"""The identities of a customer in other systems, as sub-resources.

They ask for no If-Match: each states one fact by itself, and statements about different ids do not disturb each other.
"""

from services.customer.parameters import CustomerId, Writer
from services.customer.profiles.api.parameters import EXTERNAL_ID_PATH, AnnouncerDep, ExternalIdDep
from services.customer.profiles.queries import customer_read
from services.customer.profiles.schemas.responses import CustomerRead
from services.customer.profiles.use_cases import changes
from shared.service import ClockDep
from shared.web.etag import ETagDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers/{customer_id}/external-ids", tags=["external ids"])


@router.put(f"/{EXTERNAL_ID_PATH}")
async def link_external_id(
    customer_id: CustomerId,
    identity: ExternalIdDep,
    session: SessionDep,
    announcer: AnnouncerDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Writer,
) -> CustomerRead:
    """Says that this customer is known over there by this id. Repeating it changes nothing."""
    record = await changes.link_external_id(
        session, customer_id, identity, announcer=announcer, now=clock.now(), changed_by=principal.subject
    )
    etag.set(record.version)
    return customer_read(record)


@router.delete(f"/{EXTERNAL_ID_PATH}")
async def unlink_external_id(
    customer_id: CustomerId,
    identity: ExternalIdDep,
    session: SessionDep,
    announcer: AnnouncerDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Writer,
) -> CustomerRead:
    """Takes the id from this customer, so that another may have it. The customer as it is now comes back."""
    record = await changes.unlink_external_id(
        session, customer_id, identity, announcer=announcer, now=clock.now(), changed_by=principal.subject
    )
    etag.set(record.version)
    return customer_read(record)
