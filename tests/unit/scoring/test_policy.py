"""The policy document: read back as written, and refused by the field that is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.scoring.policies.document import parse_policy, write_policy
from services.scoring.policies.queries import read_policy
from shared.errors import InvalidInput
from tests.support.factories.scoring import POLICY


def changed(path: str, value: Any) -> str:
    document = write_policy(POLICY)
    *parents, last = path.split(".")
    place = document
    for name in parents:
        place = place[name]
    place[last] = value
    return json.dumps(document)


def test_the_document_is_read_back_as_the_same_policy() -> None:
    assert parse_policy(json.dumps(write_policy(POLICY))) == POLICY


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("version", 0),
        ("time_zone", "Mars/Olympus"),
        ("unknown", 1),
        ("lifecycle.unknown", 1),
        ("money.currency", "EUR"),
        ("money.rates", {"CNY": "1", "XYZ": "2"}),
        ("money.rates", {"CNY": "1", "USD": "NaN"}),
        ("money.default_margin_rate", "1.5"),
        ("lifetime.step_months", 5),
        ("lifetime.discount_per_year", -0.1),
        ("lifetime.discount_per_year", "NaN"),
        ("lifetime.minimum_customers", 1),
        ("satisfaction.baseline", 101),
        ("satisfaction.complaint_points", {"low": 1}),
        ("satisfaction.complaint_states.resolved_late", 500),
        ("satisfaction.return_points", -1),
        ("satisfaction.survey_weights.beyond", 99),
        ("lifecycle.active_probability", 1),
        ("lifecycle.formation_purchase_days", 7),
        ("loyalty.weights.decline.trust", 21),
        ("loyalty.levels", {}),
        ("portfolio.a_share", "0.95"),
        ("telling.probability_reviews", [1.0]),
        ("churn.silence", [{"below": 0.5, "points": 5}, {"below": 0.9, "points": 15}]),
        ("churn.silence", [{"below": 0.9, "points": 50}, {"below": 0.5, "points": 15}]),
        ("churn.rhythm", [{"gaps": 3, "points": 5}, {"gaps": 2, "points": 15}]),
        ("churn.dormant_points", 59),
        ("churn.frequency.bands", [{"percent": 75, "points": 5}, {"percent": 50, "points": 15}]),
        ("churn.complaint_points", {"open": 10}),
        ("growth.minimum_peers", 3),
        ("growth.peer_dimension", "shoe_size"),
        ("quadrants.core_share", "0.6"),
        ("quadrants.service", {}),
        ("quadrants.service.core.text", {"en": "Visit them."}),
        ("lifting.most_answers", 0),
    ],
)
def test_a_wrong_number_is_refused(path: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_policy(changed(path, value))
    assert refusal.value.code == "policy_invalid"


def test_a_refusal_names_the_field() -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_policy(changed("lifetime.step_months", 5))
    assert refusal.value.field == "lifetime.step_months"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"gone\.json"):
        read_policy(tmp_path / "gone.json")


def test_a_file_replaces_the_shipped_policy(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text(changed("version", 7))
    assert read_policy(file).version == 7
