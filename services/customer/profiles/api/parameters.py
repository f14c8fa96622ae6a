"""Parameters that several routes take."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path

from services.customer.profiles.locality import HomeDefaults
from services.customer.profiles.schemas import ExternalKey, Source
from shared.contracts.common import ExternalId
from shared.service import PlatformDep
from shared.web.auth import Principal, require

Reader = Annotated[Principal, require("customer:read")]
Writer = Annotated[Principal, require("customer:write")]
CustomerId = Annotated[UUID, Path(description="the customer's id")]


async def _home_defaults(platform: PlatformDep) -> HomeDefaults:
    return HomeDefaults(language=platform.settings.default_language, time_zone=platform.settings.default_time_zone)


async def _external_id(source: Annotated[Source, Path()], external_id: Annotated[ExternalKey, Path()]) -> ExternalId:
    return ExternalId(source=source, id=external_id)


HomeDefaultsDep = Annotated[HomeDefaults, Depends(_home_defaults)]
ExternalIdDep = Annotated[ExternalId, Depends(_external_id)]
EXTERNAL_ID_PATH = "{source}/{external_id:path}"
"""The id comes last and may hold slashes."""
