"""Money: the reporting currency, and how others are taken to it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from services.scoring.policies.policy.bounds import EXACT, number
from services.scoring.policies.policy.section import Section, demand
from shared.currencies import MINOR_UNIT_DIGITS

Rate = Annotated[
    Decimal, number("reporting currency per unit", 0, 1_000_000, "worth of one unit of the currency", above=True), EXACT
]


@dataclass(frozen=True, slots=True)
class MoneyPolicy(Section):
    """`rates`: how much of the reporting currency one unit of another is worth; a currency without one is refused."""

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", description="the reporting currency, by ISO 4217")]
    rates: Annotated[dict[str, Rate], Field(description="by currency code; the reporting currency's own is 1")]
    default_margin_rate: Annotated[
        Decimal, number("share of 1", 0, 1, "margin of an amount whose origin told none", above=True), EXACT
    ]

    def __post_init__(self) -> None:
        demand(self.rates.get(self.currency) == 1, "money.rates", "the reporting currency needs a rate of 1")
        for code in self.rates:
            demand(code in MINOR_UNIT_DIGITS, f"money.rates.{code}", "is no currency of ISO 4217")

    @property
    def digits(self) -> int:
        """Decimals of the reporting currency's amounts."""
        return MINOR_UNIT_DIGITS[self.currency]
