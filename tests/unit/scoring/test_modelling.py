"""What is held out of the time observed, when a model has drifted, and that a fit says what it is at."""

from dataclasses import replace

import pytest

from services.scoring.lifetime.calibration import GroupPrediction
from services.scoring.lifetime.drift import judge_drift
from services.scoring.lifetime.fitting import TooLittleData
from services.scoring.lifetime.histories import purchase_histories, spend_histories
from services.scoring.lifetime.modelling import Fit, Histories, fit_histories, hold_out
from services.scoring.lifetime.plotting import draw_hold_out
from services.scoring.lifetime.purchase_models import make_model
from services.scoring.lifetime.splitting import Split, SplitHistories
from tests.support.factories.scoring import POLICY

RULES = POLICY.lifetime


@pytest.mark.parametrize(
    ("first_day", "until_day", "split"),
    [
        (0, 546, Split(273, 546)),
        (0, 168, Split(84, 168)),
        (0, 160, None),
        (100, 100, None),
        (None, 500, None),
    ],
)
def test_each_period_is_as_long_as_a_model_needs(first_day: int | None, until_day: int, split: Split | None) -> None:
    assert RULES.minimum_weeks == 12
    assert hold_out(first_day, until_day, RULES) == split


def test_a_shorter_share_is_held_out() -> None:
    assert hold_out(0, 1000, replace(RULES, hold_out_share=0.2)) == Split(800, 1000)


def test_only_enough_purchases_can_tell_drift(cdnow_histories: SplitHistories) -> None:
    model = make_model("bg_nbd", (0.243, 4.414, 0.793, 2.426))
    strict = replace(RULES, drift_tolerance=0.1, drift_minimum_purchases=1_000)
    assert judge_drift(model, cdnow_histories, strict).drifted
    assert not judge_drift(model, cdnow_histories, replace(strict, drift_tolerance=0.2)).drifted
    assert not judge_drift(model, cdnow_histories, replace(strict, drift_minimum_purchases=2_000)).drifted


def test_a_fit_tells_its_phases_and_keeps_every_candidate(cdnow_histories: SplitHistories) -> None:
    told: list[tuple[str, float]] = []
    histories = Histories(cdnow_histories.purchase_histories(), cdnow_histories.spend_histories(), cdnow_histories)
    fit = fit_histories(histories, RULES, lambda phase, share: told.append((phase, share)))
    assert isinstance(fit, Fit)
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] < 1
    assert {"fitting pareto_nbd", "checking intervals"} <= dict(told).keys()
    assert [one.model.name for one in fit.candidates] == ["bg_nbd", "mbg_nbd", "pareto_nbd"]
    assert fit.check is not None
    assert fit.check.coverage is not None
    fixed = fit_histories(histories, replace(RULES, model="pareto_nbd"), lambda phase, share: None)
    assert isinstance(fixed, Fit)
    assert (fixed.purchases.model.name, fixed.grounds) == ("pareto_nbd", "fixed")


def test_segments_have_models_of_their_own_where_there_is_data_enough(cdnow_histories: SplitHistories) -> None:
    purchases, spending = cdnow_histories.purchase_histories(), cdnow_histories.spend_histories()
    few = purchase_histories([(2, 70, 140, 60), (0, 0, 200, 140)])
    half = replace(purchases, weight=purchases.weight / 2)
    segments = {
        "all": Histories(purchases, spending, cdnow_histories),
        "half": Histories(half, spend_histories([], 2), None),
        "few": Histories(few, spending, None),
    }
    told: list[float] = []
    everybody = Histories(purchases, spending, None, segments)
    fit = fit_histories(everybody, RULES, lambda _, share: told.append(share))
    assert isinstance(fit, Fit)
    assert (set(fit.segments), set(fit.lacking)) == ({"all", "half"}, {"few"})
    assert fit.lacking["few"] == TooLittleData("too_few_customers", 200, 1000)
    assert fit.segments["all"].purchases == fit.purchases
    assert fit.segments["all"].check is not None
    assert fit.segments["half"].purchases.model.as_array() == pytest.approx(fit.purchases.model.as_array(), rel=1e-3)
    assert fit.segments["half"].spending == fit.spending
    assert told == sorted(told)
    assert told[-1] < 1


def test_a_segment_that_everybody_is_in_is_not_fitted_again(cdnow_histories: SplitHistories) -> None:
    rows = Histories(cdnow_histories.purchase_histories(), cdnow_histories.spend_histories(), None)
    told: list[str] = []
    fit = fit_histories(replace(rows, segments={"person": rows}), RULES, lambda phase, _: told.append(phase))
    assert isinstance(fit, Fit)
    assert fit.segments["person"] == replace(fit, segments={})
    assert told
    assert not [phase for phase in told if phase.startswith("person")]
    strict = replace(RULES, segment_minimum_customers=10_000)
    refused = fit_histories(replace(rows, segments={"person": rows}), strict, lambda _phase, _share: None)
    assert isinstance(refused, Fit)
    assert refused.lacking == {"person": TooLittleData("too_few_customers", 2357, 10_000)}


def test_too_little_data_are_refused_before_any_work() -> None:
    def unexpected(phase: str, share: float) -> None:
        pytest.fail(f"{phase} began")

    nothing = Histories(purchase_histories([]), spend_histories([], 2), None)
    assert isinstance(fit_histories(nothing, RULES, unexpected), TooLittleData)


def test_the_plot_draws_groups_with_customers() -> None:
    groups = [GroupPrediction(n, 10 - n, n, n * 1.1) for n in range(8)]
    svg = draw_hold_out(groups, 39.0)
    assert svg == draw_hold_out(groups, 39.0)
    assert "39 weeks" in svg
    assert "7+" in svg
    assert "nan" not in draw_hold_out([GroupPrediction(n, 0, 0, 0.0) for n in range(8)], 1.0).lower()
    assert "<script" not in svg
