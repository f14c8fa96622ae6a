"""Mistakes in a condition are told with their place; the published schema accepts what is accepted here."""

from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from shared.conditions.reading import MOST_COMPARISONS, MOST_DEPTH, read_condition
from shared.errors import InvalidInput
from tests.support.conditions import VOCABULARY, documents


def nested(levels: int) -> Any:
    document: Any = {"field": "orders", "is": 1}
    for _ in range(levels):
        document = {"not": document}
    return document


@pytest.mark.parametrize(
    ("document", "field", "detail"),
    [
        ("orders > 3", "rule", "must be an object"),
        ({}, "rule", "exactly one of"),
        ({"all": [], "any": []}, "rule", "exactly one of"),
        ({"all": [], "note": ""}, "rule", "nothing beside it"),
        ({"any": []}, "rule.any", "at least one"),
        ({"all": {"field": "orders"}}, "rule.all", "list of conditions"),
        ({"all": [{"field": "ordres", "is": 1}]}, "rule.all[0].field", "did you mean orders?"),
        ({"field": 7, "is": 1}, "rule.field", "one of region"),
        ({"field": "orders", "contains": 1}, "rule", "orders takes exactly one of is, is_not"),
        ({"field": "orders", "is": 1, "above": 0}, "rule", "exactly one of"),
        ({"field": "orders", "is": True}, "rule.is", "must be a number"),
        ({"field": "orders", "is": float("nan")}, "rule.is", "must be a number"),
        ({"field": "orders", "in": []}, "rule.in", "1 to 1000 values"),
        ({"field": "orders", "in": [1, "2"]}, "rule.in[1]", "must be a number"),
        ({"field": "abc_class", "is": "D"}, "rule.is", "one of A, B, C"),
        ({"field": "is_person", "is": "yes"}, "rule.is", "true or false"),
        ({"field": "region", "is": ""}, "rule.is", "1 to 200 characters"),
        ({"field": "birthday", "before": "1.3.2026"}, "rule.before", "must be a day"),
        ({"field": "last_seen_at", "before": "2026-03-01T09:00:00"}, "rule.before", "with its offset"),
        ({"field": "birthday", "older_than_days": -1}, "rule.older_than_days", "whole number of days"),
        ({"field": "region", "missing": 1}, "rule.missing", "true or false"),
        (nested(MOST_DEPTH), "rule" + ".not" * MOST_DEPTH, "nested"),
        (
            {"any": [{"field": "orders", "is": 1}] * (MOST_COMPARISONS + 1)},
            f"rule.any[{MOST_COMPARISONS}]",
            "compare",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(document: Any, field: str, detail: str) -> None:
    with pytest.raises(InvalidInput, match=detail.replace("?", r"\?")) as refusal:
        read_condition(document, VOCABULARY, field="rule")
    assert (refusal.value.code, refusal.value.field) == ("condition_invalid", field)


@given(documents)
def test_the_published_schema_accepts_what_is_accepted(document: Any) -> None:
    read_condition(document, VOCABULARY)
    assert Draft202012Validator(VOCABULARY.json_schema()).is_valid(document)


@pytest.mark.parametrize(
    "document",
    [{"field": "ordres", "is": 1}, {"field": "orders", "contains": 1}, {"any": []}, {"field": "abc_class", "is": "D"}],
)
def test_the_published_schema_refuses_what_is_refused(document: Any) -> None:
    assert not Draft202012Validator(VOCABULARY.json_schema()).is_valid(document)
