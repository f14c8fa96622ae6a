"""Reading documents and the state of coupon lists."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.offers.models import CouponCode, Document
from services.notification.offers.schemas import CouponListRead, DocumentRead
from shared.errors import NotFound
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor


@dataclass(frozen=True, slots=True)
class Content:
    media_type: str
    content: bytes


async def list_documents(session: AsyncSession, page: PageParams) -> Page[DocumentRead]:
    """The latest uploaded first."""
    place = (col(Document.uploaded_at), col(Document.digest))
    query = select(*(col(getattr(Document, name)) for name in DocumentRead.model_fields))
    if page.cursor is not None:
        query = query.where(tuple_(*place) < tuple_(*decode_cursor(page.cursor, datetime, str)))
    rows = (await session.execute(query.order_by(*(one.desc() for one in place)).limit(page.limit + 1))).all()
    items = [DocumentRead.model_validate(row) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=items, next_cursor=encode_cursor(items[-1].uploaded_at, items[-1].digest) if more else None)


async def get_document(session: AsyncSession, digest: str) -> Document:
    """Raises NotFound."""
    document = await session.get(Document, digest)
    if document is None:
        raise NotFound("no document has this digest; GET /v1/documents lists those there are", code="document_unknown")
    return document


async def find_sizes(session: AsyncSession, digests: Collection[str]) -> dict[str, int]:
    """In bytes, of those that there are."""
    rows = await session.execute(
        select(col(Document.digest), col(Document.size)).where(col(Document.digest).in_(digests))
    )
    return {row.digest: row.size for row in rows}


async def load_contents(session: AsyncSession, digests: Collection[str]) -> Mapping[str, Content]:
    if not digests:
        return {}
    documents = await session.scalars(select(Document).where(col(Document.digest).in_(digests)))
    return {one.digest: Content(one.media_type, one.content) for one in documents}


async def list_coupon_lists(session: AsyncSession) -> list[CouponListRead]:
    """Every list, by name; there are dozens of them."""
    rows = await session.execute(_counts().order_by(col(CouponCode.list_name)))
    return [CouponListRead.model_validate(row) for row in rows]


async def get_coupon_list(session: AsyncSession, name: str) -> CouponListRead:
    """Raises NotFound."""
    row = (await session.execute(_counts().where(col(CouponCode.list_name) == name))).one_or_none()
    if row is None:
        raise NotFound(f"there is no coupon list {name}", code="coupon_list_unknown")
    return CouponListRead.model_validate(row)


async def has_coupon_list(session: AsyncSession, name: str) -> bool:
    known = select(col(CouponCode.code)).where(col(CouponCode.list_name) == name).limit(1)
    return await session.scalar(known) is not None


def _counts() -> Select[Any]:
    is_given = col(CouponCode.message_id).is_not(None)
    counts: list[ColumnElement[Any]] = [
        col(CouponCode.list_name).label("name"),
        func.count().filter(~is_given).label("free"),
        func.count().filter(is_given).label("given"),
    ]
    return select(*counts).group_by(col(CouponCode.list_name))
