"""Events that ingest listens to: interactions of other systems, and news of customers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.interaction.complaints.use_cases import PromisePolicy
from services.interaction.ingest.identity import ExternalKey
from services.interaction.ingest.interaction import AcceptedPeriod, RecordInteraction
from services.interaction.ingest.outcome import Refused
from services.interaction.ingest.schemas.inbound import Admission
from services.interaction.ingest.sighting import CustomerSighting
from services.interaction.ingest.use_cases import learn_customers, record_interactions
from shared.clock import Clock
from shared.contracts.envelope import Event
from shared.errors import InvalidInput, Poison, RapportError
from shared.messaging.consumer import Handler
from shared.messaging.outbox import Outbox


def inbound_handler(outbox: Outbox, clock: Clock, period: AcceptedPeriod, policy: PromisePolicy) -> Handler:
    """Records what other systems publish. The identity of an interaction is its event's, so no inbox is needed."""

    async def on_inbound(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        admission = Admission(period, clock.now())
        commands = [_command_of(event, admission) for event in events]
        for outcome in await record_interactions(session, outbox, clock, commands, policy=policy):
            if isinstance(outcome, Refused):
                raise _poison(outcome.error)

    return on_inbound


def customer_handler(outbox: Outbox, policy: PromisePolicy) -> Handler:
    """Attaches what was kept for customers, once they are known. Versions tell old news, so no inbox is needed."""

    async def on_customers(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        await learn_customers(session, outbox, [_sighting_of(event) for event in events], policy=policy)

    return on_customers


def _command_of(event: Event[Any], admission: Admission) -> RecordInteraction:
    try:
        return admission.command_of_event(event)
    except InvalidInput as error:
        raise _poison(error) from error


def _poison(error: RapportError) -> Poison:
    return Poison(error.detail, code=error.code, field=error.field, **error.context)


def _sighting_of(event: Event[Any]) -> CustomerSighting:
    facts = event.data
    return CustomerSighting(
        customer_id=facts.customer_id,
        version=facts.version,
        external_keys=frozenset(ExternalKey(external.source, external.id) for external in facts.external_ids),
        seen_at=event.envelope.time,
        event_id=event.envelope.id,
        key_account=facts.key_account,
    )
