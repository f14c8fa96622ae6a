"""`Idempotency-Key`: an answer stored in the request's own transaction, so that a repeat changes nothing.

The key is claimed by an advisory lock that lives as long as the transaction: a crash frees it, and a second request
with the same key meanwhile is told to come back. Only success is stored: a failure has changed nothing, and its cause
may be gone by the next attempt.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, cast

from fastapi import Header, Request, Response
from sqlalchemy import MetaData, delete, insert, select, tuple_
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import wall_now
from shared.db.locks import advisory_key, try_transaction_lock
from shared.errors import Conflict, InvalidInput
from shared.web.tables import add_idempotency_table

IN_FLIGHT_RETRY_SECONDS = 1
REPLAYED_HEADER = "Idempotency-Replayed"

_keys = add_idempotency_table(MetaData())

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="A text of your choice, new for each intended change: repeating a request with its key and body "
        "within 7 days changes nothing and gives the first answer again.",
        examples=["6f1c1f0e-order-4711"],
    ),
]


async def declare_idempotency_key(request: Request, key: IdempotencyKey = None) -> None:
    """The dependency by which a changing route accepts the header: validated, documented, and left for the route."""
    request.state.idempotency_key = key


@dataclass(frozen=True, slots=True)
class Claim:
    """A key as one principal uses it on one route, with the fingerprint of what was asked."""

    principal: str
    route: str
    key: str
    fingerprint: bytes

    @property
    def identity(self) -> dict[str, str]:
        return {"principal": self.principal, "route": self.route, "key": self.key}


def fingerprint_of(method: str, target: str, body: bytes) -> bytes:
    """What makes two requests the same: method, path with query, and body to the byte."""
    digest = hashlib.sha256()
    for part in (method.encode(), target.encode(), body):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


async def find_answer(session: AsyncSession, claim: Claim) -> Response | None:
    """The stored answer to the same request, or None after claiming the key for this transaction.

    Raises Conflict (`idempotency_in_flight`) while another transaction has the key, and InvalidInput
    (`idempotency_key_reused`) when the key was used for something else.
    """
    if not await try_transaction_lock(session, advisory_key("idempotency", claim.principal, claim.route, claim.key)):
        raise Conflict(
            "a request with this Idempotency-Key is being worked on; repeat it in a moment to get its answer",
            code="idempotency_in_flight",
            retry_after_seconds=IN_FLIGHT_RETRY_SECONDS,
        )
    # A statement of its own: one that began before the lock was ours would not see what its last holder committed.
    row = (await session.execute(select(_keys).filter_by(**claim.identity))).one_or_none()
    if row is None:
        return None
    if row.fingerprint != claim.fingerprint:
        raise InvalidInput(
            "this Idempotency-Key was used for a request with another path or body; use a new key for a new request",
            code="idempotency_key_reused",
            field="Idempotency-Key",
        )
    answer = Response(content=row.body, status_code=row.status)
    answer.raw_headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in row.headers]
    answer.raw_headers.append((b"content-length", str(len(row.body)).encode()))
    answer.headers[REPLAYED_HEADER] = "true"
    return answer


async def store_answer(session: AsyncSession, claim: Claim, answer: Response) -> None:
    """Keeps `answer` for repeats; it becomes visible together with the changes it reports."""
    headers = [
        [name.decode("latin-1"), value.decode("latin-1")]
        for name, value in answer.raw_headers
        if name != b"content-length"
    ]
    await session.execute(
        insert(_keys).values(
            **claim.identity,
            fingerprint=claim.fingerprint,
            status=answer.status_code,
            headers=headers,
            body=bytes(answer.body),
            created_at=wall_now(),
        )
    )


async def prune_answers(session: AsyncSession, *, before: datetime, most: int) -> bool:
    """Deletes up to `most` answers stored before an instant; True when there may be more."""
    identity = (_keys.c.principal, _keys.c.route, _keys.c.key)
    oldest = select(*identity).where(_keys.c.created_at < before).order_by(_keys.c.created_at).limit(most)
    result = await session.execute(delete(_keys).where(tuple_(*identity).in_(oldest)))
    return cast("CursorResult[Any]", result).rowcount == most
