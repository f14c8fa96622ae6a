"""Messages: what was sent, on which way, and why."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.notification.messages import queries
from services.notification.messages.queries import MessageFilter
from services.notification.messages.schemas import MessageListed, MessageRead, Release
from services.notification.messages.use_cases.releasing import release_message
from services.notification.parameters import Admin, DeskDep, Reader, RuleFilter
from services.notification.values import MessageState
from shared.contracts.common import Channel
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/messages", tags=["messages"])


async def _filter(
    customer_id: UUID | None = None,
    rule: RuleFilter = None,
    channel: Channel | None = None,
    state: MessageState | None = None,
) -> MessageFilter:
    return MessageFilter(customer_id=customer_id, rule=rule, channel=channel, state=state)


@router.get("")
async def list_messages(
    session: SessionDep, wanted: Annotated[MessageFilter, Depends(_filter)], page: PageDep, _principal: Reader
) -> Page[MessageListed]:
    """Messages that match, the latest planned first."""
    return await queries.list_messages(session, wanted, page)


@router.get("/{message_id}")
async def read_message(message_id: UUID, session: SessionDep, _principal: Reader) -> MessageRead:
    """One message with its content, its attempts, and why it was written."""
    return await queries.get_message(session, message_id)


@router.post("/{message_id}/release")
async def settle_message(
    message_id: UUID, wanted: Release, session: SessionDep, desk: DeskDep, _principal: Admin
) -> MessageRead:
    """Settles a message that is held because it is not known whether the mail server accepted it."""
    await release_message(session, message_id, wanted.action, desk=desk)
    return await queries.get_message(session, message_id)
