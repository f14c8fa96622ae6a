"""What every interaction from another system has, and the values it is told in."""

import re
from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from shared.contracts.common import CurrencyCode, ShortText, Value
from shared.contracts.envelope import EventData
from shared.contracts.topics import INBOUND_EVENTS

DecimalAmount = Annotated[
    str,
    Field(pattern=r"^\d{1,13}(\.\d{1,4})?$", examples=["29.33"], description="a decimal in the currency's major unit"),
]

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _written(value: object) -> date:
    """A bare number would be read as a Unix time, its unit guessed."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"there is no such day: {error}") from None
    raise ValueError("must be a date such as 2026-01-31")


WrittenDate = Annotated[date, BeforeValidator(_written)]


class StrictValue(Value):
    """Input from outside: an unknown field is an error there and then, not a loss noticed later."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Amount(StrictValue):
    """A decimal amount as people write it; more digits than the currency has are refused."""

    amount: DecimalAmount
    currency: CurrencyCode


class CustomerReference(StrictValue):
    """Either `id`, or `source` and `external_id` together."""

    id: UUID | None = None
    source: ShortText | None = None
    external_id: ShortText | None = None

    @model_validator(mode="after")
    def _one_identity(self) -> "CustomerReference":
        external = self.source is not None and self.external_id is not None
        if (self.id is not None) == external or (self.source is None) != (self.external_id is None):
            raise ValueError("name the customer either by `id` or by `source` and `external_id` together")
        return self


class InteractionReference(StrictValue):
    """An earlier interaction: by its `interaction_id`, or by the `id` it has in `source`, which is the sender's own."""

    interaction_id: UUID | None = None
    source: Annotated[ShortText | None, Field(description="by default the source that refers to it")] = None
    id: ShortText | None = None

    @model_validator(mode="after")
    def _one_identity(self) -> "InteractionReference":
        if (self.interaction_id is None) == (self.id is None) or (self.id is None and self.source is not None):
            raise ValueError(
                "name the interaction either by `interaction_id` or by `id`, where need be with its `source`"
            )
        return self


class InboundInteraction(EventData):
    """`amends` names the interaction that this one corrects: that one is voided, this one counts in its place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: ClassVar[str] = INBOUND_EVENTS.name

    customer: CustomerReference
    channel: ShortText | None = None
    actor: ShortText | None = None
    contact_id: Annotated[UUID | None, Field(description="the contact of an organisation it happened with")] = None
    cost_to_serve: Annotated[Amount | None, Field(description="what it cost the business, beside the goods")] = None
    amends: InteractionReference | None = None
