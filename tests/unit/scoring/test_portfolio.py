"""ABC, RFM and concentration on a portfolio small enough to count by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.portfolio.portfolio import Distribution, Portfolio, compute_portfolio
from tests.support.factories.scoring import POLICY

SMALL = replace(POLICY.portfolio, minimum_customers=5)


def distribution(values: list[int]) -> Distribution:
    distinct, customers = np.unique(np.array(values, dtype=np.int64), return_counts=True)
    return Distribution(distinct, customers.astype(np.int64))


def compute(realised: list[int]) -> Portfolio | None:
    same = distribution(list(range(len(realised))))
    return compute_portfolio(realised=distribution(realised), purchase_days=same, silence=same, policy=SMALL)


def test_boundaries_by_hand() -> None:
    portfolio = compute([500, 200, 100, 80, 50, 40, 20, 10, 0, -30])
    assert portfolio is not None
    # 500 + 200 + 100 = 800 of 1,000 are the first 80 %, + 80 + 50 = 930, + 40 = 970 pass 95 %.
    assert (portfolio.a_minimum, portfolio.b_minimum) == (100, 40)
    assert portfolio.class_sizes == (3, 3, 4)
    assert [portfolio.abc(value) for value in (500, 100, 99, 40, 39, 0, -30)] == ["A", "A", "B", "B", "C", "C", "C"]
    assert portfolio.top_customers == 2
    assert portfolio.top_margin_share == 7_000
    assert portfolio.margin == 970


def test_quintiles_by_hand() -> None:
    portfolio = compute(list(range(10, 110, 10)))
    assert portfolio is not None
    assert portfolio.monetary_bounds == (20, 40, 60, 80)
    assert [portfolio.rfm(0, 0, value)[2] for value in (10, 20, 21, 40, 80, 81, 1000)] == [1, 1, 2, 2, 4, 5, 5]
    assert [portfolio.rfm(days, 0, 0)[0] for days in (0, 1, 2, 7, 8, 100)] == [5, 5, 4, 2, 1, 1]


def test_too_few_buyers_make_no_portfolio() -> None:
    assert compute([1, 2, 3, 4]) is None
    assert compute([]) is None


def test_a_portfolio_without_margin_has_only_c() -> None:
    portfolio = compute([0, 0, -5, 0, 0])
    assert portfolio is not None
    assert portfolio.class_sizes == (0, 0, 5)
    assert portfolio.top_margin_share == 0
    assert portfolio.abc(0) == "C"


@given(st.lists(st.integers(-1_000, 100_000), min_size=5, max_size=60))
def test_a_brings_its_share_and_equals_are_never_parted(realised: list[int]) -> None:
    portfolio = compute(realised)
    assert portfolio is not None
    brought = {name: sum(max(v, 0) for v in realised if portfolio.abc(v) == name) for name in ("A", "B", "C")}
    whole = sum(brought.values())
    assert brought["A"] >= 0.8 * whole - 1e-6
    assert brought["A"] + brought["B"] >= 0.95 * whole - 1e-6
    counted = tuple(sum(portfolio.abc(value) == name for value in realised) for name in ("A", "B", "C"))
    assert counted == portfolio.class_sizes


@pytest.mark.parametrize("customers", [5, 7, 23, 100])
def test_quintiles_are_fifths_where_values_differ(customers: int) -> None:
    portfolio = compute(list(range(1, customers + 1)))
    assert portfolio is not None
    quintiles = [portfolio.rfm(0, 0, value)[2] for value in range(1, customers + 1)]
    sizes = [quintiles.count(quintile) for quintile in (1, 2, 3, 4, 5)]
    assert max(sizes) - min(sizes) <= 1
