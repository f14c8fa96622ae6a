"""News for open streams: one listening connection per process, however many customers watch their inboxes."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from services.notification.inbox.use_cases import NEWS_CHANNEL
from shared.db.dedicated import dedicated_connection
from shared.db.session import Database
from shared.messaging.attempts import Attempts, pause_unless
from shared.messaging.retry import RetryPolicy


class InboxNews:
    """Listens as long as anybody watches. While it cannot, streams find their news with their next heartbeat."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watchers: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._listener: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def watched(self, customer_id: UUID) -> AsyncIterator[asyncio.Event]:
        """An event that is set by whatever happens in this inbox from now on."""
        key, news = str(customer_id), asyncio.Event()
        self._watchers[key].add(news)
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())
        try:
            yield news
        finally:
            self._watchers[key].discard(news)
            if not self._watchers[key]:
                del self._watchers[key]
            if not self._watchers and self._listener is not None:
                self._listener.cancel()
                self._listener = None

    async def _listen(self) -> None:
        attempts, never = Attempts(RetryPolicy()), pause_unless(asyncio.Event())
        while True:
            await attempts.patiently(self._listen_once, pause=never)

    async def _listen_once(self) -> None:
        async with dedicated_connection(self._database) as connection:
            lost = asyncio.Event()
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(NEWS_CHANNEL, self._tell)
            for those in self._watchers.values():
                for news in those:
                    news.set()  # what was announced while nobody listened
            await lost.wait()

    def _tell(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:
        for news in self._watchers.get(str(payload), ()):
            news.set()
