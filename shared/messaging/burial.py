"""Writing dead letters: what the loops do with a record that cannot go on, in one statement each."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import wall_now
from shared.db.session import driver
from shared.errors import RapportError
from shared.messaging.broker import OutgoingRecord, Record
from shared.messaging.codec import Claims, claims_of, pack_headers, unpack_headers
from shared.messaging.dead_letter import Direction, State
from shared.observability.metrics import DEAD_LETTERS_WAITING, current_service

Connection = Any
"""asyncpg's; it carries no types that mypy could read."""

OUTBOX = "outbox"
"""The `consumer` of dead letters that were never published."""

_LONGEST_REASON = 2000
_NO_TIME = datetime.fromtimestamp(0, UTC)

# A record that comes again, because its offset could not be committed, finds its dead letter there already.
_BURY = """
INSERT INTO dead_letters (direction, consumer, topic, partition, record_offset, record_time, key, headers, value,
    event_id, source, type, code, reason, field, attempts, state, first_failed_at, last_failed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1, $16, $17, $17)
ON CONFLICT (consumer, topic, partition, record_offset, record_time) DO NOTHING
RETURNING id
"""
_WITHDRAW = f"WITH withdrawn AS (DELETE FROM outbox WHERE id = $18) {_BURY}"  # noqa: S608 - no outside text in it

_ASKED = """
SELECT id, topic, partition, record_offset, key, value, headers, record_time FROM dead_letters
WHERE consumer = $1 AND state = 'redriving' AND id > $2 ORDER BY id LIMIT $3
"""
_RESOLVE = "UPDATE dead_letters SET state = 'resolved', closed_at = $2 WHERE id = ANY($1::bigint[])"
_PUT_BACK = """
UPDATE dead_letters SET state = 'waiting', attempts = attempts + 1, last_failed_at = $2, code = $3, reason = $4,
    field = $5
WHERE id = $1 AND state = 'redriving'
"""
_WAITING = "SELECT count(*) FROM dead_letters WHERE consumer = $1 AND state = 'waiting'"
_ASKED_AT_ONCE = 50


class AskedFor(NamedTuple):
    """A dead letter to try again; one that was never published has no partition, offset or time (all 0)."""

    id: int
    record: Record


def reason_of(error: Exception) -> tuple[str, str, str | None]:
    """Code, reason and field for a failure; of a bug the type and first line, for the rest may quote stored data."""
    if isinstance(error, RapportError):
        return error.code, _storable(error.detail), None if error.field is None else _storable(error.field)
    if isinstance(error, TimeoutError):
        return "handler_timeout", "the handler took too long, alone with this event and several times", None
    first_line = str(error).partition("\n")[0]
    return "handler_failed", _storable(f"{type(error).__name__}: {first_line}"), None


async def bury_incoming(
    session: AsyncSession, *, consumer: str, record: Record, error: Exception, at: datetime
) -> bool:
    """Writes the dead letter in the session's transaction; False when it was there already."""
    place = (record.topic, record.partition, record.offset, record.timestamp)
    content = (record.key, pack_headers(record.headers), record.value)
    arguments = _arguments(Direction.IN, consumer, place, content, claims_of(record.headers, record.value), error, at)
    return await (await driver(session)).fetchval(_BURY, *arguments) is not None


async def bury_outgoing(connection: Connection, *, outbox_id: int, record: OutgoingRecord, error: Exception) -> None:
    """Moves a row from the outbox to the dead letters, in one statement that commits by itself."""
    place = (record.topic, None, None, None)
    content = (record.key, pack_headers(record.headers), record.value)
    arguments = _arguments(
        Direction.OUT, OUTBOX, place, content, claims_of(record.headers, record.value), error, wall_now()
    )
    await connection.execute(_WITHDRAW, *arguments, outbox_id)


async def asked_for(connection: Connection, consumer: str, *, after: int) -> list[AskedFor]:
    """The next dead letters that somebody wants tried again, in the order in which they failed first."""
    rows = await connection.fetch(_ASKED, consumer, after, _ASKED_AT_ONCE)
    return [AskedFor(row["id"], _record(row)) for row in rows]


async def resolve(connection: Connection, ids: Sequence[int]) -> None:
    await connection.execute(_RESOLVE, ids, wall_now())


async def put_back(connection: Connection, id: int, error: Exception) -> None:
    """Leaves the letter waiting, with the reason for which it failed this time."""
    await connection.execute(_PUT_BACK, id, wall_now(), *reason_of(error))


async def report_waiting(connection: Connection, consumer: str) -> None:
    """Tells how many dead letters nobody has dealt with yet."""
    waiting = await connection.fetchval(_WAITING, consumer)
    DEAD_LETTERS_WAITING.labels(current_service(), consumer).set(waiting)


def _record(row: Mapping[str, Any]) -> Record:
    place = (row["topic"], row["partition"] or 0, row["record_offset"] or 0)
    return Record(*place, row["key"], row["value"], unpack_headers(row["headers"]), row["record_time"] or _NO_TIME)


def _arguments(
    direction: Direction,
    consumer: str,
    place: tuple[Any, ...],
    content: tuple[Any, ...],
    claims: Claims,
    error: Exception,
    at: datetime,
) -> tuple[Any, ...]:
    identity = (claims.event_id, claims.source, claims.type)
    return (direction, consumer, *place, *content, *identity, *reason_of(error), State.WAITING, at)


def _storable(text: str) -> str:
    """PostgreSQL's text holds no NUL, and a lone surrogate is no UTF-8."""
    cleaned = text[:_LONGEST_REASON].replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return cleaned.encode(errors="replace").decode()
