"""Interactions as callers read them: the words they were sent in, with what became of them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from pydantic import BaseModel, Field, TypeAdapter

from services.interaction.ingest.details import Circumstances, Details, Void
from services.interaction.ingest.identity import CustomerKey, ExternalKey
from services.interaction.ingest.interaction import RecordedInteraction, State
from shared.contracts.inbound import (
    CustomerReference,
    InboundCall,
    InboundCompetitor,
    InboundComplaint,
    InboundComplaintAssignment,
    InboundComplaintClosure,
    InboundComplaintFollowUp,
    InboundComplaintReopening,
    InboundComplaintResolution,
    InboundComplaintResponse,
    InboundCorrespondence,
    InboundEngagement,
    InboundMention,
    InboundNote,
    InboundPayment,
    InboundPurchase,
    InboundReferral,
    InboundReturn,
    InboundService,
    InboundSurvey,
    InboundUsage,
    InboundVisit,
    InboundVoid,
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
    voided_by: Annotated[
        UUID | None, Field(description="the interaction that took it back; it counts for nothing since then")
    ] = None
    replaced_by: Annotated[UUID | None, Field(description="the interaction that counts in its place")] = None


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


class PaymentRead(Recorded, InboundPayment):
    kind: Literal["payment"]


class UsageRead(Recorded, InboundUsage):
    kind: Literal["usage"]


class ServiceRead(Recorded, InboundService):
    kind: Literal["service"]


class ComplaintAssignmentRead(Recorded, InboundComplaintAssignment):
    kind: Literal["complaint_assignment"]


class ComplaintResponseRead(Recorded, InboundComplaintResponse):
    kind: Literal["complaint_response"]


class ComplaintFollowUpRead(Recorded, InboundComplaintFollowUp):
    kind: Literal["complaint_follow_up"]


class ComplaintClosureRead(Recorded, InboundComplaintClosure):
    kind: Literal["complaint_closure"]


class ComplaintReopeningRead(Recorded, InboundComplaintReopening):
    kind: Literal["complaint_reopening"]


class CallRead(Recorded, InboundCall):
    kind: Literal["call"]


class CorrespondenceRead(Recorded, InboundCorrespondence):
    kind: Literal["correspondence"]


class MentionRead(Recorded, InboundMention):
    kind: Literal["mention"]


class EngagementRead(Recorded, InboundEngagement):
    kind: Literal["engagement"]


class CompetitorRead(Recorded, InboundCompetitor):
    kind: Literal["competitor"]


class NoteRead(Recorded, InboundNote):
    kind: Literal["note"]


class VoidRead(Recorded, InboundVoid):
    kind: Literal["void"]


InteractionRead = Annotated[
    PurchaseRead
    | ReturnRead
    | PaymentRead
    | UsageRead
    | ServiceRead
    | ComplaintRead
    | ComplaintAssignmentRead
    | ComplaintResponseRead
    | ComplaintResolutionRead
    | ComplaintFollowUpRead
    | ComplaintClosureRead
    | ComplaintReopeningRead
    | VisitRead
    | SurveyRead
    | ReferralRead
    | CallRead
    | CorrespondenceRead
    | MentionRead
    | EngagementRead
    | CompetitorRead
    | NoteRead
    | VoidRead,
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
            **_told(content.details),
            **_with_decimals(_circumstances(content.circumstances)),
            "voided_by": interaction.voided and interaction.voided.void_id,
            "replaced_by": interaction.voided and interaction.voided.replaced_by,
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


def body_of(interaction: RecordedInteraction) -> bytes:
    """The JSON of one interaction, as its route gives it."""
    return _reads.dump_json(read_of(interaction))


def _told(details: Details) -> dict[str, Any]:
    if isinstance(details, Void):
        return {"original": {"interaction_id": details.voided_interaction_id}, "reason": details.reason}
    told: dict[str, Any] = _with_decimals(msgspec.to_builtins(details))
    return told


def _circumstances(told: Circumstances) -> dict[str, Any]:
    return {
        "contact_id": told.contact_id,
        "cost_to_serve": msgspec.to_builtins(told.cost_to_serve),
        "amends": told.amends and {"interaction_id": told.amends},
    }


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
