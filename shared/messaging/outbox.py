"""The outbox: events become part of the transaction that makes them true, and are published once it has committed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct, field

from shared.clock import Clock, wall_now
from shared.contracts.envelope import Envelope, EventData
from shared.contracts.registry import TOMBSTONES
from shared.db.locks import advisory_key
from shared.db.session import SqlSession, driver
from shared.errors import TooLarge
from shared.messaging.broker import MAX_RECORD_BYTES
from shared.messaging.codec import encode, new_event_id, pack_headers
from shared.messaging.correlation import bound_causation_id, bound_traceparent, correlation_of
from shared.twins import twin_of

CHANNEL = "outbox"
"""The NOTIFY channel that wakes the relay."""

RELAY_ASLEEP = advisory_key("outbox", "relay asleep")
"""The advisory lock that a relay holds while it sleeps, and that every appending transaction tries to share.

Transactions that notify commit one after another, disk write included, in the whole server: with 32 writers on a slow
disk that was measured to cost a factor of ten. So only a relay that sleeps is notified, by those who find it asleep. No
wake-up is lost: whoever gets the lock keeps it until the commit, so the relay cannot fall asleep before that; and once
it sleeps, it looks once more for what was committed before.
"""

_APPEND = """
WITH appended AS (
    INSERT INTO outbox (topic, key, headers, value, created_at)
    SELECT topic, key, headers, value, $5
    FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::bytea[]) WITH ORDINALITY
        AS new (topic, key, headers, value, place)
    ORDER BY place
)
SELECT pg_notify($6, '') WHERE NOT pg_try_advisory_xact_lock_shared($7)
"""
_WAKE = "SELECT pg_notify($1, '') WHERE NOT pg_try_advisory_xact_lock_shared($2)"
_COLUMNS = ("topic", "key", "headers", "value", "created_at")
_MANY = 50
"""From here on COPY and a statement of its own for the relay cost less than one statement over arrays."""

_Envelope = twin_of(Envelope)


class NewEvent(Struct, frozen=True, kw_only=True):
    """A fact to publish about a customer; topic and type follow from its data.

    `time` is the business instant of the fact, by default now; `causation_id` is the id of the event that caused it, by
    default the one being handled; `correlation_id` is for work that is done long after what it goes back to, and by
    default follows from the cause; so does `traceparent`.
    """

    data: EventData
    customer_id: UUID
    id: str = field(default_factory=new_event_id)
    time: datetime | None = None
    causation_id: str | None = None
    correlation_id: str | None = None
    traceparent: str | None = None


class Outbox:
    """Appends events to the caller's transaction.

    Events of one key are published in the order in which their transactions commit, provided that whoever appends for a
    key first locks that customer's row (an UPDATE, or SELECT FOR UPDATE) and keeps it until the commit: ids are then
    drawn in commit order. Without that lock two writers may draw ids in one order and commit in the other.
    """

    def __init__(self, *, source: str, clock: Clock) -> None:
        """`source` names the publisher in every envelope, for example `rapport/customer`."""
        self._source = source
        self._clock = clock

    async def append(self, session: SqlSession, events: Sequence[NewEvent]) -> None:
        """Adds `events` in their order; they leave when the caller's transaction commits.

        Raises TooLarge when one exceeds what a broker takes.
        """
        if not events:
            return
        await session.flush()  # the changes told of take their row locks before the ids are drawn
        recorded_at = wall_now()
        rows = [self._row(event, recorded_at) for event in events]
        connection = await driver(session)
        if len(rows) < _MANY:
            topics, keys, headers, values, _ = zip(*rows, strict=True)
            await connection.execute(_APPEND, topics, keys, headers, values, recorded_at, CHANNEL, RELAY_ASLEEP)
        else:
            await connection.copy_records_to_table("outbox", records=rows, columns=_COLUMNS)
            await connection.execute(_WAKE, CHANNEL, RELAY_ASLEEP)

    async def append_tombstone(self, session: SqlSession, *, topic: str, key: UUID) -> None:
        """Makes a compacted `topic` forget `key`. Raises KeyError when nothing stands for that on this topic."""
        await self.append(
            session, [NewEvent(data=TOMBSTONES[topic].model_validate({"customer_id": key}), customer_id=key)]
        )

    def _row(self, event: NewEvent, recorded_at: datetime) -> tuple[str, bytes, bytes, bytes | None, datetime]:
        subject = str(event.customer_id)
        causation_id = event.causation_id or bound_causation_id()
        headers, value = encode(
            _Envelope(
                id=event.id,
                source=self._source,
                type=event.data.event_type,
                time=event.time or self._clock.now(),
                subject=subject,
                recordedtime=recorded_at,
                traceparent=event.traceparent or bound_traceparent(),
                correlationid=event.correlation_id or correlation_of(causation_id) or event.id,
                causationid=causation_id,
            ),
            event.data,
        )
        packed = pack_headers(headers)
        if len(packed) + len(value or b"") > MAX_RECORD_BYTES:
            raise TooLarge(
                f"the event {event.data.event_type} would exceed {MAX_RECORD_BYTES} bytes; shorten its texts or lists",
                code="event_too_large",
            )
        return event.data.topic, subject.encode(), packed, value, recorded_at
