"""Recording interactions, whatever door they came by, and giving them to their customers once those are known."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from services.interaction.complaints.use_cases import Promise, PromisePolicy
from services.interaction.ingest.identity import CustomerKey, ExternalKey
from services.interaction.ingest.interaction import RecordedInteraction, RecordInteraction, differences
from services.interaction.ingest.outcome import Accepted, Outcome, Refused
from services.interaction.ingest.repository.customers import (
    Claim,
    find_customers,
    lock_to_learn,
    lock_to_record,
    replace_claims,
    save_versions,
)
from services.interaction.ingest.repository.interactions import (
    attach_interactions,
    insert_interactions,
    load_interactions,
)
from services.interaction.ingest.schemas.published import event_of
from services.interaction.ingest.sighting import CustomerSighting, latest_of, owners_of
from services.interaction.ingest.use_cases.cases import follow_cases
from services.interaction.ingest.use_cases.voids import apply_corrections, attach_corrections
from shared.clock import Clock
from shared.db.session import SqlSession
from shared.errors import Conflict, InvalidInput
from shared.messaging.outbox import Outbox


async def record_interactions(
    session: SqlSession,
    outbox: Outbox,
    clock: Clock,
    commands: Sequence[RecordInteraction],
    *,
    policy: PromisePolicy,
    require_known_customer: bool = False,
) -> list[Outcome]:
    """Keeps each interaction once and publishes those whose customer is known; an outcome per command, in order.

    No row lock of the customer is needed before publishing: interactions are facts that do not build on each other, so
    between two concurrent transactions no order is the right one.
    """
    customers = await _find_or_await(session, {command.customer for command in commands})
    recorded_at = clock.now()
    firsts: dict[UUID, RecordedInteraction] = {}
    for command in commands:
        customer_id = customers.get(command.customer)
        if customer_id is not None or not require_known_customer:
            firsts.setdefault(command.interaction_id, RecordedInteraction(command, customer_id, recorded_at))
    new = await insert_interactions(session, firsts.values())
    corrections = await apply_corrections(session, [firsts[interaction_id] for interaction_id in new])
    new -= corrections.refused.keys()
    kept = firsts | await load_interactions(session, firsts.keys() - new)
    fresh = [interaction for interaction_id, interaction in firsts.items() if interaction_id in new]
    promises = await follow_cases(session, [*fresh, *corrections.originals], policy)
    await _publish(session, outbox, (*corrections.voids.values(), *fresh), promises)
    return [
        Refused(corrections.refused[command.interaction_id])
        if command.interaction_id in corrections.refused
        else _outcome(command, kept, new, customers.get(command.customer))
        for command in commands
    ]


async def _publish(
    session: SqlSession,
    outbox: Outbox,
    interactions: Sequence[RecordedInteraction],
    promises: Mapping[UUID, Promise],
) -> None:
    """Those whose customer is known; the others when it appears."""
    await outbox.append(
        session,
        [
            event_of(
                interaction,
                interaction.customer_id,
                causation_id=interaction.content.causation_id,
                promise=promises.get(interaction.content.interaction_id),
            )
            for interaction in interactions
            if interaction.customer_id is not None
        ],
    )


async def learn_customers(
    session: SqlSession, outbox: Outbox, sightings: Sequence[CustomerSighting], *, policy: PromisePolicy
) -> None:
    """Takes note of customers and their identities, and publishes what was kept until they appeared.

    Interactions of one customer are published in the order in which they occurred. Sightings of one customer come in
    the order of their versions; one that is not newer than what is known changes nothing.
    """
    owners = owners_of(sightings)
    await lock_to_learn(session, owners)
    latest = latest_of(sightings)
    new = await save_versions(session, latest.values())
    if not new:
        return
    claims = [
        Claim(key.source, key.id, sighting.customer_id, sighting.seen_at)
        for sighting in latest.values()
        if sighting.customer_id in new
        for key in sighting.external_keys
    ]
    await replace_claims(session, new, claims)
    await _attach(session, outbox, {key: owner for key, owner in owners.items() if owner.customer_id in new}, policy)


async def _find_or_await(session: SqlSession, keys: Collection[CustomerKey]) -> dict[CustomerKey, UUID]:
    """The customers that are known; of the others nobody learns before this transaction ends.

    Without the lock, recording and learning could each look just before the other commits, and strand an interaction
    with a customer that is known. With it, whoever comes second sees what the first one did: hence the second look.
    """
    known = await find_customers(session, keys)
    unknown = [key for key in keys if key not in known]
    if unknown:
        await lock_to_record(session, unknown)
        known |= await find_customers(session, unknown)
    return known


async def _attach(
    session: SqlSession, outbox: Outbox, owners: Mapping[CustomerKey, CustomerSighting], policy: PromisePolicy
) -> None:
    attached = await attach_interactions(session, {key: owner.customer_id for key, owner in owners.items()})
    attached.sort(key=lambda it: (it.content.occurred_at, it.recorded_at, it.content.interaction_id))
    originals = await attach_corrections(session, attached)
    promises = await follow_cases(session, [*attached, *originals], policy)
    await outbox.append(
        session,
        [
            event_of(
                interaction,
                owner.customer_id,
                causation_id=owner.event_id,
                promise=promises.get(interaction.content.interaction_id),
            )
            for interaction in attached
            for owner in [owners[interaction.content.customer]]
        ],
    )


def _outcome(
    command: RecordInteraction, kept: Mapping[UUID, RecordedInteraction], new: set[UUID], customer_id: UUID | None
) -> Outcome:
    interaction = kept.get(command.interaction_id)
    if interaction is None:
        return Refused(_customer_unknown(command.customer))
    if interaction.content is command and command.interaction_id in new:
        return Accepted(interaction, fresh=True)
    differing = differences(command, interaction, customer_id)
    if differing:
        return Refused(
            Conflict(
                f"{command.source!r} has recorded another interaction under the id {command.source_id!r} before; "
                f"it differs in {', '.join(differing)}; an interaction never changes: give a new one a new id",
                code="interaction_conflict",
                interaction_id=str(command.interaction_id),
                differing=differing,
            )
        )
    return Accepted(interaction, fresh=False)


def _customer_unknown(customer: CustomerKey) -> InvalidInput:
    if isinstance(customer, ExternalKey):
        name, field = f"no customer with the id {customer.id!r} of {customer.source!r}", "customer.external_id"
    else:
        name, field = f"no customer {customer}", "customer.id"
    return InvalidInput(
        f"{name} is known; register it at the customer service first, or leave out require_known_customer: the "
        "interaction is then kept until the customer appears",
        code="customer_unknown",
        field=field,
    )
