"""Providers over HTTP."""

from services.notification.parameters import Reader
from services.notification.providers.queries import list_providers
from services.notification.providers.schemas import ProviderRead
from shared.clock import wall_now
from shared.service import PlatformDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/providers", tags=["providers"])


@router.get("")
async def read_providers(session: SessionDep, platform: PlatformDep, _principal: Reader) -> list[ProviderRead]:
    """Every provider that serves a channel, whether it works, and what its rate leaves."""
    return await list_providers(session, platform.settings.providers().channels, wall=wall_now())
