"""A customer's consents: deciding on one, and reading all that was ever decided.

Deciding asks for no If-Match: somebody who withdraws must not be told to try again.
"""

from services.customer.consents.queries import list_decisions
from services.customer.consents.schemas import ConsentDecisionRead
from services.customer.parameters import CustomerId, Reader, Writer
from services.customer.profiles.api.parameters import AnnouncerDep
from services.customer.profiles.queries import customer_read, get_customer
from services.customer.profiles.schemas.parts import ConsentDecided
from services.customer.profiles.schemas.responses import CustomerRead
from services.customer.profiles.use_cases import changes
from shared.contracts.common import Channel, Purpose
from shared.service import ClockDep
from shared.web.etag import ETagDep
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers/{customer_id}/consents", tags=["consents"])


@router.put("/{channel}/{purpose}")
async def decide_consent(
    customer_id: CustomerId,
    channel: Channel,
    purpose: Purpose,
    decided: ConsentDecided,
    session: SessionDep,
    announcer: AnnouncerDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Writer,
) -> CustomerRead:
    """Records a decision. The latest by `at` stands, in whatever order they come in."""
    record = await changes.decide_consent(
        session,
        customer_id,
        channel,
        purpose,
        decided,
        announcer=announcer,
        now=clock.now(),
        recorded_by=principal.subject,
    )
    etag.set(record.version)
    return customer_read(record)


@router.get("/history")
async def list_consent_decisions(
    customer_id: CustomerId,
    session: SessionDep,
    page: PageDep,
    _principal: Reader,
) -> Page[ConsentDecisionRead]:
    """Every decision ever recorded, with its proof, the last recorded first."""
    await get_customer(session, customer_id)
    return await list_decisions(session, customer_id, page)
