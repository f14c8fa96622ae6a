"""A fact: an interaction as scoring keeps it, once per event, in the words of its origin (amounts unconverted)."""

from datetime import datetime
from enum import IntEnum
from typing import Final
from uuid import UUID

from msgspec import Struct


class FactKind(IntEnum):
    """Stored as numbers, so they never change their meaning."""

    PURCHASE = 1
    RETURN = 2
    COMPLAINT = 3
    RESOLUTION = 4
    VISIT = 5
    SURVEY = 6
    REFERRAL = 7
    RESPONSE = 8
    FOLLOW_UP = 9
    CLOSURE = 10
    REOPENING = 11
    PAYMENT = 12
    USAGE = 13
    SERVICE = 14
    CALL = 15
    CORRESPONDENCE = 16
    MENTION = 17
    ENGAGEMENT = 18
    COMPETITOR = 19
    NOTE = 20
    VOID = 21
    ASSIGNMENT = 22


_NAMES: Final = {kind: kind.name.lower() for kind in FactKind}


class Instrument(IntEnum):
    CSAT = 1
    NPS = 2
    MENTION = 3
    """Public praise or criticism, which nobody asked for."""


class Detail(Struct, frozen=True, omit_defaults=True, gc=False):
    """What only some kinds have: the case and its severity (index into the policy's SEVERITIES), a survey's answer in
    points of 100, the categories bought.

    `case` of a payment is its invoice. `variant` says more of the kind: the place of a visit, the sign of a competitor,
    the status of a payment, the kind of service, the metric used, of which `value` counts millionths. `respond_by` is
    the promise of a complaint, in microseconds since 1970; `due_day` the last local day on which a service was in time;
    `voids` the event that never happened; `cost` what serving the customer cost, where that was told."""

    source: str | None = None
    case: str | None = None
    severity: int | None = None
    instrument: Instrument | None = None
    points: int | None = None
    categories: tuple[str, ...] = ()
    variant: str | None = None
    value: int | None = None
    overdue_days: int | None = None
    respond_by: int | None = None
    voids: UUID | None = None
    cost: int | None = None
    cost_currency: str | None = None
    due_day: int | None = None


NO_DETAIL: Final = Detail()


class Fact(Struct, frozen=True, gc=False):
    """`amount` and `margin` are minor units of `currency`: paid for a purchase, given back for a return, given as
    compensation by a resolution. `margin` is None where its origin did not know it."""

    customer_id: UUID
    event_id: UUID
    kind: FactKind
    occurred_at: datetime
    amount: int | None = None
    margin: int | None = None
    currency: str | None = None
    detail: Detail = NO_DETAIL

    @property
    def serving(self) -> str:
        """The name of what it costs to serve, as the policy has it."""
        name = _NAMES[self.kind]
        return f"{name}_{self.detail.variant}" if self.kind is FactKind.VISIT and self.detail.variant else name


def survey_points(instrument: Instrument, score: int) -> int:
    """An answer in points of 100: CSAT 1-5 in steps of 25, NPS 0-10 in steps of 10."""
    return (score - 1) * 25 if instrument is Instrument.CSAT else score * 10
