"""From any door to the one command: the contract's words become the platform's values, and every rule is applied."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from services.interaction.ingest.details import (
    NO_CIRCUMSTANCES,
    Call,
    Circumstances,
    Competitor,
    Complaint,
    ComplaintAssignment,
    ComplaintClosure,
    ComplaintFollowUp,
    ComplaintReopening,
    ComplaintResolution,
    ComplaintResponse,
    Correspondence,
    Details,
    Engagement,
    Mention,
    Note,
    Payment,
    Purchase,
    PurchaseLine,
    Referral,
    Return,
    Service,
    Survey,
    Usage,
    Visit,
    Void,
)
from services.interaction.ingest.earnings import check_purchase, check_return
from services.interaction.ingest.identity import CustomerKey, ExternalKey, interaction_id_of
from services.interaction.ingest.interaction import AcceptedPeriod, RecordInteraction
from shared.contracts.envelope import Event
from shared.contracts.inbound import (
    Amount,
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
    InboundInteraction,
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
    InteractionReference,
)
from shared.errors import InvalidInput
from shared.money import Money, parse_money
from shared.structs import struct_of

INBOUND_TYPES: dict[str, type[InboundInteraction]] = {
    model.event_type: model
    for model in (
        InboundPurchase,
        InboundReturn,
        InboundPayment,
        InboundUsage,
        InboundService,
        InboundComplaint,
        InboundComplaintAssignment,
        InboundComplaintResponse,
        InboundComplaintResolution,
        InboundComplaintFollowUp,
        InboundComplaintClosure,
        InboundComplaintReopening,
        InboundVisit,
        InboundSurvey,
        InboundReferral,
        InboundCall,
        InboundCorrespondence,
        InboundMention,
        InboundEngagement,
        InboundCompetitor,
        InboundNote,
        InboundVoid,
    )
}


@dataclass(frozen=True, slots=True)
class Admission:
    """What interactions are judged by: the accepted period, at the present instant."""

    period: AcceptedPeriod
    now: datetime

    def command_of(
        self,
        told: InboundInteraction,
        *,
        source: str,
        source_id: str,
        occurred_at: datetime,
        causation_id: str | None = None,
        correlation_id: str | None = None,
        traceparent: str | None = None,
    ) -> RecordInteraction:
        """`told` is a model or the struct of one. Raises InvalidInput naming the field that breaks a rule."""
        self.period.check(occurred_at, now=self.now)
        return RecordInteraction(
            interaction_id=interaction_id_of(source, source_id),
            source=source,
            source_id=source_id,
            customer=_customer_key(told.customer),
            occurred_at=occurred_at.astimezone(UTC),
            channel=told.channel,
            actor=told.actor,
            details=_PARTICULAR.get(told.event_type, _plain)(told, source),
            circumstances=_circumstances_of(told, source),
            causation_id=causation_id,
            correlation_id=correlation_id,
            traceparent=traceparent,
        )

    def command_of_event(self, event: Event[Any], **origin: str | None) -> RecordInteraction:
        """The same for an event, whose envelope carries the identity and the time."""
        envelope = event.envelope
        try:
            return self.command_of(
                event.data,
                source=envelope.source,
                source_id=envelope.id,
                occurred_at=envelope.time,
                causation_id=envelope.id,
                **origin,
            )
        except InvalidInput as error:
            field = "time" if error.field == "occurred_at" else f"data.{error.field}"
            raise InvalidInput(error.detail, code=error.code, field=field, **error.context) from None


def _customer_key(reference: CustomerReference) -> CustomerKey:
    if reference.id is not None:
        return reference.id
    if reference.source is None or reference.external_id is None:
        raise ValueError("the contract demands one whole identity")
    return ExternalKey(reference.source, reference.external_id)


def _money(amount: Amount, field: str) -> Money:
    return parse_money(amount.amount, amount.currency, field=field)


def _money_if(amount: Amount | None, field: str) -> Money | None:
    return None if amount is None else _money(amount, field)


def _purchase(told: InboundPurchase, source: str) -> Details:  # noqa: ARG001
    lines = tuple(
        PurchaseLine(
            category=line.category,
            quantity=line.quantity,
            amount=_money(line.amount, f"lines[{index}].amount"),
            cost=_money_if(line.cost, f"lines[{index}].cost"),
            margin=_money_if(line.margin, f"lines[{index}].margin"),
        )
        for index, line in enumerate(told.lines)
    )
    return check_purchase(
        Purchase(
            order_id=told.order_id,
            amount=_money(told.amount, "amount"),
            margin=_money_if(told.margin, "margin"),
            lines=lines,
            cost=_money_if(told.cost, "cost"),
        )
    )


def _return(told: InboundReturn, source: str) -> Details:  # noqa: ARG001
    return check_return(
        Return(
            order_id=told.order_id,
            amount=_money(told.amount, "amount"),
            margin=_money_if(told.margin, "margin"),
            reason=told.reason,
            cost=_money_if(told.cost, "cost"),
        )
    )


def _void(told: InboundVoid, source: str) -> Details:
    return Void(voided_interaction_id=_referred(told.original, source), reason=told.reason)


def _referred(reference: InteractionReference, source: str) -> UUID:
    """The id of the interaction that is named; whether there is one shows when it is recorded."""
    if reference.interaction_id is not None:
        return reference.interaction_id
    if reference.id is None:
        raise ValueError("the contract demands one whole identity")
    return interaction_id_of(reference.source or source, reference.id)


def _circumstances_of(told: InboundInteraction, source: str) -> Circumstances:
    if told.contact_id is None and told.cost_to_serve is None and told.amends is None:
        return NO_CIRCUMSTANCES
    return Circumstances(
        contact_id=told.contact_id,
        cost_to_serve=_money_if(told.cost_to_serve, "cost_to_serve"),
        amends=None if told.amends is None else _referred(told.amends, source),
    )


def _plain(told: InboundInteraction, source: str) -> Details:  # noqa: ARG001 - some kinds need it
    """The kind whose fields have the same names as those told; amounts become exact."""
    kind = _PLAIN[told.event_type]
    return kind(**{field.name: _value(getattr(told, field.name), field.name) for field in fields(kind)})


def _value(value: Any, field: str) -> Any:
    if isinstance(value, _AMOUNTS):
        return _money(value, field)
    return value.value if isinstance(value, Enum) else value


_AMOUNTS: tuple[type[Any], ...] = (Amount, struct_of(Amount))
_PARTICULAR: dict[str, Callable[[Any, str], Details]] = {
    InboundPurchase.event_type: _purchase,
    InboundReturn.event_type: _return,
    InboundVoid.event_type: _void,
}
_PLAIN: dict[str, type[Details]] = {
    InboundPayment.event_type: Payment,
    InboundUsage.event_type: Usage,
    InboundService.event_type: Service,
    InboundComplaint.event_type: Complaint,
    InboundComplaintAssignment.event_type: ComplaintAssignment,
    InboundComplaintResponse.event_type: ComplaintResponse,
    InboundComplaintResolution.event_type: ComplaintResolution,
    InboundComplaintFollowUp.event_type: ComplaintFollowUp,
    InboundComplaintClosure.event_type: ComplaintClosure,
    InboundComplaintReopening.event_type: ComplaintReopening,
    InboundVisit.event_type: Visit,
    InboundSurvey.event_type: Survey,
    InboundReferral.event_type: Referral,
    InboundCall.event_type: Call,
    InboundCorrespondence.event_type: Correspondence,
    InboundMention.event_type: Mention,
    InboundEngagement.event_type: Engagement,
    InboundCompetitor.event_type: Competitor,
    InboundNote.event_type: Note,
}
