"""Events become facts, and those that contradict themselves are refused."""

from typing import Any

import pytest

from services.scoring.facts.fact import FactKind, Instrument
from services.scoring.facts.translation import KINDS, to_fact
from shared.contracts import interaction
from shared.contracts.common import Money
from shared.contracts.interaction import InteractionRecorded
from shared.errors import Poison
from tests.support.factories.scoring import CUSTOMER, interaction_event


@pytest.mark.parametrize(("model", "kind"), KINDS.items())
def test_every_interaction_is_a_fact(model: type[InteractionRecorded], kind: FactKind) -> None:
    event = interaction_event(model)
    fact = to_fact(event.data)
    assert (fact.kind, fact.customer_id, fact.event_id) == (kind, CUSTOMER, event.data.interaction_id)


def test_a_purchase_keeps_money_and_categories() -> None:
    lines = [
        {"category": category, "quantity": 1, "amount": {"minor": 1, "currency": "USD"}}
        for category in ("tea", "books", "tea")
    ]
    amount, margin = Money(minor=500, currency="USD"), Money(minor=90, currency="USD")
    fact = to_fact(interaction_event(amount=amount, margin=margin, lines=lines).data)
    assert (fact.amount, fact.margin, fact.currency) == (500, 90, "USD")
    assert fact.detail.categories == ("books", "tea")


@pytest.mark.parametrize(
    ("instrument", "score", "points"), [("csat", 1, 0), ("csat", 5, 100), ("nps", 0, 0), ("nps", 9, 90)]
)
def test_answers_are_points_of_a_hundred(instrument: str, score: int, points: int) -> None:
    fact = to_fact(interaction_event(interaction.SurveyAnswered, instrument=instrument, score=score).data)
    assert (fact.detail.instrument, fact.detail.points) == (Instrument[instrument.upper()], points)


@pytest.mark.parametrize(
    ("model", "values", "code"),
    [
        (interaction.PurchaseRecorded, {"margin": Money(minor=1, currency="USD")}, "margin_currency"),
        (interaction.SurveyAnswered, {"instrument": "csat", "score": 0}, "survey_score"),
        (interaction.SurveyAnswered, {"instrument": "csat", "score": 9}, "survey_score"),
    ],
)
def test_contradictions_are_poison(model: type[InteractionRecorded], values: dict[str, Any], code: str) -> None:
    event = interaction_event(model, **values)
    with pytest.raises(Poison) as refusal:
        to_fact(event.data)
    assert refusal.value.code == code
