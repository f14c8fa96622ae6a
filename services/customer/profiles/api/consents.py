"""A customer's consents: deciding on one, and reading all that was ever decided.

Deciding asks for no If-Match: somebody who withdraws must not be told to try again.
"""

from typing import Annotated

from services.customer.consents.queries import list_decisions
from services.customer.consents.schemas import ConsentDecisionRead
from services.customer.profiles.api.parameters import CustomerId, problems
from services.customer.profiles.queries import customer_read, get_customer
from services.customer.profiles.schemas import ConsentDecided, ConsentGiven, CustomerRead
from services.customer.profiles.use_cases.changes import decide_consent
from shared.contracts.common import Channel, Purpose
from shared.service import ClockDep, OutboxDep
from shared.web.auth import Principal, require
from shared.web.etag import ETagDep
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers/{customer_id}/consents", tags=["consents"])


@router.put("/{channel}/{purpose}", responses=problems(s404="no such customer"))
async def decide(
    customer_id: CustomerId,
    channel: Channel,
    purpose: Purpose,
    decided: ConsentDecided,
    session: SessionDep,
    outbox: OutboxDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Annotated[Principal, require("customer:write")],
) -> CustomerRead:
    """Records a decision. The latest by `at` stands, in whatever order they come in."""
    given = ConsentGiven(channel=channel, purpose=purpose, **decided.model_dump())
    record = await decide_consent(
        session, customer_id, given, outbox=outbox, now=clock.now(), recorded_by=principal.subject
    )
    etag.set(record.version)
    return customer_read(record)


@router.get("/history", responses=problems(s404="no such customer"))
async def history(
    customer_id: CustomerId,
    session: SessionDep,
    page: PageDep,
    _principal: Annotated[Principal, require("customer:read")],
) -> Page[ConsentDecisionRead]:
    """Every decision ever recorded, with its proof, the last recorded first."""
    await get_customer(session, customer_id)
    return await list_decisions(session, customer_id, page)
