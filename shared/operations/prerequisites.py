"""What a worker's parts wait for before they start: they could only fail, over and over, until it is there."""

import asyncio
from collections.abc import Sequence

import structlog

from shared.db.migrate import SchemaCheck
from shared.errors import Unavailable
from shared.runtime import Component
from shared.waiting import happened

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
_FOREVER_SECONDS = 3600.0


class SchemaWatch:
    """A component that sets `migrated` once the database has the schema this code needs: a migrate job may be at it."""

    name = "schema"

    def __init__(self, schema: SchemaCheck) -> None:
        self._schema = schema
        self.migrated = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        told: str | None = None
        while not stop.is_set():
            missing = await self._missing()
            if missing is None:
                self.migrated.set()
                await stop.wait()
                return
            if missing != told:
                log.warning("schema_not_ready", reason=missing)
                told = missing
            await happened(stop, within_seconds=POLL_SECONDS)

    async def _missing(self) -> str | None:
        try:
            return await self._schema.check()
        except Unavailable as error:
            return error.detail


class Waiting:
    """A component that starts only when all of `prerequisites` have happened."""

    def __init__(self, component: Component, prerequisites: Sequence[asyncio.Event]) -> None:
        self._component = component
        self._prerequisites = prerequisites

    @property
    def name(self) -> str:
        return self._component.name

    async def run(self, stop: asyncio.Event) -> None:
        for prerequisite in self._prerequisites:
            while not (stop.is_set() or prerequisite.is_set()):
                await happened(stop, prerequisite, within_seconds=_FOREVER_SECONDS)
        if not stop.is_set():
            await self._component.run(stop)
