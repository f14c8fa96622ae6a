"""From any door to the one command: the contract's words become the platform's values, and every rule is applied."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import singledispatch
from typing import Any

from services.interaction.ingest.details import (
    Complaint,
    ComplaintResolution,
    Details,
    Purchase,
    PurchaseLine,
    Referral,
    Return,
    Survey,
    Visit,
    check_purchase,
    check_return,
)
from services.interaction.ingest.identity import CustomerKey, ExternalKey, interaction_id_of
from services.interaction.ingest.interaction import AcceptedPeriod, RecordInteraction
from shared.contracts.envelope import Event
from shared.contracts.inbound import (
    Amount,
    CustomerReference,
    InboundComplaint,
    InboundComplaintResolution,
    InboundInteraction,
    InboundPurchase,
    InboundReferral,
    InboundReturn,
    InboundSurvey,
    InboundVisit,
)
from shared.errors import InvalidInput
from shared.money import Money, parse_money

INBOUND_TYPES: dict[str, type[InboundInteraction]] = {
    model.event_type: model
    for model in (
        InboundPurchase,
        InboundReturn,
        InboundComplaint,
        InboundComplaintResolution,
        InboundVisit,
        InboundSurvey,
        InboundReferral,
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
    ) -> RecordInteraction:
        """Raises InvalidInput naming the field that breaks a rule."""
        self.period.check(occurred_at, now=self.now)
        return RecordInteraction(
            interaction_id=interaction_id_of(source, source_id),
            source=source,
            source_id=source_id,
            customer=_customer_key(told.customer),
            occurred_at=occurred_at.astimezone(UTC),
            channel=told.channel,
            actor=told.actor,
            details=_details_of(told),
            causation_id=causation_id,
        )

    def command_of_event(self, event: Event[Any]) -> RecordInteraction:
        """The same for an event, whose envelope carries the identity and the time."""
        envelope = event.envelope
        try:
            return self.command_of(
                event.data,
                source=envelope.source,
                source_id=envelope.id,
                occurred_at=envelope.time,
                causation_id=envelope.id,
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


@singledispatch
def _details_of(told: InboundInteraction) -> Details:
    raise TypeError(f"no rule for {type(told).__name__}")


@_details_of.register
def _(told: InboundPurchase) -> Details:
    lines = tuple(
        PurchaseLine(
            category=line.category,
            quantity=line.quantity,
            amount=_money(line.amount, f"lines[{index}].amount"),
        )
        for index, line in enumerate(told.lines)
    )
    return check_purchase(
        Purchase(
            order_id=told.order_id,
            amount=_money(told.amount, "amount"),
            margin=_money_if(told.margin, "margin"),
            lines=lines,
        )
    )


@_details_of.register
def _(told: InboundReturn) -> Details:
    return check_return(
        Return(
            order_id=told.order_id,
            amount=_money(told.amount, "amount"),
            margin=_money_if(told.margin, "margin"),
            reason=told.reason,
        )
    )


@_details_of.register
def _(told: InboundComplaint) -> Details:
    return Complaint(case=told.case, severity=told.severity.value, category=told.category, description=told.description)


@_details_of.register
def _(told: InboundComplaintResolution) -> Details:
    return ComplaintResolution(
        case=told.case, outcome=told.outcome, compensation=_money_if(told.compensation, "compensation")
    )


@_details_of.register
def _(told: InboundVisit) -> Details:
    return Visit(place=told.place, purpose=told.purpose, notes=told.notes)


@_details_of.register
def _(told: InboundSurvey) -> Details:
    return Survey(instrument=told.instrument, score=told.score, comment=told.comment)


@_details_of.register
def _(told: InboundReferral) -> Details:
    return Referral(referred_customer_id=told.referred_customer_id, referred_label=told.referred_label)
