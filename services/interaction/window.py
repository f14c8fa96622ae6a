"""A stretch of a list that is read newest first, page by page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Select, tuple_

Place = tuple[datetime, UUID]
"""Where a row stands in such a list: its time, then its id. Rows added meanwhile neither hide nor repeat others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The first `limit` rows beyond `before`, of those from `since` on and before `until`."""

    limit: int
    before: Place | None = None
    since: datetime | None = None
    until: datetime | None = None

    def of(self, statement: Select[Any], time: Column[Any], row_id: Column[Any]) -> Select[Any]:
        """`statement` limited to this window and sorted; an index on (…, time, id) serves it."""
        if self.before is not None:
            statement = statement.where(tuple_(time, row_id) < self.before)
        if self.since is not None:
            statement = statement.where(time >= self.since)
        if self.until is not None:
            statement = statement.where(time < self.until)
        return statement.order_by(time.desc(), row_id.desc()).limit(self.limit)
