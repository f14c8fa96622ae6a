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


class Instrument(IntEnum):
    CSAT = 1
    NPS = 2


class Detail(Struct, frozen=True, omit_defaults=True, gc=False):
    """What only some kinds have: the case and its severity (index into the policy's SEVERITIES), a survey's answer in
    points of 100, the categories bought."""

    source: str | None = None
    case: str | None = None
    severity: int | None = None
    instrument: Instrument | None = None
    points: int | None = None
    categories: tuple[str, ...] = ()


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


def survey_points(instrument: Instrument, score: int) -> int:
    """An answer in points of 100: CSAT 1-5 in steps of 25, NPS 0-10 in steps of 10."""
    return (score - 1) * 25 if instrument is Instrument.CSAT else score * 10
