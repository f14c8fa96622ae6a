"""What money is counted in."""

from dataclasses import dataclass
from decimal import Decimal

from services.scoring.policies.policy.section import Section, demand
from shared.currencies import MINOR_UNIT_DIGITS


@dataclass(frozen=True, slots=True)
class MoneyPolicy(Section):
    """`rates`: how much of the reporting currency one unit of another is worth; a currency without one is refused."""

    currency: str
    rates: dict[str, Decimal]
    default_margin_rate: Decimal

    def __post_init__(self) -> None:
        demand(self.rates.get(self.currency) == 1, "money.rates", "the reporting currency needs a rate of 1")
        for code, rate in self.rates.items():
            demand(code in MINOR_UNIT_DIGITS, f"money.rates.{code}", "is no currency of ISO 4217")
            demand(rate.is_finite() and rate > 0, f"money.rates.{code}", "must be above 0")
        fine = self.default_margin_rate.is_finite() and 0 < self.default_margin_rate <= 1
        demand(fine, "money.default_margin_rate", "must be above 0 and at most 1")

    @property
    def digits(self) -> int:
        """Decimals of the reporting currency's amounts."""
        return MINOR_UNIT_DIGITS[self.currency]
