"""A process of a service, from its settings to its exit status."""

import asyncio

from shared.clock import SystemClock
from shared.observability.logs import configure_logging
from shared.runtime import run_components, run_process, stop_on_signals, tune_garbage_collection
from shared.service import Role, ServiceDefinition, create_components, open_platform
from shared.settings import ServiceSettings


def run_role(definition: ServiceDefinition, settings: ServiceSettings, role: Role) -> int:
    """Runs until stopped by a signal or by the first failing part; returns the exit status."""
    configure_logging(level=settings.log_level, output=settings.log_format)

    async def run() -> None:
        stop = asyncio.Event()
        with stop_on_signals(stop):
            async with open_platform(definition, settings, SystemClock()) as platform:
                components = create_components(definition, platform, role)
                tune_garbage_collection()
                await run_components(components, stop=stop, grace_seconds=settings.shutdown_grace_seconds)

    return run_process(run)
