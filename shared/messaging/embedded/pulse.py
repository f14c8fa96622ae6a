"""What keeps a broker's members awake and alive: one connection that hears news and sends all heartbeats."""

import asyncio
from typing import Any, Protocol
from uuid import UUID

import structlog

from shared.errors import Unavailable
from shared.messaging.embedded.connection import (
    CHANNEL,
    GROUP_NEWS,
    RECORDS_NEWS,
    TOPICS_NEWS,
    Connection,
    open_listener,
    translated,
)

log = structlog.get_logger(__name__)

_RECONNECT_SECONDS = 0.2

_BEAT = """
WITH beat AS (
    UPDATE event_log.members SET expires_at = clock_timestamp() + make_interval(secs => $2)
    WHERE id = ANY($1::uuid[]) RETURNING id, group_name
)
SELECT b.id, g.generation, EXISTS (
    SELECT 1 FROM event_log.members AS m
    WHERE m.group_name = g.name AND m.expires_at < clock_timestamp() AND m.id <> ALL($1::uuid[])
) AS someone_died
FROM beat AS b JOIN event_log.groups AS g ON g.name = b.group_name
"""


class Member(Protocol):
    """What the pulse needs to know of a subscription, and tells it."""

    @property
    def group(self) -> str: ...

    @property
    def living_as(self) -> UUID | None:
        """The member id to keep alive; None while it has none, or was not called for too long to count as alive."""
        ...

    def hear_records(self, partitions: frozenset[int]) -> None: ...

    def hear_group(self) -> None:
        """The group changed, or news may have been missed."""
        ...

    def hear_topics(self) -> None: ...

    def hear_beat(self, generation: int | None, someone_died: bool) -> None:
        """The generation of the group, None when this member was evicted from it."""
        ...


class Pulse:
    """Runs until cancelled, through any number of restarts of the database."""

    def __init__(self, dsn: str, *, heartbeat_seconds: float, session_seconds: float) -> None:
        self._dsn = dsn
        self._heartbeat_seconds = heartbeat_seconds
        self._session_seconds = session_seconds
        self._members: set[Member] = set()
        self.connected = False

    def add(self, member: Member) -> None:
        self._members.add(member)

    def remove(self, member: Member) -> None:
        self._members.discard(member)

    async def run(self) -> None:
        while True:
            try:
                with translated():
                    await self._listen()
            except Unavailable as error:
                if self.connected:
                    log.warning("event_log_lost", reason=str(error.__cause__))
                self.connected = False
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen(self) -> None:
        connection = await open_listener(self._dsn)
        try:
            await connection.add_listener(CHANNEL, self._hear)
            self.connected = True
            # Whatever was announced while nobody listened is unknown: let everybody look for themselves.
            for member in tuple(self._members):
                member.hear_topics()
                member.hear_group()
            while True:
                await self._beat(connection)
                await asyncio.sleep(self._heartbeat_seconds)
        finally:
            connection.terminate()

    async def _beat(self, connection: Connection) -> None:
        living = {member.living_as: member for member in tuple(self._members) if member.living_as is not None}
        rows = await connection.fetch(_BEAT, list(living), self._session_seconds)
        beats = {row["id"]: row for row in rows}
        for member_id, member in living.items():
            if member.living_as != member_id:
                continue  # left or joined anew while the statement was under way
            beat = beats.get(member_id)
            member.hear_beat(beat and beat["generation"], bool(beat and beat["someone_died"]))

    def _hear(self, _connection: Any, _pid: int, _channel: str, news: object) -> None:
        kind, rest = str(news)[:1], str(news)[1:]
        members = tuple(self._members)
        if kind == RECORDS_NEWS:
            partitions = frozenset(map(int, rest.split(",")))
            for member in members:
                member.hear_records(partitions)
        elif kind == GROUP_NEWS:
            for member in members:
                if member.group == rest:
                    member.hear_group()
        elif kind == TOPICS_NEWS:
            for member in members:
                member.hear_topics()
