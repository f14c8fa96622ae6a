"""Who of a batch may have the external ids it names: first come, first served, as if the items came one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.contracts.common import ExternalId
from shared.errors import Conflict


@dataclass(frozen=True, slots=True)
class Claim:
    """A customer to be, and the identities it wants to have."""

    customer_id: UUID
    identities: tuple[ExternalId, ...]


def decide_claims(claims: Sequence[Claim], held: Mapping[ExternalId, UUID]) -> dict[UUID, Conflict]:
    """The claims that cannot be granted, each with the conflict that says who is in the way.

    A claim is granted whole or not at all, and one that is not leaves its identities to those who come after it.
    """
    holders = dict(held)
    refused: dict[UUID, Conflict] = {}
    for claim in claims:
        conflict = find_conflict(claim, holders)
        if conflict is not None:
            refused[claim.customer_id] = conflict
        else:
            holders.update(dict.fromkeys(claim.identities, claim.customer_id))
    return refused


def find_conflict(claim: Claim, holders: Mapping[ExternalId, UUID]) -> Conflict | None:
    """The first of the claim's identities that somebody else holds, as an error."""
    for index, identity in enumerate(claim.identities):
        holder = holders.get(identity, claim.customer_id)
        if holder != claim.customer_id:
            return external_id_taken(identity, holder, field=f"external_ids[{index}]")
    return None


def external_id_taken(identity: ExternalId, holder: UUID, *, field: str) -> Conflict:
    return Conflict(
        f"the external id `{identity.id}` of `{identity.source}` belongs to customer {holder}; "
        "change that customer, or take the id from it first",
        code="external_id_taken",
        field=field,
        customer_id=str(holder),
    )
