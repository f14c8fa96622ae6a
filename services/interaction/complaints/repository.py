"""SQL for complaint cases, a set per statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.interaction.complaints.case import Case, Step, complaint_id_of
from services.interaction.complaints.promises import PromisePolicy
from shared.db.session import SqlSession, driver

_ADD_FACTS = """
INSERT INTO complaint_facts (complaint_id, interaction_id, kind, occurred_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[])
ON CONFLICT DO NOTHING
"""

_LOAD_FACTS = "SELECT complaint_id, interaction_id FROM complaint_facts WHERE complaint_id = ANY($1::uuid[])"

# Provisional values: nobody sees them, the same transaction saves the case.
_OPEN_CASES = """
INSERT INTO complaints (complaint_id, source, case_name, state, started_at, openings, resolutions, reopenings)
SELECT complaint_id, source, case_name, 'open', '-infinity', 0, 0, 0
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS new (complaint_id, source, case_name)
ON CONFLICT DO NOTHING
"""

_LOCK_CASES = """
SELECT complaint_id, green_channel FROM complaints WHERE complaint_id = ANY($1::uuid[])
ORDER BY complaint_id FOR UPDATE
"""

_DROP_CASES = "DELETE FROM complaints WHERE complaint_id = ANY($1::uuid[])"

_SAVED = {
    "complaint_id": "uuid",
    "state": "text",
    "customer_id": "uuid",
    "started_at": "timestamptz",
    "opening_id": "uuid",
    "opened_at": "timestamptz",
    "severity": "text",
    "category": "text",
    "description": "text",
    "department": "text",
    "handler": "text",
    "green_channel": "boolean",
    "respond_by": "timestamptz",
    "responded_at": "timestamptz",
    "resolve_by": "timestamptz",
    "resolution_id": "uuid",
    "resolved_at": "timestamptz",
    "resolved_seconds": "bigint",
    "outcome": "text",
    "cause": "text",
    "compensation_minor": "bigint",
    "compensation_currency": "text",
    "followed_up_at": "timestamptz",
    "satisfied": "boolean",
    "follow_up_score": "int",
    "closed_at": "timestamptz",
    "reopened_at": "timestamptz",
    "openings": "int",
    "resolutions": "int",
    "reopenings": "int",
}
_COLUMNS = ", ".join(_SAVED)
_ARRAYS = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(_SAVED.values(), start=1))
_SAVE_CASES = f"""
UPDATE complaints SET {", ".join(f"{name} = new.{name}" for name in _SAVED if name != "complaint_id")}
FROM unnest({_ARRAYS}) AS new ({_COLUMNS})
WHERE complaints.complaint_id = new.complaint_id
"""  # noqa: S608 - made of the names above


@dataclass(frozen=True, slots=True)
class Told:
    """That an interaction is a step in the life of a case."""

    source: str
    case: str
    step: Step
    interaction_id: UUID
    at: datetime

    @property
    def complaint_id(self) -> UUID:
        return complaint_id_of(self.source, self.case)


async def lock_cases(session: SqlSession, steps: Iterable[Told]) -> dict[UUID, bool | None]:
    """Opens the cases of these steps where there are none, and locks them until the transaction ends.

    Returns whether each is in the green channel, as far as that is decided. Everybody locks in the order of ids, so
    that transactions on the same cases wait instead of deadlocking.
    """
    wanted = sorted({(told.complaint_id, told.source, told.case) for told in steps})
    connection = await driver(session)
    await connection.execute(_OPEN_CASES, *zip(*wanted, strict=True))
    records = await connection.fetch(_LOCK_CASES, [complaint_id for complaint_id, _, _ in wanted])
    return {record["complaint_id"]: record["green_channel"] for record in records}


async def add_facts(session: SqlSession, steps: Iterable[Told]) -> dict[UUID, list[UUID]]:
    """Adds the steps that are not there yet; returns all interactions of each case. The caller holds the locks."""
    rows = sorted({(told.complaint_id, told.interaction_id, told.step.value, told.at) for told in steps})
    connection = await driver(session)
    await connection.execute(_ADD_FACTS, *zip(*rows, strict=True))
    facts: dict[UUID, list[UUID]] = {}
    for complaint_id, interaction_id in await connection.fetch(_LOAD_FACTS, list({row[0] for row in rows})):
        facts.setdefault(complaint_id, []).append(interaction_id)
    return facts


async def save_cases(session: SqlSession, cases: Sequence[Case], policy: PromisePolicy) -> None:
    """A case whose every step was taken back is no case."""
    connection = await driver(session)
    if empty := [case.complaint_id for case in cases if not case.facts]:
        await connection.execute(_DROP_CASES, empty)
    if rows := [list(_row_of(case, policy).values()) for case in cases if case.facts]:
        await connection.execute(_SAVE_CASES, *zip(*rows, strict=True))


def _row_of(case: Case, policy: PromisePolicy) -> Mapping[str, Any]:
    opening, resolution, follow_up = case.opening, case.resolution, case.follow_up
    closure, reopening, promise = case.closure, case.reopening, case.promise(policy)
    compensation, took = resolution and resolution.compensation, case.resolved_in
    row = {
        "complaint_id": case.complaint_id,
        "state": case.state.value,
        "customer_id": case.customer_id,
        "started_at": case.started_at,
        "opening_id": opening and opening.interaction_id,
        "opened_at": opening and opening.at,
        "severity": case.severity,
        "category": opening and opening.category,
        "description": opening and opening.description,
        "department": case.department,
        "handler": case.handler,
        "green_channel": case.green_channel,
        "respond_by": promise.respond_by,
        "responded_at": case.responded_at,
        "resolve_by": promise.resolve_by,
        "resolution_id": resolution and resolution.interaction_id,
        "resolved_at": resolution and resolution.at,
        "resolved_seconds": None if took is None else int(took.total_seconds()),
        "outcome": resolution and resolution.outcome,
        "cause": resolution and resolution.cause,
        "compensation_minor": compensation and compensation.minor,
        "compensation_currency": compensation and compensation.currency,
        "followed_up_at": follow_up and follow_up.at,
        "satisfied": follow_up and follow_up.satisfied,
        "follow_up_score": follow_up and follow_up.score,
        "closed_at": closure and closure.at,
        "reopened_at": reopening and reopening.at,
        "openings": case.count(Step.OPENING),
        "resolutions": case.count(Step.RESOLUTION),
        "reopenings": case.count(Step.REOPENING),
    }
    return {name: row[name] for name in _SAVED}
