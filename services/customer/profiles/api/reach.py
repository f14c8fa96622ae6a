"""What becomes of a customer's contact points: verified, bounced, opted out.

Reporting asks for no If-Match: who tells of a bounce states a fact, whatever else changed meanwhile.
"""

from services.customer.parameters import CustomerId, Writer
from services.customer.profiles.api.parameters import AnnouncerDep
from services.customer.profiles.queries import customer_read
from services.customer.profiles.schemas.parts import ContactStateReported
from services.customer.profiles.schemas.responses import CustomerRead
from services.customer.profiles.use_cases import changes
from shared.service import ClockDep
from shared.web.etag import ETagDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers/{customer_id}/contact-points", tags=["contact points"])


@router.put("/state")
async def report_contact_state(
    customer_id: CustomerId,
    report: ContactStateReported,
    session: SessionDep,
    announcer: AnnouncerDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Writer,
) -> CustomerRead:
    """Says what was found out about one contact point. The latest report by `at` stands; a new address has none."""
    record = await changes.report_contact_state(
        session, customer_id, report, announcer=announcer, now=clock.now(), reported_by=principal.subject
    )
    etag.set(record.version)
    return customer_read(record)
