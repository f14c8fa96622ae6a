"""Parameters that several routes take."""

from typing import Annotated

from fastapi import Depends, Path

from services.customer.profiles.coverage import CoveragePolicy
from services.customer.profiles.locality import HomeDefaults
from services.customer.profiles.schemas.fields import ExternalKey, Source
from services.customer.profiles.use_cases.publication import Announcer
from shared.contracts.common import ExternalId
from shared.service import PlatformDep


async def _home_defaults(platform: PlatformDep) -> HomeDefaults:
    return HomeDefaults(language=platform.settings.default_language, time_zone=platform.settings.default_time_zone)


async def _external_id(source: Annotated[Source, Path()], external_id: Annotated[ExternalKey, Path()]) -> ExternalId:
    return ExternalId(source=source, id=external_id)


async def _coverage_policy(platform: PlatformDep) -> CoveragePolicy:
    return CoveragePolicy(
        min_contacts=platform.settings.coverage_min_contacts,
        min_executives=platform.settings.coverage_min_executives,
    )


CoveragePolicyDep = Annotated[CoveragePolicy, Depends(_coverage_policy)]


async def _announcer(platform: PlatformDep, policy: CoveragePolicyDep) -> Announcer:
    return Announcer(platform.outbox, policy)


AnnouncerDep = Annotated[Announcer, Depends(_announcer)]
HomeDefaultsDep = Annotated[HomeDefaults, Depends(_home_defaults)]
ExternalIdDep = Annotated[ExternalId, Depends(_external_id)]
EXTERNAL_ID_PATH = "{source}/{external_id:path}"
"""The id comes last and may hold slashes."""
