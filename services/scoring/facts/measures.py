"""How facts are counted under a policy: money in the reporting currency's minor units, instants in local days."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from services.scoring.facts.fact import Fact
from services.scoring.policies.policy import Policy
from shared.currencies import MINOR_UNIT_DIGITS
from shared.errors import Poison

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_MICROSECOND = timedelta(microseconds=1)

LARGEST_AMOUNT: Final = 10**13
"""What one fact may count for, in minor units of the reporting currency. Of each fact, never of a sum: which fact is
refused would depend on their order. Sums stay far below what 64 bits carry until there are 900,000 facts as large."""


class Measures:
    """Each fact is converted by itself and rounded half to even, so that sums do not depend on what came together."""

    def __init__(self, policy: Policy) -> None:
        money = policy.money
        self._zone = policy.zone
        rates = {
            code: Fraction(rate) * Fraction(10) ** (money.digits - MINOR_UNIT_DIGITS[code])
            for code, rate in money.rates.items()
        }
        default = Fraction(money.default_margin_rate)
        self._rates = {code: rate.as_integer_ratio() for code, rate in rates.items()}
        self._default_margins = {code: (rate * default).as_integer_ratio() for code, rate in rates.items()}
        self._costs = {
            name: int(cost.scaleb(money.digits).to_integral_value()) for name, cost in policy.serving.costs.items()
        }

    def counts_like(self, other: "Measures") -> bool:
        """Whether statistics folded by either are the same."""
        return vars(self) == vars(other)

    def revenue(self, fact: Fact) -> int:
        """Raises Poison: `currency_without_rate` for a currency the policy does not convert, `amount_out_of_range` for
        more than LARGEST_AMOUNT."""
        return _apply(self._rates, fact.amount or 0, fact.currency)

    def margin(self, fact: Fact) -> int:
        """The margin its origin told, else the policy's default share of the amount. Raises Poison as above."""
        if fact.margin is not None:
            return _apply(self._rates, fact.margin, fact.currency, field="margin")
        return _apply(self._default_margins, fact.amount or 0, fact.currency)

    def cost(self, fact: Fact) -> int:
        """What serving the customer cost, as told, else as the policy has it for its kind. Raises Poison as above."""
        if fact.detail.cost is not None:
            return _apply(self._rates, fact.detail.cost, fact.detail.cost_currency, field="cost_to_serve")
        return self._costs.get(fact.serving, 0)

    def convert(self, minor: int, currency: str) -> int | None:
        """In the reporting currency's minor units; None for a currency that the policy does not convert."""
        return _apply(self._rates, minor, currency) if currency in self._rates else None

    def month(self, day: int) -> int:
        """The month of a local day, counted from January of year 0."""
        date = self.date(day)
        return 12 * date.year + date.month - 1

    def first_day_of(self, month: int) -> int:
        """The first local day of a month."""
        return date(month // 12, month % 12 + 1, 1).toordinal() - _EPOCH_ORDINAL

    def day(self, instant: datetime) -> int:
        """The local day of an instant, counted from 1970-01-01."""
        return instant.astimezone(self._zone).toordinal() - _EPOCH_ORDINAL

    def date(self, day: int) -> date:
        """A local day as a date."""
        return date.fromordinal(day + _EPOCH_ORDINAL)

    def start_of(self, day: int) -> datetime:
        """The first instant of a local day, in UTC."""
        return _start_of(day, self._zone)


@lru_cache(maxsize=8192)
def _start_of(day: int, zone: ZoneInfo) -> datetime:
    # Asked again and again for the same few thousand days, of which each costs more than the rest of a review.
    return datetime.combine(date.fromordinal(day + _EPOCH_ORDINAL), time(), tzinfo=zone).astimezone(UTC)


def divide(numerator: int, denominator: int) -> int:
    """The quotient rounded half to even; `denominator` is above 0."""
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest - denominator
    return quotient + (1 if twice > 0 or (twice == 0 and quotient % 2 == 1) else 0)


def to_microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def to_day(day: date) -> int:
    """A date as local days are counted, from 1970-01-01."""
    return day.toordinal() - _EPOCH_ORDINAL


def from_microseconds(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _apply(rates: Mapping[str, tuple[int, int]], minor: int, currency: str | None, *, field: str = "amount") -> int:
    if minor == 0:
        return 0
    rate = rates.get(currency or "")
    if rate is None:
        raise Poison(
            f"the policy has no rate for {currency!r}; add one to money.rates and redrive the event",
            code="currency_without_rate",
            field="amount.currency",
        )
    numerator, denominator = rate
    converted = minor * numerator if denominator == 1 else divide(minor * numerator, denominator)
    if abs(converted) > LARGEST_AMOUNT:
        raise Poison(
            f"{minor} minor units of {currency} are {converted} of the reporting currency; "
            f"a single fact counts for {LARGEST_AMOUNT} at most",
            code="amount_out_of_range",
            field=field,
        )
    return converted
