"""The inbox: which events a consumer group is done with, remembered in the transaction that applied them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import wall_now
from shared.contracts.envelope import Event
from shared.db.session import driver

_CLAIM = """
INSERT INTO inbox (event_id, source, consumer, applied_at)
SELECT event_id, source, $3, $4 FROM unnest($1::text[], $2::text[]) AS new (event_id, source)
ON CONFLICT DO NOTHING
RETURNING event_id, source
"""


async def claim(
    session: AsyncSession, consumer: str, events: Sequence[Event[Any]], at: datetime | None = None
) -> Sequence[Event[Any]]:
    """The events that `consumer` has not seen, in their order; the transaction's commit makes them seen.

    Another transaction that has claimed one of them and not ended yet is waited for.
    """
    ids = [event.envelope.id for event in events]
    sources = [event.envelope.source for event in events]
    rows = await (await driver(session)).fetch(_CLAIM, ids, sources, consumer, at or wall_now())
    if len(rows) == len(events):
        return events
    new = {(row[0], row[1]) for row in rows}
    fresh = []
    for event in events:
        identity = (event.envelope.id, event.envelope.source)
        if identity in new:
            new.discard(identity)  # the same event again within the batch is a duplicate
            fresh.append(event)
    return fresh
