"""The OpenAPI document of a service, made without its database, broker or environment."""

import asyncio
from pathlib import Path
from typing import Any

from shared.clock import SystemClock
from shared.service import ServiceDefinition, open_platform


def openapi_document(definition: ServiceDefinition) -> dict[str, Any]:
    """Starts an event loop of its own; nothing is connected to."""
    return asyncio.run(_derive(definition))


async def _derive(definition: ServiceDefinition) -> dict[str, Any]:
    settings = definition.settings(
        database_url="postgresql+asyncpg://nobody@localhost/none",
        broker_database_url="postgresql+asyncpg://nobody@localhost/none",
        jwt_issuer="https://issuer.invalid",
        jwks_file=Path("none"),
        jwks_url=None,
        token_url=None,
    )
    async with open_platform(definition, settings, SystemClock()) as platform:
        return definition.create_api(platform).openapi()
