"""A fit in a process of its own: the same as in this one, with its progress, and its death noticed."""

import multiprocessing

import pytest

from services.scoring.lifetime.fitting import TooLittleData
from services.scoring.lifetime.fitting_process import FittingDied, FittingProcess
from services.scoring.lifetime.gamma_gamma import SpendHistories
from services.scoring.lifetime.histories import purchase_histories, spend_histories
from services.scoring.lifetime.modelling import Fit, Histories, fit_histories
from tests.support.factories.scoring import POLICY

# (repeats, days to the last one, days observed, customers): enough of them, for long enough.
PATTERNS = [(0, 0, 300, 400), (1, 90, 280, 150), (2, 150, 290, 80), (4, 240, 300, 40), (7, 280, 300, 15)]
NOTHING = Histories(purchase_histories([]), spend_histories([], 2), None)


def histories() -> Histories:
    spending: SpendHistories = spend_histories([(1, 3_000, 6_000, 0, 150), (2, 9_000, 12_000, 0, 80)], 2)
    return Histories(purchase_histories(PATTERNS), spending, None)


def test_a_fit_is_the_same_in_a_process_of_its_own() -> None:
    told: list[tuple[str, float]] = []
    fitting = FittingProcess(histories(), POLICY.lifetime)
    try:
        found = fitting.result(lambda phase, share: told.append((phase, share)))
    finally:
        fitting.end()
    assert isinstance(found, Fit)
    assert found == fit_histories(histories(), POLICY.lifetime, lambda _phase, _share: None)
    assert told[-1] == ("checking intervals", 0.85)


def test_too_little_comes_back_as_such() -> None:
    fitting = FittingProcess(NOTHING, POLICY.lifetime)
    try:
        assert isinstance(fitting.result(lambda _phase, _share: None), TooLittleData)
    finally:
        fitting.end()


def test_the_death_of_the_process_is_noticed_and_leaves_none_behind() -> None:
    fitting = FittingProcess(histories(), POLICY.lifetime)
    (child,) = multiprocessing.active_children()
    child.kill()
    with pytest.raises(FittingDied):
        fitting.result(lambda _phase, _share: None)
    fitting.end()
    assert multiprocessing.active_children() == []
