"""`Idempotency-Key`: an answer stored in the request's own transaction, so that a repeat changes nothing.

The key is claimed by an advisory lock that lives as long as the transaction: a crash frees it, and a second request
with the same key meanwhile is told to come back. Only success is stored: a failure has changed nothing, and its cause
may be gone by the next attempt.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, cast

from fastapi import Header, Request
from sqlalchemy import MetaData, delete, select, tuple_
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import wall_now
from shared.db.locks import advisory_key
from shared.db.session import SqlSession, driver
from shared.errors import Conflict, InvalidInput, RapportError
from shared.web.answers import Answer
from shared.web.tables import add_idempotency_table

IN_FLIGHT_RETRY_SECONDS = 1
REPLAYED_HEADER = "Idempotency-Replayed"

_keys = add_idempotency_table(MetaData())

_CLAIM = """
SELECT pg_try_advisory_xact_lock(key) FROM unnest($1::bigint[]) WITH ORDINALITY AS wanted (key, place) ORDER BY place
"""
_FIND = """
SELECT principal, route, key, fingerprint, status, headers::text, body
FROM unnest($1::text[], $2::text[], $3::text[]) AS claimed (principal, route, key)
JOIN idempotency_keys USING (principal, route, key)
"""
_STORE = """
INSERT INTO idempotency_keys (principal, route, key, fingerprint, status, headers, body, created_at)
SELECT principal, route, key, fingerprint, status, headers::jsonb, body, $8
FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::smallint[], $6::text[], $7::bytea[])
    AS new (principal, route, key, fingerprint, status, headers, body)
"""

KEY_PATTERN = r"^[\x21-\x7e]+$"
MAX_KEY_LENGTH = 200

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=MAX_KEY_LENGTH,
        pattern=KEY_PATTERN,
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
    def identity(self) -> tuple[str, str, str]:
        return self.principal, self.route, self.key


def fingerprint_of(method: str, target: str, body: bytes) -> bytes:
    """What makes two requests the same: method, path with query, and body to the byte."""
    digest = hashlib.sha256()
    for part in (method.encode(), target.encode(), body):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


async def find_answers(session: SqlSession, claims: Sequence[Claim]) -> list[Answer | RapportError | None]:
    """For each claim the stored answer to the same request, or None after claiming its key for this transaction.

    Conflict (`idempotency_in_flight`) stands for a key that another transaction has, or an earlier one of `claims`;
    InvalidInput (`idempotency_key_reused`) for one that was used for something else.
    """
    connection = await driver(session)
    places = {claim.identity: place for place, claim in reversed(list(enumerate(claims)))}
    firsts = [claims[place] for place in places.values()]
    locks = await connection.fetch(_CLAIM, [advisory_key("idempotency", *claim.identity) for claim in firsts])
    ours = {claim.identity for claim, (locked,) in zip(firsts, locks, strict=True) if locked}
    # A statement of its own: one that began before the locks were ours would not see what their last holders committed.
    rows = await connection.fetch(_FIND, *zip(*ours, strict=True)) if ours else []
    stored = {(row["principal"], row["route"], row["key"]): row for row in rows}
    return [
        _found(claim, stored.get(claim.identity))
        if claim.identity in ours and places[claim.identity] == place
        else _in_flight()
        for place, claim in enumerate(claims)
    ]


def _found(claim: Claim, row: Mapping[str, Any] | None) -> Answer | RapportError | None:
    if row is None:
        return None
    if row["fingerprint"] != claim.fingerprint:
        return InvalidInput(
            "this Idempotency-Key was used for a request with another path or body; use a new key for a new request",
            code="idempotency_key_reused",
            field="Idempotency-Key",
        )
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in json.loads(row["headers"])]
    return Answer(row["status"], [*headers, (REPLAYED_HEADER.lower().encode(), b"true")], row["body"])


def _in_flight() -> Conflict:
    return Conflict(
        "a request with this Idempotency-Key is being worked on; repeat it in a moment to get its answer",
        code="idempotency_in_flight",
        retry_after_seconds=IN_FLIGHT_RETRY_SECONDS,
    )


async def store_answers(session: SqlSession, answers: Sequence[tuple[Claim, Answer]]) -> None:
    """Keeps answers for repeats; they become visible together with the changes they report."""
    rows = [
        (
            *claim.identity,
            claim.fingerprint,
            answer.status,
            json.dumps([[name.decode("latin-1"), value.decode("latin-1")] for name, value in answer.headers]),
            answer.body,
        )
        for claim, answer in answers
    ]
    if rows:
        await (await driver(session)).execute(_STORE, *zip(*rows, strict=True), wall_now())


async def prune_answers(session: AsyncSession, *, before: datetime, most: int) -> bool:
    """Deletes up to `most` answers stored before an instant; True when there may be more."""
    identity = (_keys.c.principal, _keys.c.route, _keys.c.key)
    oldest = select(*identity).where(_keys.c.created_at < before).order_by(_keys.c.created_at).limit(most)
    result = await session.execute(delete(_keys).where(tuple_(*identity).in_(oldest)))
    return cast("CursorResult[Any]", result).rowcount == most
