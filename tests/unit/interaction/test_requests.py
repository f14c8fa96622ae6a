from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from services.interaction.ingest.schemas.examples import INTERACTIONS
from services.interaction.ingest.schemas.requests import BatchCreate, InteractionCreate, PurchaseCreate
from shared.errors import InvalidInput
from shared.web.problems import invalid_input
from tests.support.factories.interaction import interaction_body

submissions: TypeAdapter[InteractionCreate] = TypeAdapter(InteractionCreate)


def errors_of(body: dict[str, Any]) -> dict[str, str]:
    """What a caller is told, by field."""
    with pytest.raises(ValidationError) as refused:
        submissions.validate_python(body)
    found = invalid_input(refused.value, body, InteractionCreate).context["errors"]
    return {error.field: error.detail for error in found}


@pytest.mark.parametrize("kind", INTERACTIONS)
def test_the_examples_are_sound(kind: str) -> None:
    assert submissions.validate_python(INTERACTIONS[kind]).kind == kind


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({"amuont": 1}, "amuont", "did you mean 'amount'"),
        ({"amount": {"amount": 29.33, "currency": "CNY"}}, "amount.amount", "string"),
        ({"amount": {"amount": "-1", "currency": "CNY"}}, "amount.amount", "pattern"),
        ({"amount": {"amount": "1", "currency": "cny"}}, "amount.currency", "pattern"),
        ({"amount": {"amount": "1", "curency": "CNY"}}, "amount.curency", "did you mean 'currency'"),
        ({"occurred_at": "2026-01-01T00:00:00"}, "occurred_at", "offset"),
        ({"occurred_at": 1767225600}, "occurred_at", "offset"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at", "years"),
        ({"source": "two\nlines"}, "source", "pattern"),
        ({"id": "nul\x00"}, "id", "pattern"),
        ({"id": ""}, "id", "at least 1"),
        ({"order_id": "x" * 201}, "order_id", "200"),
        ({"customer": {}}, "customer", "`id` or by `source` and `external_id`"),
        ({"customer": {"source": "shop"}}, "customer", "together"),
        ({"customer": {"id": "42"}}, "customer.id", "UUID"),
    ],
)
def test_what_the_contract_forbids_is_told_by_field(values: dict[str, Any], field: str, told: str) -> None:
    assert told in errors_of(interaction_body(**values))[field]


@pytest.mark.parametrize(
    ("instrument", "score", "sound"),
    [
        ("csat", 1, True),
        ("csat", 5, True),
        ("csat", 0, False),
        ("csat", 6, False),
        ("nps", 0, True),
        ("nps", 10, True),
        ("nps", 11, False),
    ],
)
def test_a_score_keeps_to_its_instrument(instrument: str, score: int, sound: bool) -> None:
    body = interaction_body("survey", instrument=instrument, score=score)
    if sound:
        submissions.validate_python(body)
    else:
        assert errors_of(body)


@pytest.mark.parametrize("score", ["9", 9.0, True])
def test_a_score_is_a_whole_number_and_nothing_that_looks_like_one(score: object) -> None:
    assert "score" in errors_of(interaction_body("survey", score=score))


def test_an_unknown_kind_is_told_the_known_ones() -> None:
    [(field, detail)] = errors_of({"kind": "purchse"}).items()
    assert field == "kind"
    assert "'purchase'" in detail


def test_an_item_that_cannot_be_read_keeps_its_place() -> None:
    batch = BatchCreate.model_validate({"items": [interaction_body(), {"kind": "visit"}, 7, interaction_body()]})
    kinds = [type(item) for item in batch.submissions]
    assert kinds == [PurchaseCreate, InvalidInput, InvalidInput, PurchaseCreate]


@pytest.mark.parametrize("size", [0, 1001])
def test_a_batch_is_bounded(size: int) -> None:
    with pytest.raises(ValidationError):
        BatchCreate.model_validate({"items": [{}] * size})
