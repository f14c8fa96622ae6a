"""An interaction as the one path behind every door sees it: the command, what became of it, and when they agree."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.interaction.ingest.details import NO_CIRCUMSTANCES, Circumstances, Details
from services.interaction.ingest.identity import CustomerKey
from shared.errors import InvalidInput

State = Literal["recorded", "awaiting_customer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInteraction:
    """The command: an interaction that passed every rule.

    `causation_id` is the id of the event that brought it; `correlation_id` and `traceparent` are those of the request,
    where several requests are recorded together.
    """

    interaction_id: UUID
    source: str
    source_id: str
    customer: CustomerKey
    occurred_at: datetime
    channel: str | None
    actor: str | None
    details: Details
    circumstances: Circumstances = NO_CIRCUMSTANCES
    causation_id: str | None = None
    correlation_id: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Voided:
    """That an interaction was taken back, by which one, and which counts in its place, if any does."""

    void_id: UUID
    replaced_by: UUID | None


@dataclass(frozen=True, slots=True)
class RecordedInteraction:
    """What is kept: the command's content, when it was accepted, the customer once known, and whether it counts."""

    content: RecordInteraction
    customer_id: UUID | None
    recorded_at: datetime
    voided: Voided | None = None

    @property
    def state(self) -> State:
        return "awaiting_customer" if self.customer_id is None else "recorded"


@dataclass(frozen=True, slots=True)
class AcceptedPeriod:
    """Which instants are believed: a clock that is off shows here, before it disturbs any score."""

    earliest: datetime
    max_future: timedelta

    def check(self, occurred_at: datetime, *, now: datetime) -> None:
        """Raises InvalidInput when the instant lies too far ahead of `now`, or before anything can have happened."""
        if occurred_at > now + self.max_future:
            raise InvalidInput(
                f"{occurred_at.isoformat()} has not come yet: it is now {now.isoformat(timespec='seconds')}; "
                "send the instant at which it happened, with its offset from UTC",
                code="occurred_in_future",
                field="occurred_at",
            )
        if occurred_at < self.earliest:
            raise InvalidInput(
                f"{occurred_at.isoformat()} lies before {self.earliest.isoformat()}, the earliest instant accepted; "
                "check the unit and the epoch of the time at its source",
                code="occurred_too_early",
                field="occurred_at",
            )


def differences(submitted: RecordInteraction, kept: RecordedInteraction, customer_id: UUID | None) -> list[str]:
    """Names of the fields in which a second submission differs from what was kept under the same identity.

    `customer_id` is whom the submission is found to mean: another name of the same customer is no difference. The
    content itself is compared rather than a digest of it, so that the fields can be named, and so that a field added
    in a later release, empty in both, does not turn a redelivery into a conflict.
    """
    first = kept.content
    found = []
    if submitted.details.kind is not first.details.kind:
        found.append("kind")
    else:
        found += [
            field.name
            for field in fields(first.details)
            if getattr(submitted.details, field.name) != getattr(first.details, field.name)
        ]
    found += [
        field.name
        for field in fields(Circumstances)
        if getattr(submitted.circumstances, field.name) != getattr(first.circumstances, field.name)
    ]
    same_customer = submitted.customer == first.customer or (
        customer_id is not None and customer_id == kept.customer_id
    )
    if not same_customer:
        found.append("customer")
    found += [
        name
        for name in ("source", "source_id", "occurred_at", "channel", "actor")
        if getattr(submitted, name) != getattr(first, name)
    ]
    return found
