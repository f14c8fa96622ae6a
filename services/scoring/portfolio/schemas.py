"""What the API says of the portfolio."""

from datetime import datetime
from decimal import Decimal

from pydantic import Field

from services.scoring.policies.policy import Policy
from services.scoring.portfolio.models import StoredPortfolio
from shared.contracts.common import Money
from shared.web.schemas import ResponseModel


class ClassRead(ResponseModel):
    customers: int
    minimum: Money | None = Field(description="realised value from which a customer is in this class")


class TopRead(ResponseModel):
    """Pareto: what the best customers bring."""

    share_of_customers: Decimal = Field(examples=["0.20"])
    customers: int
    share_of_margin: Decimal = Field(examples=["0.6740"])


class QuintileBounds(ResponseModel):
    """Upper bounds of the first four fifths: above one means the next quintile (for silence: the one below)."""

    silence_days: list[int]
    purchase_days: list[int]
    realised_value_minor: list[int]


class QuadrantsRead(ResponseModel):
    """Where the quadrants begin; null where nobody bought within the last twelve months."""

    core_minimum: Money | None = Field(description="of the margin of the last twelve months")
    maintain_minimum: Money | None = Field(description="of the margin of the last twelve months")
    potential_minimum: Money | None = Field(description="of the margin that a year lacks")


class PeersRead(ResponseModel):
    """What the better ones of a group of peers reach, each figure by itself."""

    group: str = Field(description="the value of the policy's peer dimension; empty: everybody")
    customers: int = Field(description="who bought within the last twelve months")
    purchase_days: int = Field(description="a year")
    margin: Money = Field(description="per purchase day")
    categories: int


class PortfolioRead(ResponseModel):
    version: int
    computed_at: datetime
    policy_version: int
    customers: int = Field(description="customers with a purchase")
    margin: Money
    a: ClassRead
    b: ClassRead
    c: ClassRead
    quintiles: QuintileBounds
    top: TopRead
    quadrants: QuadrantsRead
    peers: list[PeersRead]


def show_portfolio(stored: StoredPortfolio, policy: Policy) -> PortfolioRead:
    figures, currency = stored.figures, policy.money.currency
    year = figures.get("year", {})  # snapshots of before there were quadrants have none
    in_a, in_b, in_c = figures["class_sizes"]
    return PortfolioRead(
        version=stored.version or 0,
        computed_at=stored.computed_at,
        policy_version=stored.policy_version,
        customers=figures["buyers"],
        margin=Money(minor=figures["margin"], currency=currency),
        a=ClassRead(customers=in_a, minimum=Money(minor=figures["a_minimum"], currency=currency)),
        b=ClassRead(customers=in_b, minimum=Money(minor=figures["b_minimum"], currency=currency)),
        c=ClassRead(customers=in_c, minimum=None),
        quintiles=QuintileBounds(
            silence_days=figures["recency_bounds"],
            purchase_days=figures["frequency_bounds"],
            realised_value_minor=figures["monetary_bounds"],
        ),
        top=TopRead(
            share_of_customers=policy.portfolio.top_share,
            customers=figures["top_customers"],
            share_of_margin=Decimal(figures["top_margin_share"]).scaleb(-4),
        ),
        quadrants=QuadrantsRead(
            **{name: _money(year.get(name), currency) for name in QuadrantsRead.model_fields},
        ),
        peers=[
            PeersRead(
                group=group,
                customers=peers["customers"],
                purchase_days=peers["frequency"],
                margin=Money(minor=peers["basket"], currency=currency),
                categories=peers["breadth"],
            )
            for group, peers in sorted(year.get("peers", {}).items())
        ],
    )


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor=minor, currency=currency)
