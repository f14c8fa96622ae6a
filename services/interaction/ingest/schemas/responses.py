"""Interactions as callers read them: the words they were sent in, with what became of them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from pydantic import BaseModel, Field, TypeAdapter

from services.interaction.ingest.identity import CustomerKey, ExternalKey
from services.interaction.ingest.interaction import RecordedInteraction, State
from shared.contracts.inbound import (
    CustomerReference,
    InboundComplaint,
    InboundComplaintResolution,
    InboundPurchase,
    InboundReferral,
    InboundReturn,
    InboundSurvey,
    InboundVisit,
)
from shared.money import Money, decimal_text
from shared.web.schemas import Problem, ResponseModel


class Recorded(BaseModel):
    """`customer` says how the customer was named, `customer_id` who that is, once known."""

    interaction_id: UUID
    state: Annotated[State, Field(description="`awaiting_customer` until the customer it names is registered")]
    customer_id: UUID | None
    source: str
    id: Annotated[str, Field(description="its identity within `source`")]
    occurred_at: datetime
    recorded_at: datetime


class PurchaseRead(Recorded, InboundPurchase):
    kind: Literal["purchase"]


class ReturnRead(Recorded, InboundReturn):
    kind: Literal["return"]


class ComplaintRead(Recorded, InboundComplaint):
    kind: Literal["complaint"]


class ComplaintResolutionRead(Recorded, InboundComplaintResolution):
    kind: Literal["complaint_resolution"]


class VisitRead(Recorded, InboundVisit):
    kind: Literal["visit"]


class SurveyRead(Recorded, InboundSurvey):
    kind: Literal["survey"]


class ReferralRead(Recorded, InboundReferral):
    kind: Literal["referral"]


InteractionRead = Annotated[
    PurchaseRead | ReturnRead | ComplaintRead | ComplaintResolutionRead | VisitRead | SurveyRead | ReferralRead,
    Field(discriminator="kind"),
]
_reads: TypeAdapter[InteractionRead] = TypeAdapter(InteractionRead)


class WaitingInteraction(ResponseModel):
    """An interaction whose customer is not known yet, and for how long it has been kept."""

    interaction: InteractionRead
    waiting_seconds: Annotated[int, Field(description="since it was recorded, in business time")]


class BatchItemResult(ResponseModel):
    """`invalid` and `conflict` come with a `problem`: the answer that the same item alone would get."""

    index: int
    status: Literal["recorded", "awaiting_customer", "duplicate", "conflict", "invalid"]
    interaction_id: UUID | None = None
    problem: Problem | None = None


class BatchResult(ResponseModel):
    """How many of each, and what became of every item, in the order sent."""

    recorded: int
    awaiting_customer: int
    duplicate: int
    conflict: int
    invalid: int
    items: list[BatchItemResult]


def read_of(interaction: RecordedInteraction) -> InteractionRead:
    content = interaction.content
    return _reads.validate_python(
        {
            **_with_decimals(msgspec.to_builtins(content.details)),
            "kind": content.details.kind.value,
            "interaction_id": content.interaction_id,
            "state": interaction.state,
            "customer_id": interaction.customer_id,
            "customer": _reference(content.customer),
            "source": content.source,
            "id": content.source_id,
            "occurred_at": content.occurred_at,
            "recorded_at": interaction.recorded_at,
            "channel": content.channel,
            "actor": content.actor,
        }
    )


def _reference(customer: CustomerKey) -> CustomerReference:
    if isinstance(customer, ExternalKey):
        return CustomerReference(source=customer.source, external_id=customer.id)
    return CustomerReference(id=customer)


def _with_decimals(value: Any) -> Any:
    """Amounts of money, wherever they stand, as people write them."""
    if isinstance(value, dict):
        if value.keys() == {"minor", "currency"}:
            return {"amount": decimal_text(Money(**value)), "currency": value["currency"]}
        return {name: _with_decimals(member) for name, member in value.items()}
    return [_with_decimals(member) for member in value] if isinstance(value, list | tuple) else value
