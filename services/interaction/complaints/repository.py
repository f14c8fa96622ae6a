"""SQL for complaint cases, a set per statement."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.interaction.complaints.case import Case, Opening, Resolution, complaint_id_of
from shared.db.session import driver
from shared.money import Money

_ADD_FACTS = """
INSERT INTO complaint_facts (complaint_id, interaction_id, kind, occurred_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[])
ON CONFLICT DO NOTHING
RETURNING interaction_id
"""

# Provisional values: nobody sees them, the same transaction saves the case.
_OPEN_CASES = """
INSERT INTO complaints (complaint_id, source, case_name, state, started_at, openings, resolutions)
SELECT complaint_id, source, case_name, 'open', '-infinity', 0, 0
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS new (complaint_id, source, case_name)
ON CONFLICT DO NOTHING
"""

_LOCK_CASES = "SELECT * FROM complaints WHERE complaint_id = ANY($1::uuid[]) ORDER BY complaint_id FOR UPDATE"

_SAVED = {
    "complaint_id": "uuid",
    "state": "text",
    "customer_id": "uuid",
    "started_at": "timestamptz",
    "opening_id": "uuid",
    "opened_at": "timestamptz",
    "opening_customer_id": "uuid",
    "severity": "text",
    "category": "text",
    "description": "text",
    "resolution_id": "uuid",
    "resolved_at": "timestamptz",
    "resolution_customer_id": "uuid",
    "outcome": "text",
    "compensation_minor": "bigint",
    "compensation_currency": "text",
    "openings": "int",
    "resolutions": "int",
}
_COLUMNS = ", ".join(_SAVED)
_ARRAYS = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(_SAVED.values(), start=1))
_SAVE_CASES = f"""
UPDATE complaints SET {", ".join(f"{name} = new.{name}" for name in _SAVED if name != "complaint_id")}
FROM unnest({_ARRAYS}) AS new ({_COLUMNS})
WHERE complaints.complaint_id = new.complaint_id
"""  # noqa: S608 - made of the names above


async def add_facts(session: AsyncSession, facts: Iterable[tuple[UUID, Opening | Resolution]]) -> set[UUID]:
    """Ids of the interactions that were not among the facts of their case yet."""
    rows = [(case_id, fact.interaction_id, type(fact).__name__.lower(), fact.at) for case_id, fact in facts]
    added = await (await driver(session)).fetch(_ADD_FACTS, *zip(*rows, strict=True))
    return {record["interaction_id"] for record in added}


async def lock_cases(session: AsyncSession, names: Iterable[tuple[str, str]]) -> dict[UUID, Case]:
    """The cases of these (source, name), opened where there are none, locked until the transaction ends.

    Everybody locks in the order of ids, so that transactions on the same cases wait instead of deadlocking.
    """
    wanted = sorted((complaint_id_of(source, name), source, name) for source, name in names)
    connection = await driver(session)
    await connection.execute(_OPEN_CASES, *zip(*wanted, strict=True))
    records = await connection.fetch(_LOCK_CASES, [complaint_id for complaint_id, _, _ in wanted])
    return {record["complaint_id"]: case_of(record) for record in records}


async def save_cases(session: AsyncSession, cases: Sequence[Case]) -> None:
    rows = [_row_of(case) for case in cases]
    await (await driver(session)).execute(_SAVE_CASES, *zip(*rows, strict=True))


def case_of(row: Mapping[str, Any]) -> Case:
    opening = resolution = None
    if row["opening_id"] is not None:
        opening = Opening(
            interaction_id=row["opening_id"],
            at=row["opened_at"],
            customer_id=row["opening_customer_id"],
            severity=row["severity"],
            category=row["category"],
            description=row["description"],
        )
    if row["resolution_id"] is not None:
        compensation = row["compensation_minor"]
        resolution = Resolution(
            interaction_id=row["resolution_id"],
            at=row["resolved_at"],
            customer_id=row["resolution_customer_id"],
            outcome=row["outcome"],
            compensation=None if compensation is None else Money(compensation, row["compensation_currency"]),
        )
    return Case(
        source=row["source"],
        name=row["case_name"],
        opening=opening,
        resolution=resolution,
        openings=row["openings"],
        resolutions=row["resolutions"],
    )


def _row_of(case: Case) -> tuple[Any, ...]:
    opening, resolution = case.opening, case.resolution
    compensation = resolution.compensation if resolution else None
    return (
        case.complaint_id,
        case.state.value,
        case.customer_id,
        case.started_at,
        opening and opening.interaction_id,
        opening and opening.at,
        opening and opening.customer_id,
        opening and opening.severity,
        opening and opening.category,
        opening and opening.description,
        resolution and resolution.interaction_id,
        resolution and resolution.at,
        resolution and resolution.customer_id,
        resolution and resolution.outcome,
        compensation and compensation.minor,
        compensation and compensation.currency,
        case.openings,
        case.resolutions,
    )
