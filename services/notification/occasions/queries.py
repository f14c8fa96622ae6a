"""Reading the calendar of occasions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.occasions.instants import later_instants
from services.notification.occasions.models import Occasion
from services.notification.occasions.schemas import OccasionRead, ProgressRead
from services.notification.policy import CarePolicy
from services.notification.rules.queries import rules_in_force
from services.notification.values import OccasionKind
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class OccasionFilter:
    start: datetime
    end: datetime
    customer_id: UUID | None = None
    kind: OccasionKind | None = None


_INSTANT_BEFORE = timedelta(microseconds=1)


async def get_progress(session: AsyncSession, *, now: datetime) -> ProgressRead:
    """How far planning is, read from the calendar itself: what was decided on has moved on to its next occurrence.

    An anniversary that is not celebrated moves on without a word, so nobody needs to know when.
    """
    due_at = col(Occasion.next_due_at)
    book = await rules_in_force(session)
    celebrated = [kind.value for kind in OccasionKind if book.on_occasion(kind)]
    coming = select(func.min(due_at)).where(due_at > now, col(Occasion.kind).in_(celebrated))
    backlog, oldest = (await session.execute(select(func.count(), func.min(due_at)).where(due_at <= now))).one()
    return ProgressRead(
        now=now,
        planned_until=now if oldest is None else oldest - _INSTANT_BEFORE,
        next_due_at=await session.scalar(coming),
        backlog=backlog,
    )


async def list_occasions(
    session: AsyncSession, wanted: OccasionFilter, *, page: PageParams, policy: CarePolicy
) -> Page[OccasionRead]:
    """What falls due next of each occasion, from `start` on and before `end`; the earliest first."""
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
    if page.cursor is not None:
        due_at, customer_id, which = decode_cursor(page.cursor, datetime, UUID, str)
        kind, _, subject = which.partition("/")
        query = query.where(tuple_(*key) > tuple_(due_at, customer_id, kind, subject))
    rows = (await session.scalars(query.order_by(*key).limit(page.limit + 1))).all()
    items = [_read(row, policy) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    last = items[-1] if more else None
    cursor = encode_cursor(last.next_due_at, last.customer_id, f"{last.kind}/{last.subject}") if last else None
    return Page(items=items, next_cursor=cursor)


def _read(row: Occasion, policy: CarePolicy) -> OccasionRead:
    label = row.basis["label"] if row.basis else None
    later = later_instants(row.basis, row.next_day, row.next_lead, row.kind, row.time_zone, policy)
    return OccasionRead.model_validate(row.model_dump() | {"label": label, "later_due_at": later})
