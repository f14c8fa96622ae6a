"""The suppression list: addresses nothing is sent to, whoever they belong to."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response, status

from services.notification.parameters import Admin, Reader
from services.notification.suppression.queries import list_suppressions
from services.notification.suppression.schemas import SuppressionCreate, SuppressionRead
from services.notification.suppression.use_cases import NewSuppression, release_address, suppress
from shared.contracts.common import Channel
from shared.service import ClockDep
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/suppressions", tags=["suppressions"])


@router.get("")
async def read_suppressions(
    session: SessionDep,
    page: PageDep,
    _principal: Reader,
    channel: Channel | None = None,
    address: Annotated[str | None, Query(max_length=2048, description="this address alone")] = None,
) -> Page[SuppressionRead]:
    """The list, the latest first."""
    return await list_suppressions(session, page, channel=channel, address=address)


@router.post("", status_code=status.HTTP_204_NO_CONTENT)
async def add_suppression(
    wanted: SuppressionCreate, session: SessionDep, clock: ClockDep, principal: Admin
) -> Response:
    """Puts an address on the list; one that is there already keeps its first reason."""
    new = NewSuppression(
        channel=wanted.channel,
        address=wanted.address,
        reason=wanted.reason,
        source=principal.subject,
        note=wanted.note,
        created_at=clock.now(),
    )
    await suppress(session, [new])
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.delete("/{suppression_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_suppression(suppression_id: UUID, session: SessionDep, _principal: Admin) -> Response:
    """Takes an address off the list; it may be sent to again, where consent allows it."""
    await release_address(session, suppression_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
