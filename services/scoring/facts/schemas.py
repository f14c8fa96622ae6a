"""What the API says of facts."""

from typing import Literal, get_args

from pydantic import ConfigDict, Field

from services.scoring.facts.progress import KindTotal
from services.scoring.facts.reconciliation import OUR_NAMES, Key, Total, gaps
from shared.web.schemas import RequestModel, ResponseModel

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


class TheirTotal(RequestModel):
    """Of the interaction service; what it says beside is not looked at."""

    model_config = ConfigDict(extra="ignore")

    kind: str = Field(max_length=60)
    currency: str | None = Field(default=None, max_length=3)
    count: int = Field(ge=0)
    amount_minor: int | None = None


class TheirReconciliation(RequestModel):
    """The answer of the interaction service's `GET /v1/reconciliation`, as it is."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {"totals": [{"kind": "purchase", "currency": "CNY", "count": 6919, "amount_minor": 174290700}]}
            ]
        },
    )

    totals: list[TheirTotal] = Field(max_length=10_000)


class TotalRead(ResponseModel):
    count: int
    amount_minor: int | None


class GapRead(ResponseModel):
    kind: str
    currency: str | None
    theirs: TotalRead | None = Field(description="null where the interaction service has none of it")
    ours: TotalRead | None


class ReconciliationComparison(ResponseModel):
    identical: bool
    gaps: list[GapRead]


def compare_reconciliation(theirs: TheirReconciliation, ours: list[KindTotal]) -> ReconciliationComparison:
    sent = {
        (OUR_NAMES.get(one.kind, one.kind), one.currency): Total(one.count, one.amount_minor) for one in theirs.totals
    }
    kept: dict[Key, Total] = {
        (one.kind, one.currency): Total(one.count, one.amount_minor) for one in show_reconciliation(ours).totals
    }
    found = gaps(sent, kept, get_args(KindName))
    return ReconciliationComparison(identical=not found, gaps=[GapRead.model_validate(gap) for gap in found])
