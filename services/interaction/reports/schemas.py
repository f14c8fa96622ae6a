"""Figures to hold against those of other systems."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared.web.schemas import ResponseModel


class KindTotal(ResponseModel):
    """Interactions of one kind and currency; amounts are bought, given back or paid in compensation."""

    kind: str
    currency: str | None
    count: int
    amount_minor: Annotated[int | None, Field(description="exact sum, in the currency's minor unit (fen, cent)")]


class AwaitingTotals(ResponseModel):
    """Interactions kept until their customers appear: not published yet, and in no total of recorded ones."""

    count: int
    oldest_recorded_at: datetime | None
    oldest_waiting_seconds: Annotated[int | None, Field(description="in business time")]
    totals: list[KindTotal]


class Reconciliation(ResponseModel):
    """`count` and `totals` are of recorded interactions, each published once: what scoring should have too."""

    as_of: datetime
    count: int
    totals: list[KindTotal]
    voided: Annotated[list[KindTotal], Field(description="taken back since: in none of the other figures")]
    awaiting: AwaitingTotals
