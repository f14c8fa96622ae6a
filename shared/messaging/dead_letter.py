"""Dead letters as people deal with them: list, look at, ask to try again, discard.

Trying again is done by the worker that failed (see `redriving`): here it is only asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import wall_now
from shared.errors import Conflict, InvalidInput, NotFound
from shared.messaging.broker import Headers
from shared.messaging.codec import unpack_headers

CHANNEL = "dead_letters"
"""The NOTIFY channel that tells workers of a wish to try again."""


class Direction(StrEnum):
    IN = "in"
    """A consumer could not apply it."""
    OUT = "out"
    """The broker would not take it from the outbox."""


class State(StrEnum):
    WAITING = "waiting"
    REDRIVING = "redriving"
    RESOLVED = "resolved"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """Why and where a record failed. `consumer` is its consumer group, or `outbox` for one never published.

    `event_id`, `source` and `type` are as its headers claim, None where they could not be read.
    """

    id: int
    direction: Direction
    consumer: str
    topic: str
    partition: int | None
    record_offset: int | None
    record_time: datetime | None
    event_id: str | None
    source: str | None
    type: str | None
    code: str
    reason: str
    field: str | None
    attempts: int
    state: State
    first_failed_at: datetime
    last_failed_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterContent:
    """A dead letter with the record itself, personal data perhaps included."""

    letter: DeadLetter
    key: bytes | None
    headers: Headers
    value: bytes | None


_COLUMNS = ", ".join(column.name for column in fields(DeadLetter))
_LIST = text(
    f"""
    SELECT {_COLUMNS} FROM dead_letters
    WHERE (CAST(:consumer AS text) IS NULL OR consumer = :consumer) AND (CAST(:state AS text) IS NULL OR state = :state)
      AND (CAST(:after AS bigint) IS NULL OR id < :after)
    ORDER BY id DESC LIMIT :limit
    """  # noqa: S608 - column names of our own
)
_GET = text(f"SELECT {_COLUMNS}, key, headers, value FROM dead_letters WHERE id = :id")  # noqa: S608 - as above
_REQUEST = text(
    """
    WITH asked AS (
        UPDATE dead_letters SET state = 'redriving'
        WHERE state = 'waiting' AND (CAST(:ids AS bigint[]) IS NULL OR id = ANY(:ids))
          AND (CAST(:consumer AS text) IS NULL OR consumer = :consumer)
          AND (CAST(:code AS text) IS NULL OR code = :code)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM asked), pg_notify(:channel, '')
    """
)
_DISCARD = text(
    "UPDATE dead_letters SET state = 'discarded', closed_at = :now WHERE id = :id AND state = 'waiting' RETURNING id"
)


async def list_dead_letters(
    session: AsyncSession,
    *,
    consumer: str | None = None,
    state: State | None = State.WAITING,
    limit: int = 50,
    after: int | None = None,
) -> list[DeadLetter]:
    """Newest first, without their contents; `after` is the id of the last one of the page before."""
    rows = await session.execute(_LIST, {"consumer": consumer, "state": state, "limit": limit, "after": after})
    return [_letter(row) for row in rows.mappings()]


async def get_dead_letter(session: AsyncSession, id: int) -> DeadLetterContent:
    """Raises NotFound."""
    row = (await session.execute(_GET, {"id": id})).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no dead letter {id}; list them to see those there are", code="dead_letter_unknown")
    return DeadLetterContent(
        letter=_letter(row), key=row["key"], headers=unpack_headers(row["headers"]), value=row["value"]
    )


async def request_redrive(
    session: AsyncSession,
    *,
    ids: Sequence[int] | None = None,
    consumer: str | None = None,
    code: str | None = None,
) -> int:
    """Asks the workers to try again those that are waiting and fit every filter given; returns how many that are.

    Raises InvalidInput without any filter.
    """
    if ids is None and consumer is None and code is None:
        raise InvalidInput("say which: ids, a consumer or a code", code="redrive_unbounded")
    filters = {"ids": None if ids is None else list(ids), "consumer": consumer, "code": code}
    return int((await session.execute(_REQUEST, {**filters, "channel": CHANNEL})).one()[0])


async def discard(session: AsyncSession, id: int) -> None:
    """Closes a waiting dead letter without trying again. Raises NotFound, and Conflict when it is not waiting."""
    if (await session.execute(_DISCARD, {"id": id, "now": wall_now()})).one_or_none() is None:
        state = (await get_dead_letter(session, id)).letter.state
        raise Conflict(f"dead letter {id} is {state}; only a waiting one can be discarded", code="dead_letter_closed")


def _letter(row: Any) -> DeadLetter:
    values = {column.name: row[column.name] for column in fields(DeadLetter)}
    return DeadLetter(**values | {"direction": Direction(row["direction"]), "state": State(row["state"])})
