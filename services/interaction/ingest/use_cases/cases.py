"""Complaint cases, brought up to date with the interactions they are made of."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from services.interaction.complaints.use_cases import (
    CaseFact,
    Promise,
    PromisePolicy,
    Step,
    Told,
    open_cases,
    settle_cases,
)
from services.interaction.ingest.details import CaseStep, Kind
from services.interaction.ingest.interaction import RecordedInteraction
from services.interaction.ingest.repository.customers import find_key_accounts
from services.interaction.ingest.repository.interactions import load_interactions
from services.interaction.ingest.repository.voids import find_voided
from shared.db.session import SqlSession

_STEPS: dict[Kind, Step] = {
    Kind.COMPLAINT: Step.OPENING,
    Kind.COMPLAINT_ASSIGNMENT: Step.ASSIGNMENT,
    Kind.COMPLAINT_RESPONSE: Step.RESPONSE,
    Kind.COMPLAINT_RESOLUTION: Step.RESOLUTION,
    Kind.COMPLAINT_FOLLOW_UP: Step.FOLLOW_UP,
    Kind.COMPLAINT_CLOSURE: Step.CLOSURE,
    Kind.COMPLAINT_REOPENING: Step.REOPENING,
}
_PROMISING = {Step.OPENING, Step.REOPENING}
_TOLD_OF_A_CASE = frozenset(CaseFact.__dataclass_fields__) - {"step", "interaction_id", "at", "customer_id"}


async def follow_cases(
    session: SqlSession, interactions: Sequence[RecordedInteraction], policy: PromisePolicy
) -> dict[UUID, Promise]:
    """What was promised by each of `interactions` that opens a case, or opens it again.

    `interactions` are new, or of a customer now known, or taken back: whatever their case is made of is looked at anew,
    so that neither order nor repetition makes a difference.
    """
    steps = [one for one in interactions if isinstance(one.content.details, CaseStep)]
    if not steps:
        return {}
    green, ids = await open_cases(session, [_told(one) for one in steps])
    kept = await load_interactions(session, ids)
    voided = await find_voided(session, ids)
    facts: dict[UUID, list[CaseFact]] = {}
    for one in kept.values():
        if one.content.interaction_id not in voided:
            facts.setdefault(_told(one).complaint_id, []).append(_fact(one))
    openers = {one.customer_id for one in kept.values() if one.customer_id is not None}
    cases = await settle_cases(
        session,
        sorted({(_told(one).source, _told(one).case) for one in steps}),
        facts,
        green=green,
        key_accounts=await find_key_accounts(session, openers),
        policy=policy,
    )
    return {
        one.content.interaction_id: policy.promise_from(
            one.content.occurred_at, green=bool(cases[_told(one).complaint_id].green_channel)
        )
        for one in steps
        if _told(one).step in _PROMISING
    }


def _told(interaction: RecordedInteraction) -> Told:
    content = interaction.content
    case: Callable[[Any], str] = lambda details: details.case  # noqa: E731 - every step has one
    return Told(
        source=content.source,
        case=case(content.details),
        step=_STEPS[content.details.kind],
        interaction_id=content.interaction_id,
        at=content.occurred_at,
    )


def _fact(interaction: RecordedInteraction) -> CaseFact:
    content = interaction.content
    told = {name: getattr(content.details, name) for name in _TOLD_OF_A_CASE if hasattr(content.details, name)}
    return CaseFact(
        step=_STEPS[content.details.kind],
        interaction_id=content.interaction_id,
        at=content.occurred_at,
        customer_id=interaction.customer_id,
        **told,
    )
