"""What this service knows of a customer."""

from services.notification.audience.queries import get_audience
from services.notification.audience.schemas import AudienceRead
from services.notification.parameters import CustomerId, Reader
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers", tags=["audience"])


@router.get("/{customer_id}")
async def read_audience(customer_id: CustomerId, session: SessionDep, _principal: Reader) -> AudienceRead:
    """The customer as decisions see it: consents, address, score, open complaints."""
    return await get_audience(session, customer_id)
