"""What the API says of facts."""

from typing import Literal

from pydantic import Field

from services.scoring.facts.progress import KindTotal
from shared.web.schemas import ResponseModel

KindName = Literal["purchase", "return", "complaint", "resolution", "visit", "survey", "referral"]


class KindTotalRead(ResponseModel):
    kind: KindName
    currency: str | None = Field(description="null for facts without money")
    count: int
    customers: int
    amount_minor: int | None = Field(
        description="sum in minor units of the currency, as recorded, before any conversion; null without money"
    )


class ReconciliationRead(ResponseModel):
    """Counts and sums over all facts, to be compared with those of the systems they came from."""

    count: int
    totals: list[KindTotalRead]


def show_reconciliation(totals: list[KindTotal]) -> ReconciliationRead:
    return ReconciliationRead(
        count=sum(total.facts for total in totals),
        totals=[
            KindTotalRead.model_validate(
                {
                    "kind": total.kind.name.lower(),
                    "currency": total.currency,
                    "count": total.facts,
                    "customers": total.customers,
                    "amount_minor": None if total.currency is None else total.amount,
                }
            )
            for total in totals
        ],
    )
