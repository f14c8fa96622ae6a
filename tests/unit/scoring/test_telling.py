"""When a score is told again."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.scoring.facts.fact import Fact
from services.scoring.facts.statistics import EMPTY, fold
from services.scoring.scores.announcement import announce
from services.scoring.scores.context import Context
from services.scoring.scores.score import effective_instant, score
from services.scoring.scores.telling import Told, changes, tell
from shared.contracts.scoring import ScoreChanged
from tests.support.factories.scoring import CONTEXT, CUSTOMER, MEASURES, NOW, POLICY, histories, make_fact

BEFORE = Told(
    realised_value=10_000,
    current_value=20_000,
    probability_active=0.8,
    satisfaction=700,
    loyalty_level="trusting",
    lifecycle_stage="formation",
    abc_class="B",
    rfm=(3, 3, 3),
    as_of=NOW,
    policy_version=1,
    model_version=1,
    last_12_months=8_000,
    growth_potential=5_000,
    lifetime_profit=25_000,
    loyalty=500,
    quadrant="maintain",
    churn_risk=150,
    churn_reasons=("silence_model",),
    partnership_stage="stable",
    cost_to_serve=2_000,
)


def test_the_first_score_is_told_in_full() -> None:
    names = changes(None, BEFORE, POLICY.telling)
    assert set(names) == {
        "realised_value", "current_value", "probability_active", "satisfaction", "loyalty_level", "lifecycle_stage",
        "abc_class", "rfm", "last_12_months", "growth_potential", "lifetime_profit", "loyalty", "quadrant",
        "churn_risk", "churn_reasons", "partnership_stage", "cost_to_serve",
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"realised_value": 10_501},
        {"realised_value": 0},
        {"current_value": 18_900},
        {"current_value": None},
        {"probability_active": 0.74},
        {"satisfaction": 690},
        {"loyalty_level": "satisfied"},
        {"lifecycle_stage": "decline"},
        {"abc_class": "A"},
        {"abc_class": None},
        {"rfm": (2, 3, 3)},
        {"last_12_months": 7_500},
        {"growth_potential": 5_300},
        {"lifetime_profit": 23_000},
        {"loyalty": 450},
        {"quadrant": "core"},
        {"partnership_stage": "deep"},
        {"churn_risk": 160},
        {"churn_reasons": ("complaint_pending",)},
    ],
)
def test_what_matters_is_told(change: dict[str, Any]) -> None:
    assert changes(BEFORE, replace(BEFORE, **change), POLICY.telling) == tuple(change)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"realised_value": 10_400},
        {"current_value": 20_900},
        {"probability_active": 0.76},
        {"satisfaction": 705},
        {"loyalty": 460, "growth_potential": 5_200},
        {"cost_to_serve": 4_000},
        {"as_of": NOW + timedelta(days=1), "model_version": 2},
    ],
)
def test_small_movements_are_kept_to_oneself(change: dict[str, Any]) -> None:
    assert changes(BEFORE, replace(BEFORE, **change), POLICY.telling) == ()


def test_small_movements_are_named_when_something_else_is_told() -> None:
    now = replace(BEFORE, realised_value=10_001, abc_class="A")
    assert changes(BEFORE, now, POLICY.telling) == ("realised_value", "abc_class")


def test_what_is_told_becomes_an_event_of_the_contract() -> None:
    event = announce(CUSTOMER, BEFORE, ("abc_class",), "CNY")
    assert event.satisfaction == 70.0
    assert event.realised_value.minor == 10_000
    assert event.rfm == (3, 3, 3)
    assert event.changed == ("abc_class",)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_sum_beyond_the_contract_is_told_as_the_most_it_carries(sign: int) -> None:
    largest = [make_fact(amount=10**13, margin=sign * 10**13) for _ in range(101)]
    statistics = fold(EMPTY, largest, MEASURES)
    told = tell(score(statistics, CONTEXT, effective_instant(statistics, NOW)))
    assert told.realised_value == sign * 10**15
    event = announce(CUSTOMER, told, changes(None, told, POLICY.telling), "CNY")
    assert (
        ScoreChanged.model_validate_json(msgspec.json.encode(event), strict=True).realised_value.minor == sign * 10**15
    )


@given(histories(), st.sampled_from([CONTEXT, Context(POLICY, MEASURES)]))
def test_the_event_is_what_validation_would_have_made(history: list[Fact], context: Context) -> None:
    statistics = fold(EMPTY, history, MEASURES)
    told = tell(score(statistics, context, effective_instant(statistics, NOW)))
    event = announce(CUSTOMER, told, changes(None, told, POLICY.telling), "CNY")
    told_again = ScoreChanged.model_validate_json(msgspec.json.encode(event), strict=True)
    assert msgspec.json.encode(told_again.model_dump(mode="json")) == msgspec.json.encode(event)
