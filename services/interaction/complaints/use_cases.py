"""Cases follow the interactions that are recorded, in the transaction that records them or learns their customers."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.interaction.complaints.case import Case, CaseFact, Step, complaint_id_of, in_order
from services.interaction.complaints.promises import Promise, PromisePolicy
from services.interaction.complaints.repository import Told, add_facts, lock_cases, save_cases
from shared.db.session import SqlSession

__all__ = ["Case", "CaseFact", "Promise", "PromisePolicy", "Step", "Told", "open_cases", "settle_cases"]


async def open_cases(session: SqlSession, steps: Sequence[Told]) -> tuple[dict[UUID, bool | None], set[UUID]]:
    """Locks the cases of these steps and notes the steps; a step told again changes nothing.

    Returns whether each case is in the green channel (None: not decided), and the interactions they are made of.
    """
    green = await lock_cases(session, steps)
    facts = await add_facts(session, steps)
    return green, {interaction_id for ids in facts.values() for interaction_id in ids}


async def settle_cases(
    session: SqlSession,
    names: Sequence[tuple[str, str]],
    facts: Mapping[UUID, Sequence[CaseFact]],
    *,
    green: Mapping[UUID, bool | None],
    key_accounts: frozenset[UUID],
    policy: PromisePolicy,
) -> dict[UUID, Case]:
    """Saves what the facts of each case come to. The caller holds the locks.

    Whether a case is in the green channel is decided once, when the customer who opened it is known: a promise given
    is kept, whatever becomes of the account later.
    """
    cases = {}
    for source, name in names:
        complaint_id = complaint_id_of(source, name)
        decided = green[complaint_id]
        case = Case(source=source, name=name, facts=in_order(facts.get(complaint_id, ())), green_channel=decided)
        if decided is None and case.opening is not None and case.customer_id is not None:
            decided = case.customer_id in key_accounts
            case = Case(source=source, name=name, facts=case.facts, green_channel=decided)
        cases[complaint_id] = case
    await save_cases(session, list(cases.values()), policy)
    return cases
