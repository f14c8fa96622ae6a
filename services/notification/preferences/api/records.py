"""What customers decided themselves, for staff and systems; and links to give them."""

from services.notification.audience.queries import get_member
from services.notification.parameters import CustomerId, DeskDep, Reader, Writer
from services.notification.preferences.queries import list_changes
from services.notification.preferences.schemas import (
    PreferenceChangeRead,
    PreferenceLinkRead,
    PreferenceLinkWanted,
)
from shared.errors import Conflict
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers", tags=["preferences"])


@router.get("/{customer_id}/preference-changes")
async def list_preference_changes(
    customer_id: CustomerId, session: SessionDep, page: PageDep, _principal: Reader
) -> Page[PreferenceChangeRead]:
    """What the customer changed by a link of ours, when and by which one: the proof, the latest first."""
    return await list_changes(session, customer_id, page)


@router.post("/{customer_id}/preference-links")
async def make_preference_links(
    customer_id: CustomerId, wanted: PreferenceLinkWanted, session: SessionDep, desk: DeskDep, _principal: Writer
) -> PreferenceLinkRead:
    """Links to hand to the customer by another way than our messages. Who has them decides for the customer."""
    if desk.links is None:
        raise Conflict(
            "there are no links: set RAPPORT_NOTIFICATION_PREFERENCES_SECRET, and RAPPORT_NOTIFICATION_PUBLIC_URL or "
            "RAPPORT_NOTIFICATION_UNSUBSCRIBE_URL",
            code="preferences_off",
        )
    await get_member(session, customer_id, policy=desk.policy)
    made = (customer_id, wanted.channel, wanted.purpose, desk.clock.now().date())
    return PreferenceLinkRead(page_url=desk.links.page(*made), one_click_url=desk.links.one_click(*made))
