"""The whale curve and cohorts, by hand and against the customers one by one."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.insight.cohorts import Bought, CohortMonth, cohorts_of
from services.scoring.insight.curve import CurvePoint, whale_curve
from services.scoring.portfolio.portfolio import Distribution
from tests.support.factories.scoring import POLICY


def distribution(margins: list[int]) -> Distribution:
    values, customers = np.unique(np.array(margins, dtype=np.int64), return_counts=True)
    return Distribution(values, customers)


def test_the_curve_rises_to_its_peak_and_falls_where_customers_cost_money() -> None:
    curve = whale_curve(distribution([100, 50, 50, 10, -30]), points=5)
    assert [(point.customers, point.margin) for point in curve] == [(1, 100), (2, 150), (3, 200), (4, 210), (5, 180)]


def test_nobody_has_no_curve() -> None:
    assert whale_curve(distribution([]), points=10) == []


@given(margins=st.lists(st.integers(-100, 1000), min_size=1, max_size=60), points=st.integers(2, 20))
def test_each_point_is_the_sum_of_the_best(margins: list[int], points: int) -> None:
    best = sorted(margins, reverse=True)
    curve = whale_curve(distribution(margins), points)
    assert [point.margin for point in curve] == [sum(best[: point.customers]) for point in curve]
    assert curve[-1] == CurvePoint(len(margins), sum(margins))
    peak = max(sum(best[:count]) for count in range(1, len(best) + 1))
    assert max(point.margin for point in curve) == peak


def test_cohorts_count_customers_once_and_add_up_currencies() -> None:
    january, march = date(1997, 1, 1), date(1997, 3, 1)
    rows = [
        Bought(january, january, None, 3, 0),
        Bought(january, january, "CNY", 3, 30_000),
        Bought(january, march, None, 2, 0),
        Bought(january, march, "CNY", 1, 1_000),
        Bought(january, march, "USD", 2, 200),
        Bought(january, march, "JPY", 1, 100),
    ]
    # 2 dollars are 14.20, 100 yen 4.80 at the shipped rates.
    assert cohorts_of(rows, POLICY.money) == {
        january: [CohortMonth(0, 3, 30_000), CohortMonth(2, 2, 1_000 + 1_420 + 480)]
    }


def test_a_currency_no_longer_converted_counts_for_nothing() -> None:
    january = date(1997, 1, 1)
    rows = [Bought(january, january, None, 1, 0), Bought(january, january, "CHF", 1, 5_000)]
    assert cohorts_of(rows, POLICY.money) == {january: [CohortMonth(0, 1, 0)]}
