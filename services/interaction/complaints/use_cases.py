"""Cases follow the interactions that are recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.interaction.complaints.case import Case, Opening, Resolution, complaint_id_of
from services.interaction.complaints.repository import add_facts, lock_cases, save_cases

__all__ = ["CaseFact", "Opening", "Resolution", "follow_complaints"]


@dataclass(frozen=True, slots=True)
class CaseFact:
    """An opening or a resolution, and the case it belongs to by its name within its source."""

    source: str
    case: str
    fact: Opening | Resolution

    @property
    def complaint_id(self) -> UUID:
        return complaint_id_of(self.source, self.case)


async def follow_complaints(session: AsyncSession, facts: Sequence[CaseFact]) -> None:
    """Brings the cases up to date, in the transaction that records the interactions or learns their customers.

    A fact told again changes nothing but what it knows more: whose it is.
    """
    if not facts:
        return
    cases: dict[UUID, Case] = await lock_cases(session, {(fact.source, fact.case) for fact in facts})
    new = await add_facts(session, [(fact.complaint_id, fact.fact) for fact in facts])
    for told in facts:
        case = cases[told.complaint_id]
        cases[told.complaint_id] = case.with_fact(told.fact, new=told.fact.interaction_id in new)
    await save_cases(session, list(cases.values()))
