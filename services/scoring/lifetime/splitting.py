"""Customers as they were at one instant, with what each did afterwards: to calibrate a model on, and to check it by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from services.scoring.lifetime.futures import Patterns, discount
from services.scoring.lifetime.gamma_gamma import SpendHistories
from services.scoring.lifetime.histories import DAYS_PER_WEEK, mean_margin
from services.scoring.lifetime.purchasing import Floats, PurchaseHistories


class DatedMargin(Protocol):
    """Margin of one local day, in minor units."""

    @property
    def day(self) -> int: ...
    @property
    def margin(self) -> int: ...


class Ledger(Protocol):
    """A customer's days, ascending: `purchase_days` with the margin bought, `deductions` with the margin given back."""

    @property
    def purchase_days(self) -> Sequence[DatedMargin]: ...
    @property
    def deductions(self) -> Sequence[DatedMargin]: ...


@dataclass(frozen=True, slots=True)
class Split:
    """`calibrated_until` and `held_out_until` are local days, the last of each period."""

    calibrated_until: int
    held_out_until: int

    @property
    def weeks(self) -> float:
        """Of the hold-out period."""
        return (self.held_out_until - self.calibrated_until) / DAYS_PER_WEEK


@dataclass(frozen=True, slots=True)
class SplitHistories:
    """Customers of the calibration period, one per row: their `patterns` at its end, and in the hold-out period the
    `purchases` made and their discounted `value`, net of what was given back, in major units. `earned` says of whom a
    model of spend can learn: who earned something by repeats and did not give everything back."""

    split: Split
    patterns: Patterns
    earned: Floats
    purchases: Floats
    value: Floats

    @property
    def customers(self) -> int:
        return int(self.patterns.x.size)

    def purchase_histories(self) -> PurchaseHistories:
        """Each distinct history once, sorted, with its weight."""
        table = np.stack([self.patterns.x, self.patterns.t_x, self.patterns.T], axis=1)
        distinct, weight = np.unique(table, axis=0, return_counts=True)
        x, t_x, T = (np.ascontiguousarray(column) for column in distinct.T)
        return PurchaseHistories(x, t_x, T, weight.astype(np.float64))

    def spend_histories(self) -> SpendHistories:
        learn = self.earned > 0
        table = np.stack([self.patterns.x[learn], self.patterns.m[learn]], axis=1)
        distinct, weight = np.unique(table, axis=0, return_counts=True)
        return SpendHistories(
            np.ascontiguousarray(distinct[:, 0]), np.ascontiguousarray(distinct[:, 1]), weight.astype(np.float64)
        )


_COLUMNS: Final = 8


Row = tuple[float, ...]
"""Of one customer, in minor units: what becomes of a ledger as it is read, so that many need little memory."""


def split_ledgers(ledgers: Iterable[Ledger], split: Split, *, digits: int, discount_per_year: float) -> SplitHistories:
    """Leaves out who first bought after the calibration period. `digits` of the currency's minor unit."""
    return assemble(split_rows(ledgers, split, discount_per_year), split, digits=digits)


def split_rows(ledgers: Iterable[Ledger], split: Split, discount_per_year: float) -> list[Row]:
    return [row for ledger in ledgers if (row := _row(ledger, split, discount_per_year)) is not None]


def assemble(rows: Sequence[Row], split: Split, *, digits: int) -> SplitHistories:
    columns = np.array(rows, dtype=np.float64).reshape(-1, _COLUMNS).T
    x, recency, age, repeat_margin, margin, returned, purchases, value = columns
    m = mean_margin(x, repeat_margin, margin, returned, digits)
    earned = (x > 0) & (repeat_margin > 0) & (returned < margin)
    patterns = Patterns(x, recency / DAYS_PER_WEEK, age / DAYS_PER_WEEK, m)
    return SplitHistories(split, patterns, earned.astype(np.float64), purchases, value / 10.0**digits)


def _row(ledger: Ledger, split: Split, discount_per_year: float) -> Row | None:
    before = [entry for entry in ledger.purchase_days if entry.day <= split.calibrated_until]
    if not before:
        return None
    first, last = before[0].day, before[-1].day
    margin = sum(entry.margin for entry in before)
    after = [entry for entry in ledger.purchase_days if split.calibrated_until < entry.day <= split.held_out_until]
    back = [entry for entry in ledger.deductions if entry.day <= split.held_out_until]
    return (
        len(before) - 1,
        last - first,
        split.calibrated_until - first,
        margin - before[0].margin,
        margin,
        sum(entry.margin for entry in back if entry.day <= split.calibrated_until),
        len(after),
        _worth(after, split, discount_per_year)
        - _worth([entry for entry in back if entry.day > split.calibrated_until], split, discount_per_year),
    )


def _worth(entries: Sequence[DatedMargin], split: Split, discount_per_year: float) -> float:
    """At the end of the calibration period."""
    if not entries:
        return 0.0
    weeks = np.array([(entry.day - split.calibrated_until) / DAYS_PER_WEEK for entry in entries])
    return float(np.array([entry.margin for entry in entries]) @ discount(weeks, discount_per_year))
