"""Reads of complaint cases."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.interaction.complaints.case import Case, CaseState
from services.interaction.complaints.models import Complaint, ComplaintFact
from services.interaction.complaints.repository import case_of
from services.interaction.complaints.schemas import CaseFactRead
from services.interaction.window import Window
from shared.contracts.interaction import Severity
from shared.errors import NotFound

_table: Table = Complaint.metadata.tables["complaints"]
_columns = _table.c
_facts = ComplaintFact.metadata.tables["complaint_facts"].c
MAX_FACTS = 100


async def list_cases(
    session: AsyncSession,
    window: Window,
    *,
    state: CaseState | None,
    severity: Severity | None,
    customer_id: UUID | None,
) -> list[Case]:
    """Those that match, the latest begun first."""
    statement = select(_table)
    if state is not None:
        statement = statement.where(_columns.state == state)
    if severity is not None:
        statement = statement.where(_columns.severity == severity)
    if customer_id is not None:
        statement = statement.where(_columns.customer_id == customer_id)
    return await _fetch(session, window.of(statement, _columns.started_at, _columns.complaint_id))


async def get_case(session: AsyncSession, complaint_id: UUID) -> tuple[Case, list[CaseFactRead]]:
    """The case and the first of its facts. Raises NotFound."""
    found = await _fetch(session, select(_table).where(_columns.complaint_id == complaint_id))
    if not found:
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
    return found[0], [CaseFactRead.model_validate(fact) for fact in facts]


async def _fetch(session: AsyncSession, statement: Select[Any]) -> list[Case]:
    return [case_of(dict(row)) for row in (await session.execute(statement)).mappings()]
