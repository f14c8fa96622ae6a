"""Reading print runs and their letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.channels.print_file import address_block, address_parts
from services.notification.messages.queries import SentContent, list_handed_over
from services.notification.printing.models import PrintRun
from services.notification.printing.paper import Letter
from services.notification.printing.schemas import PrintRunRead
from services.notification.templates.formats import format_day
from shared.errors import NotFound
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor

MANIFEST = (
    "position", "first_page", "pages", "message_id", "customer_id", "rule", "language", "recipient", "lines",
    "locality", "postal_code", "region", "country", "state",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunLetters:
    """What a run handed over, in the order of its file. Letters to customers who were erased since are withdrawn: they
    are in the manifest by their ids, and in the file no more."""

    run: PrintRun
    contents: Sequence[SentContent]

    @property
    def letters(self) -> list[Letter]:
        return [self._letter(one) for one in self.contents if one.body_text is not None]

    def manifest(self, pages: Sequence[int]) -> list[tuple[object, ...]]:
        """`pages` are those of each letter that is in the file."""
        rows: list[tuple[object, ...]] = []
        left, first = list(pages), 1
        for position, one in enumerate(self.contents, start=1):
            printed = one.body_text is not None
            taken = left.pop(0) if printed else None
            parts = address_parts(one.address or "{}")
            where = [parts.get(name) for name in ("locality", "postal_code", "region", "country")]
            lines = ", ".join(parts.get("lines", ()))
            named = (one.message_id, one.customer_id, one.rule, one.language, parts.get("recipient"), lines or None)
            state = "printed" if printed else "withdrawn"
            rows.append((position, first if printed else None, taken, *named, *where, state))
            first += taken or 0
        return rows

    def _letter(self, one: SentContent) -> Letter:
        return Letter(
            address=address_block(one.address or "{}", posted_in=self.run.country),
            day=format_day(self.run.day, one.language),
            subject=one.subject or "",
            text=one.body_text or "",
        )


async def list_runs(session: AsyncSession, page: PageParams) -> Page[PrintRunRead]:
    """The latest first."""
    place = (col(PrintRun.created_at), col(PrintRun.run_id))
    query = select(PrintRun)
    if page.cursor is not None:
        query = query.where(tuple_(*place) < tuple_(*decode_cursor(page.cursor, datetime, UUID)))
    rows = (await session.scalars(query.order_by(*(one.desc() for one in place)).limit(page.limit + 1))).all()
    items = [PrintRunRead.model_validate(row) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=items, next_cursor=encode_cursor(items[-1].created_at, items[-1].run_id) if more else None)


async def get_run(session: AsyncSession, run_id: UUID) -> PrintRun:
    """Raises NotFound."""
    run = await session.get(PrintRun, run_id)
    if run is None:
        raise NotFound(
            f"there is no print run {run_id}; GET /v1/print-runs lists those there are", code="print_run_unknown"
        )
    return run


async def load_letters(session: AsyncSession, run_id: UUID) -> RunLetters:
    """Raises NotFound."""
    run = await get_run(session, run_id)
    return RunLetters(run, await list_handed_over(session, run.provider, str(run_id)))
