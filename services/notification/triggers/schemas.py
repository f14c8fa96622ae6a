"""Trying a rule on what has happened, over HTTP."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from services.notification.rules.document import RuleDocument
from services.notification.rules.schemas import Reason as RuleReasonText
from services.notification.values import Outcome, Reason
from shared.contracts.common import Channel
from shared.web.instants import WrittenInstant
from shared.web.schemas import RequestModel, ResponseModel


class DryRunRequest(RequestModel):
    """Without a `document` the draft is tried, else the rule in force."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"from": "2026-02-01T00:00:00Z", "to": "2026-03-01T00:00:00Z", "limit": 50}]}
    )

    start: WrittenInstant = Field(alias="from", description="events recorded, or occasions due, from then on")
    end: WrittenInstant = Field(alias="to", description="and before")
    document: RuleDocument | None = None
    limit: Annotated[int, Field(ge=1, le=200, description="customers in the sample")] = 50
    after: UUID | None = Field(None, description="`next_after` of the answer before, for the customers after those")

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.end <= self.start:
            raise ValueError("to must be later than from")
        return self


class DryRunCount(ResponseModel):
    day: date = Field(description="local day of the customer")
    channel: Channel | None = Field(description="null for tasks")
    outcome: Outcome
    reason: Reason | None
    messages: int = Field(description="or tasks, of a rule that gives them")


class DryRunCustomer(ResponseModel):
    customer_id: UUID
    messages: int


class DryRunRead(ResponseModel):
    """What the rule would have done, by what is known of the customers today; nothing was sent or kept."""

    events: int = Field(description="or occasions of the kind that triggers it, in that time")
    triggered: int = Field(description="of them, those for which the condition holds")
    sent: int = Field(description="messages sent, or tasks given")
    customers: int = Field(description="who would have been written to, or would have been the matter of a task")
    share: float | None = Field(description="of all customers that are known; null where there are none")
    counts: list[DryRunCount]
    sample: list[DryRunCustomer] = Field(description="customers who would have been written to, by id")
    next_after: UUID | None = Field(description="give it as `after` to see those who follow; null when this is all")


class RuleActivation(RequestModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "as agreed with customer service"}]})

    reason: RuleReasonText
    confirm: bool = Field(False, description="that it may reach as many customers as it does")
