"""Cohorts: customers by the month of their first purchase, and how many of them buy, for how much, in each month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from services.scoring.facts.measures import divide
from services.scoring.policies.policy import MoneyPolicy
from shared.currencies import MINOR_UNIT_DIGITS


@dataclass(frozen=True, slots=True)
class Bought:
    """Customers of a cohort who bought in a month; a row of one currency tells the amount, that of all (None) who."""

    cohort: date
    month: date
    currency: str | None
    customers: int
    amount: int


@dataclass(frozen=True, slots=True)
class CohortMonth:
    """`after` months since the cohort's first; `revenue` in minor units of the reporting currency."""

    after: int
    customers: int
    revenue: int


def cohorts_of(rows: Iterable[Bought], money: MoneyPolicy) -> dict[date, list[CohortMonth]]:
    """Each cohort's months, those without a purchase left out.

    Amounts are converted a sum at a time and rounded half to even, so they may differ from sums of converted purchases
    by half a minor unit per currency; a currency that the policy no longer converts counts for nothing.
    """
    customers: dict[tuple[date, date], int] = {}
    revenue: dict[tuple[date, date], int] = {}
    for row in rows:
        place = row.cohort, row.month
        if row.currency is None:
            customers[place] = row.customers
        else:
            revenue[place] = revenue.get(place, 0) + _converted(row.amount, row.currency, money)
    found: dict[date, list[CohortMonth]] = {}
    for (cohort, month), number in sorted(customers.items()):
        after = 12 * (month.year - cohort.year) + month.month - cohort.month
        found.setdefault(cohort, []).append(CohortMonth(after, number, revenue.get((cohort, month), 0)))
    return found


def _converted(minor: int, currency: str, money: MoneyPolicy) -> int:
    rate = Fraction(money.rates.get(currency, 0)) * Fraction(10) ** (money.digits - MINOR_UNIT_DIGITS[currency])
    return divide(minor * rate.numerator, rate.denominator)
