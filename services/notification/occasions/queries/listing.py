"""What is due for whom between two instants."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.audience.localities import Locality
from services.notification.audience.queries import find_locality, list_living_in, list_localities
from services.notification.calendars.codes import HOLIDAYS
from services.notification.occasions.holidays import DueRound, rounds_between
from services.notification.occasions.instants import later_instants
from services.notification.occasions.models import Occasion
from services.notification.occasions.schemas import OccasionRead
from services.notification.policy import CarePolicy
from services.notification.rules.queries import rules_in_force
from services.notification.values import OccasionKind
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor

_HORIZON = timedelta(days=2 * 366)
"""How far ahead holidays are told: later ones are moved about by laws that are not made yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OccasionFilter:
    start: datetime
    end: datetime
    customer_id: UUID | None = None
    kind: OccasionKind | None = None


class _Place(NamedTuple):
    """Where something stands in the calendar: no two have the same."""

    due_at: datetime
    customer_id: UUID
    kind: str
    subject: str


async def list_occasions(
    session: AsyncSession, wanted: OccasionFilter, *, page: PageParams, now: datetime, policy: CarePolicy
) -> Page[OccasionRead]:
    """What falls due next of each occasion, from `start` on and before `end`, and the holidays that rules in force
    speak of; the earliest first.
    """
    after = _place_from(page.cursor) if page.cursor is not None else None
    found: list[OccasionRead] = []
    if wanted.kind is not OccasionKind.HOLIDAY:
        found += await _kept(session, wanted, after=after, limit=page.limit + 1, policy=policy)
    if wanted.kind in (None, OccasionKind.HOLIDAY):
        found += await _holidays(session, wanted, after=after, limit=page.limit + 1, now=now, policy=policy)
    found.sort(key=_place_of)
    items = found[: page.limit]
    return Page(items=items, next_cursor=_cursor_of(items[-1]) if len(found) > page.limit else None)


async def _kept(
    session: AsyncSession, wanted: OccasionFilter, *, after: _Place | None, limit: int, policy: CarePolicy
) -> list[OccasionRead]:
    key = (
        col(Occasion.next_due_at),
        col(Occasion.customer_id),
        col(Occasion.kind),
        col(Occasion.subject),
    )
    query = select(Occasion).where(key[0] >= wanted.start, key[0] < wanted.end)
    if wanted.customer_id is not None:
        query = query.where(key[1] == wanted.customer_id)
    if wanted.kind is not None:
        query = query.where(key[2] == wanted.kind.value)
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(*after))
    rows = await session.scalars(query.order_by(*key).limit(limit))
    return [_read(row, policy) for row in rows]


async def _holidays(
    session: AsyncSession,
    wanted: OccasionFilter,
    *,
    after: _Place | None,
    limit: int,
    now: datetime,
    policy: CarePolicy,
) -> list[OccasionRead]:
    """Of each instant those who live where it is due, until there are enough."""
    rules = (await rules_in_force(session)).on_occasion(OccasionKind.HOLIDAY)
    start = max(wanted.start, now, *([after.due_at] if after is not None else []))
    end = min(wanted.end, now + _HORIZON)
    if not rules or start >= end:
        return []
    if wanted.customer_id is None:
        localities = await list_localities(session)
    else:
        own = await find_locality(session, wanted.customer_id)
        localities = [own] if own is not None else []
    found: list[OccasionRead] = []
    falling = await asyncio.to_thread(rounds_between, rules, localities, start, end, policy)
    for due_at, rounds in groupby(falling, attrgetter("due_at")):
        said: dict[Locality, list[DueRound]] = {}
        for one in rounds:
            said.setdefault(one.locality, []).append(one)
        first = after.customer_id if after is not None and after.due_at == due_at else None
        if wanted.customer_id is not None:
            living = [(wanted.customer_id, one) for one in said]
        else:
            living = await list_living_in(session, said, start=first, limit=limit + 1)
        rows = [row for customer_id, locality in living for row in _read_holidays(customer_id, said[locality])]
        found += [row for row in rows if after is None or _place_of(row) > after]
        if len(found) >= limit:
            break
    return found


def _read(row: Occasion, policy: CarePolicy) -> OccasionRead:
    label = row.basis["label"] if row.basis else None
    later = later_instants(row.basis, row.next_day, row.next_lead, row.kind, row.time_zone, policy)
    return OccasionRead.model_validate(row.model_dump() | {"label": label, "later_due_at": later})


def _read_holidays(customer_id: UUID, rounds: Iterable[DueRound]) -> list[OccasionRead]:
    """Each holiday once, however many rules speak of it."""
    said = {(one.falling, one.lead): round_ for round_ in rounds for one in round_.said}
    return [
        OccasionRead(
            customer_id=customer_id,
            kind=OccasionKind.HOLIDAY,
            subject=falling.code,
            label=None,
            names=HOLIDAYS[falling.code].names_by_language,
            next_day=falling.day,
            next_due_at=round_.due_at,
            next_lead=lead,
            later_due_at=[],
            year=falling.year,
            time_zone=round_.locality.time_zone,
        )
        for (falling, lead), round_ in said.items()
    ]


def _place_of(one: OccasionRead) -> _Place:
    return _Place(one.next_due_at, one.customer_id, one.kind.value, one.subject)


def _place_from(cursor: str) -> _Place:
    due_at, customer_id, which = decode_cursor(cursor, datetime, UUID, str)
    kind, _, subject = which.partition("/")
    return _Place(due_at, customer_id, kind, subject)


def _cursor_of(last: OccasionRead) -> str:
    return encode_cursor(last.next_due_at, last.customer_id, f"{last.kind}/{last.subject}")
