"""What the API says of account management: key figures, movers, and who may be lost."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from pydantic import Field

from services.scoring.insight.kpis import KpiRow, Kpis, differences
from services.scoring.insight.movers import Mover
from services.scoring.insight.periods import Period
from shared.contracts.common import Money
from shared.web.schemas import ResponseModel

_FIGURES: Final = tuple(Kpis.__dataclass_fields__)
KPI_COLUMNS: Final = ("owner_id", "first", "last", *_FIGURES)
MOVER_COLUMNS: Final = ("direction", "customer_id", "owner_id", "before", "after", "change", "as_of")
RISK_COLUMNS: Final = (
    "customer_id", "owner_id", "churn_risk", "churn_reasons", "at_risk", "current_value", "last_12_months", "abc_class",
    "quadrant", "loyalty_level", "as_of",
)  # fmt: skip


class PeriodRead(ResponseModel):
    first: date
    last: date = Field(description="the last day, included")


class KpisRead(ResponseModel):
    """Money in minor units of the reporting currency, satisfaction in points of 100, turnover in times, the rest shares
    of 1; null where there is nothing to divide by."""

    sales: int = Field(description="purchases less returns")
    margin: int = Field(description="earned by them, less compensation")
    growth: Decimal | None = Field(description="of sales against the period before", examples=["0.1250"])
    receivables_turnover: Decimal | None = Field(description="invoices fallen due, over those open on average")
    forecast_accuracy: Decimal | None = Field(description="1 - |purchases - expected| / expected, by the model of then")
    satisfaction: Decimal | None = Field(description="mean of the answers to surveys", examples=["81.3"])
    share_of_wallet: Decimal | None = Field(description="yearly sales over the estimated yearly spending")
    new_customer_rate: Decimal | None = Field(description="of the buyers, who bought for the first time")
    retention_rate: Decimal | None = Field(description="of the buyers of the period before, who bought again")
    order_punctuality: Decimal | None = Field(description="of the services and deliveries promised, those in time")
    customers: int = Field(description="registered by the end of the period")
    buyers: int


class KpiComparison(ResponseModel):
    owner_id: str | None = Field(description="account manager; null: of customers without one, or of all")
    current: KpisRead
    previous: KpisRead
    change: dict[str, Decimal | None] = Field(
        description="by figure, current less previous", examples=[{"sales": "1200", "growth": "0.0300"}]
    )


class KpiReport(ResponseModel):
    currency: str
    time_zone: str
    period: PeriodRead
    previous: PeriodRead
    all: KpiComparison
    owners: list[KpiComparison] = Field(description="the highest sales first")


class MoverRead(ResponseModel):
    customer_id: UUID
    owner_id: str | None
    before: str | int | float = Field(description="the figure told before the period", examples=["B"])
    after: str | int | float = Field(description="the figure told last in it", examples=["A"])
    change: Decimal = Field(description="in minor units, points, or classes", examples=["1"])
    as_of: datetime = Field(description="of the score told last")


class Movers(ResponseModel):
    figure: str
    currency: str
    start: datetime
    end: datetime
    up: list[MoverRead] = Field(description="higher than before, the greatest change first")
    down: list[MoverRead]


class RiskRead(ResponseModel):
    customer_id: UUID
    owner_id: str | None
    churn_risk: float = Field(description="points of 100", examples=[45.0])
    churn_reasons: list[str] = Field(description="rules that speak for it, the weightiest first")
    at_risk: Money = Field(description="current value × churn risk")
    current_value: Money | None
    last_12_months: Money | None
    abc_class: str | None
    quadrant: str | None
    loyalty_level: str | None
    as_of: datetime


def show_kpis(
    table: tuple[KpiRow, Sequence[KpiRow]], period: Period, previous: Period, *, currency: str, time_zone: str
) -> KpiReport:
    everybody, owners = table
    return KpiReport(
        currency=currency,
        time_zone=time_zone,
        period=PeriodRead(first=period.first, last=period.last),
        previous=PeriodRead(first=previous.first, last=previous.last),
        all=_comparison(everybody),
        owners=[_comparison(row) for row in owners],
    )


def kpi_rows(report: KpiReport) -> Iterable[list[object]]:
    """Two rows for each: the period, and the one before; `*` stands for all."""
    for owner, one in (("*", report.all), *((one.owner_id, one) for one in report.owners)):
        for period, figures in ((report.period, one.current), (report.previous, one.previous)):
            yield [owner, period.first, period.last, *(getattr(figures, name) for name in _FIGURES)]


def show_movers(rows: Sequence[Mover]) -> list[MoverRead]:
    return [MoverRead.model_validate(asdict(row)) for row in rows]


def mover_rows(shown: Movers) -> Iterable[list[object]]:
    for direction, movers in (("up", shown.up), ("down", shown.down)):
        yield from ([direction, *(getattr(one, name) for name in MOVER_COLUMNS[1:])] for one in movers)


def show_risk(row: Any, currency: str) -> RiskRead:
    money = {name: row[name] for name in ("at_risk", "current_value", "last_12_months")}
    shown = {name: None if minor is None else Money(minor=minor, currency=currency) for name, minor in money.items()}
    return RiskRead.model_validate(
        {**row, **shown, "churn_risk": row["churn_risk"] / 10, "churn_reasons": row["churn_reasons"] or ()}
    )


def risk_rows(shown: Sequence[RiskRead]) -> Iterable[list[object]]:
    """Money in minor units, reasons parted by spaces."""
    for one in shown:
        cells = (getattr(one, name) for name in RISK_COLUMNS)
        yield [
            cell.minor if isinstance(cell, Money) else " ".join(cell) if isinstance(cell, list) else cell
            for cell in cells
        ]


def _comparison(row: KpiRow) -> KpiComparison:
    return KpiComparison(
        owner_id=row.owner_id,
        current=KpisRead.model_validate(row.current),
        previous=KpisRead.model_validate(row.previous),
        change={name: None if one is None else Decimal(one) for name, one in differences(row).items()},
    )
