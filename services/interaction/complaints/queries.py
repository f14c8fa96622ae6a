"""Reads of complaint cases."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.interaction.complaints.case import CaseState
from services.interaction.complaints.models import Complaint, ComplaintFact
from services.interaction.complaints.schemas import CaseFactRead
from services.interaction.window import Window
from shared.contracts.interaction import Severity
from shared.errors import NotFound

_table: Table = Complaint.metadata.tables["complaints"]
_columns = _table.c
_facts = ComplaintFact.metadata.tables["complaint_facts"].c
MAX_FACTS = 100

Overdue = Literal["response", "resolution", "any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """All that is given must hold."""

    state: CaseState | None = None
    severity: Severity | None = None
    customer_id: UUID | None = None
    department: str | None = None
    handler: str | None = None
    green_channel: bool | None = None
    overdue: Overdue | None = None


async def list_cases(session: AsyncSession, window: Window, wanted: CaseFilter, *, now: datetime) -> list[Complaint]:
    """Those that match, the latest begun first."""
    statement = select(Complaint)
    for name in ("state", "severity", "customer_id", "department", "handler", "green_channel"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(_columns[name] == value)
    if wanted.overdue is not None:
        statement = statement.where(_columns.state == CaseState.OPEN, _is_late(wanted.overdue, now))
    return list(await session.scalars(window.of(statement, _columns.started_at, _columns.complaint_id)))


async def get_case(session: AsyncSession, complaint_id: UUID) -> tuple[Complaint, list[CaseFactRead]]:
    """The case and the first of its facts. Raises NotFound."""
    found = await session.get(Complaint, complaint_id)
    if found is None:
        raise NotFound(
            f"there is no complaint {complaint_id}; GET /v1/complaints lists those there are",
            code="complaint_not_found",
        )
    facts = await session.scalars(
        select(ComplaintFact)
        .where(_facts.complaint_id == complaint_id)
        .order_by(_facts.occurred_at, _facts.interaction_id)
        .limit(MAX_FACTS)
    )
    return found, [CaseFactRead.model_validate(fact) for fact in facts]


def _is_late(what: Overdue, now: datetime) -> ColumnElement[bool]:
    unanswered = _columns.responded_at.is_(None) & (_columns.respond_by < now)
    unresolved = _columns.resolve_by < now
    return {"response": unanswered, "resolution": unresolved, "any": unanswered | unresolved}[what]
