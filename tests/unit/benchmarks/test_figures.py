"""Medians, spread, ratios and quantiles of repeated runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.harness.figures import Summary, quantile, ratio

rates = st.lists(st.floats(1, 1e6), min_size=1, max_size=9)


def test_a_summary_tells_the_median_and_how_far_the_runs_lie_apart() -> None:
    summary = Summary((90.0, 120.0, 100.0, 95.0, 110.0))
    assert (summary.median, summary.low, summary.high) == (100.0, 90.0, 120.0)
    assert summary.spread == pytest.approx(0.3)


def test_one_slow_run_does_not_move_the_median() -> None:
    assert Summary((100.0, 101.0, 1.0)).median == 100.0


def test_nothing_cannot_be_summed_up() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Summary(())


def test_ratios_are_taken_run_by_run_when_the_machine_slows_down_midway() -> None:
    ours, theirs = Summary((100.0, 50.0, 100.0)), Summary((10.0, 5.0, 10.0))
    assert ratio(ours, theirs).runs == (10.0, 10.0, 10.0)


def test_no_ratio_is_taken_between_runs_that_were_not_made_together() -> None:
    with pytest.raises(ValueError, match="interleaved"):
        ratio(Summary((1.0, 2.0)), Summary((1.0,)))


def test_nothing_is_compared_with_a_rate_of_nothing() -> None:
    with pytest.raises(ValueError, match="multiple of 0"):
        ratio(Summary((1.0,)), Summary((0.0,)))


@given(rates)
def test_a_rate_is_once_itself(runs: list[float]) -> None:
    assert ratio(Summary(tuple(runs)), Summary(tuple(runs))).median == 1.0


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1), (0.5, 50), (0.99, 99), (1.0, 100)])
def test_a_quantile_is_a_value_that_so_many_do_not_exceed(share: float, expected: int) -> None:
    assert quantile([float(value) for value in range(1, 101)], share) == expected


def test_there_is_no_quantile_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        quantile([], 0.5)
