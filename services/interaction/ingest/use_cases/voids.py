"""Interactions that take earlier ones back: voids, and amendments, which bring a void of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.interaction.ingest.correction import Correction, check_correction, correction_of, void_of
from services.interaction.ingest.interaction import RecordedInteraction
from services.interaction.ingest.repository.interactions import (
    delete_interactions,
    insert_interactions,
    load_interactions,
)
from services.interaction.ingest.repository.voids import VoidClaim, attach_voids, claim_voids, find_holders
from shared.db.session import SqlSession
from shared.errors import Conflict


@dataclass(frozen=True, slots=True)
class Corrections:
    """What became of the corrections among new interactions.

    `refused` leave no trace; `voids` were made by amendments and are published before them; `originals` are the
    interactions taken back that have arrived.
    """

    refused: Mapping[UUID, Conflict] = field(default_factory=dict)
    voids: Mapping[UUID, RecordedInteraction] = field(default_factory=dict)
    originals: Sequence[RecordedInteraction] = ()


async def apply_corrections(session: SqlSession, fresh: Sequence[RecordedInteraction]) -> Corrections:
    """Lets the corrections among `fresh`, which were inserted just now, take effect, or takes them out again."""
    corrections = [found for one in fresh if (found := correction_of(one)) is not None]
    if not corrections:
        return Corrections()
    originals = await load_interactions(session, {one.voided_id for one in corrections})
    refused: dict[UUID, Conflict] = {}
    sound: list[Correction] = []
    for one in corrections:
        try:
            check_correction(one, originals.get(one.voided_id))
        except Conflict as error:
            refused[one.by.content.interaction_id] = error
        else:
            sound.append(one)
    refused |= await _claim(session, sound)
    await delete_interactions(session, refused)
    standing = [one for one in sound if one.by.content.interaction_id not in refused]
    voids = {one.by.content.interaction_id: void_of(one) for one in standing if one.replaced_by is not None}
    await insert_interactions(session, voids.values())
    return Corrections(refused, voids, [originals[one.voided_id] for one in standing if one.voided_id in originals])


async def attach_corrections(
    session: SqlSession, attached: Sequence[RecordedInteraction]
) -> Sequence[RecordedInteraction]:
    """Voids of customers now known take effect; returns what they take back, as far as it has arrived."""
    voids = [
        (found.void_id, one.customer_id, found.voided_id)
        for one in attached
        if (found := correction_of(one)) is not None and one.customer_id is not None
    ]
    if not voids:
        return ()
    await attach_voids(session, [(void_id, customer_id) for void_id, customer_id, _ in voids])
    return list((await load_interactions(session, {voided_id for _, _, voided_id in voids})).values())


async def _claim(session: SqlSession, corrections: Sequence[Correction]) -> dict[UUID, Conflict]:
    """The corrections that came second, with who was first."""
    if not corrections:
        return {}
    claims = [VoidClaim(one.voided_id, one.void_id, one.replaced_by, one.by.customer_id) for one in corrections]
    first = await claim_voids(session, claims)
    late = [one for one in corrections if (one.void_id, one.replaced_by) not in first]
    holders = await find_holders(session, {one.voided_id for one in late}) if late else {}
    return {
        one.by.content.interaction_id: Conflict(
            f"the interaction {one.voided_id} was taken back before, by {holders[one.voided_id]}; "
            "amend what took its place, if anything did",
            code="voided_before",
            void_id=str(holders[one.voided_id]),
        )
        for one in late
    }
