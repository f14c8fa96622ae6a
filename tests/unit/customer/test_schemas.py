"""What a request may hold."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.customer.profiles.schemas.requests import CustomerChange, CustomerCreate
from services.customer.profiles.use_cases.values import changes_of
from tests.support.factories.customer import person_body


def errors_of(**values: Any) -> list[tuple[tuple[int | str, ...], str]]:
    with pytest.raises(ValidationError) as caught:
        CustomerCreate.model_validate(person_body(**values))
    return [(error["loc"], error["type"]) for error in caught.value.errors()]


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"nickname": "x"}, ("nickname",)),
        ({"given_name": ""}, ("given_name",)),
        ({"given_name": "a\x00b"}, ("given_name",)),
        ({"given_name": "a\nb"}, ("given_name",)),
        ({"given_name": "a" * 201}, ("given_name",)),
        ({"language": "English"}, ("language",)),
        ({"tags": ["x" * 51]}, ("tags", 0)),
        ({"tags": [f"t{n}" for n in range(51)]}, ("tags",)),
        ({"birthday": {"month": 13, "day": 1}}, ("birthday", "month")),
        ({"birthday": {"month": "1", "day": 1}}, ("birthday", "month")),
        ({"birthday": {"year": 1899, "month": 1, "day": 1}}, ("birthday", "year")),
        ({"external_ids": [{"source": "a/b", "id": "1"}]}, ("external_ids", 0, "source")),
        ({"external_ids": [{"source": "a", "id": ""}]}, ("external_ids", 0, "id")),
        ({"contact_points": [{"kind": "fax", "address": "1"}]}, ("contact_points", 0, "kind")),
        ({"consents": [{"channel": "email", "purpose": "care", "granted": "yes"}]}, ("consents", 0, "granted")),
        (
            {"consents": [{"channel": "email", "purpose": "care", "granted": True, "at": 1700000000}]},
            ("consents", 0, "at"),
        ),
        (
            {"consents": [{"channel": "email", "purpose": "care", "granted": True, "at": "2026-01-01T00:00:00"}]},
            ("consents", 0, "at"),
        ),
        ({"lifecycle": "customer"}, ("lifecycle",)),
        ({"kind": "animal"}, ("kind",)),
    ],
)
def test_field_is_refused_by_its_place(values: dict[str, Any], where: tuple[int | str, ...]) -> None:
    assert [place for place, _ in errors_of(**values)] == [where]


def test_text_is_stripped() -> None:
    assert CustomerCreate.model_validate(person_body(given_name=" A ")).given_name == "A"


def test_change_holds_what_was_sent_and_nothing_else() -> None:
    assert changes_of(CustomerChange.model_validate({})) == {}
    assert changes_of(CustomerChange.model_validate({"region": None, "tags": []})) == {"region": None, "tags": ()}


@pytest.mark.parametrize("field", ["language", "time_zone", "lifecycle", "contact_points", "tags"])
def test_change_cannot_clear_what_every_customer_has(field: str) -> None:
    with pytest.raises(ValidationError):
        CustomerChange.model_validate({field: None})


@pytest.mark.parametrize("field", ["kind", "consents", "external_ids", "version", "customer_id"])
def test_change_refuses_what_is_changed_elsewhere_or_never(field: str) -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        CustomerChange.model_validate({field: "x"})


def test_neither_requests_nor_their_errors_print_personal_data() -> None:
    wanted = CustomerCreate.model_validate(person_body(7))
    assert "Customer 7" not in f"{wanted!r} {wanted}"
    with pytest.raises(ValidationError) as caught:
        CustomerCreate.model_validate(person_body(7, given_name="Secret\nName"))
    assert "Secret" not in str(caught.value)
