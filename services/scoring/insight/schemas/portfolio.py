"""What the API says of all customers together."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from pydantic import Field

from services.scoring.insight.classes import CHURN_BANDS, DIMENSIONS, ClassCount
from services.scoring.insight.cohorts import CohortMonth
from services.scoring.insight.curve import CurvePoint
from shared.web.schemas import ResponseModel

CURVE_COLUMNS: Final = ("customers", "share_of_customers", "margin_minor", "share_of_margin")
CLASS_COLUMNS: Final = ("dimension", "value", "customers", "realised_minor", "current_minor", "potential_minor")
CELL_COLUMNS: Final = ("value_band", "potential_band", "customers", "realised_minor", "potential_minor")
COHORT_COLUMNS: Final = ("cohort", "months_after", "customers", "retained", "revenue_minor")


class CurvePointRead(ResponseModel):
    customers: int = Field(description="this many of the best customers")
    share_of_customers: Decimal = Field(examples=["0.2000"])
    margin_minor: int = Field(description="have together brought this much, in minor units")
    share_of_margin: Decimal | None = Field(
        examples=["0.6740"], description="null where the margin of all is not positive"
    )


class WhaleCurve(ResponseModel):
    currency: str
    points: list[CurvePointRead]


class ClassCountRead(ResponseModel):
    dimension: str = Field(description=f"one of {', '.join(DIMENSIONS)}; churn bands are {', '.join(CHURN_BANDS)}")
    value: str | None = Field(description="null: no such class yet")
    customers: int
    realised_minor: int
    current_minor: int | None
    potential_minor: int | None


class Distributions(ResponseModel):
    currency: str
    classes: list[ClassCountRead]


class CellRead(ResponseModel):
    value_band: int = Field(description="quintile of realised value, 5 the best", examples=[5])
    potential_band: int = Field(description="quintile of growth potential, 5 the best", examples=[4])
    customers: int
    realised_minor: int
    potential_minor: int


class ValuePotentialMap(ResponseModel):
    currency: str
    value_bounds_minor: list[int] = Field(description="upper bounds of the first four bands")
    potential_bounds_minor: list[int]
    cells: list[CellRead]


class CohortMonthRead(ResponseModel):
    months_after: int
    customers: int = Field(description="of the cohort, who bought in that month")
    retained: Decimal = Field(description="their share of the cohort", examples=["0.3125"])
    revenue_minor: int


class CohortRead(ResponseModel):
    cohort: date = Field(description="month of the first purchase, by its first day")
    customers: int
    months: list[CohortMonthRead]


class Cohorts(ResponseModel):
    currency: str
    time_zone: str
    cohorts: list[CohortRead]


def show_curve(points: Sequence[CurvePoint], currency: str) -> WhaleCurve:
    everybody = points[-1] if points else CurvePoint(0, 0)
    return WhaleCurve(
        currency=currency,
        points=[
            CurvePointRead(
                customers=point.customers,
                share_of_customers=_share(point.customers, everybody.customers),
                margin_minor=point.margin,
                share_of_margin=_share(point.margin, everybody.margin) if everybody.margin > 0 else None,
            )
            for point in points
        ],
    )


def show_classes(counts: Sequence[ClassCount], currency: str) -> Distributions:
    return Distributions(
        currency=currency,
        classes=[
            ClassCountRead(
                dimension=one.dimension,
                value=one.value,
                customers=one.customers,
                realised_minor=one.realised,
                current_minor=one.current,
                potential_minor=one.potential,
            )
            for one in counts
        ],
    )


def show_map(rows: Sequence[Mapping[str, Any]], currency: str) -> ValuePotentialMap:
    return ValuePotentialMap(
        currency=currency,
        value_bounds_minor=rows[0]["value_bounds"] if rows else [],
        potential_bounds_minor=rows[0]["potential_bounds"] if rows else [],
        cells=[
            CellRead(
                value_band=row["value_band"],
                potential_band=row["potential_band"],
                customers=row["customers"],
                realised_minor=row["realised"],
                potential_minor=row["potential"],
            )
            for row in rows
        ],
    )


def show_cohorts(found: Mapping[date, Sequence[CohortMonth]], currency: str, time_zone: str) -> Cohorts:
    return Cohorts(
        currency=currency,
        time_zone=time_zone,
        cohorts=[
            CohortRead(cohort=cohort, customers=months[0].customers, months=list(_shown(months)))
            for cohort, months in found.items()
        ],
    )


def rows_of(shown: Iterable[ResponseModel], columns: Sequence[str]) -> Iterable[list[object]]:
    """Cells of a CSV: these columns of each."""
    return ([getattr(one, name) for name in columns] for one in shown)


def _shown(months: Sequence[CohortMonth]) -> Iterable[CohortMonthRead]:
    for month in months:
        retained = _share(month.customers, months[0].customers)
        yield CohortMonthRead(
            months_after=month.after, customers=month.customers, retained=retained, revenue_minor=month.revenue
        )


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part) / whole).quantize(Decimal("0.0001"))
