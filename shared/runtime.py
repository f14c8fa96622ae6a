"""Long-running parts of a process: started in order, stopped in reverse, and the first failure stops them all."""

import asyncio
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)


class Component(Protocol):
    """A part that runs until told to stop."""

    @property
    def name(self) -> str: ...

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set, finishes what is in hand and returns; raising or returning early ends the process."""
        ...
