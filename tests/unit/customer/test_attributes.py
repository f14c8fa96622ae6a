"""Custom attributes stay within bounds and within what the database can store."""

from typing import Any

import pytest

from services.customer.profiles.attributes import check_attributes, normalise_tags
from shared.errors import InvalidInput


def test_tags_are_a_set_in_one_order() -> None:
    assert normalise_tags(["vip", "b", "vip", "a"]) == ("a", "b", "vip")


@pytest.mark.parametrize(
    "attributes",
    [{}, {"card": "A-17", "score": 1.5, "since": None, "flags": [True, {"deep": {"er": 1}}]}, {"备注": "好"}],
)
def test_reasonable_attributes_are_accepted(attributes: dict[str, Any]) -> None:
    check_attributes(attributes)


@pytest.mark.parametrize(
    ("attributes", "field", "words"),
    [
        ({f"key{n}": 1 for n in range(51)}, "custom_attributes", "at most 50"),
        ({"": 1}, "custom_attributes", "a key has"),
        ({"k" * 65: 1}, "custom_attributes", "a key has"),
        ({"a": {"nul\x00": 1}}, "custom_attributes.a", "NUL"),
        ({"a": ["ok", "nul\x00"]}, "custom_attributes.a[1]", "NUL"),
        ({"a": {"b": {"c": {"d": 1}}}}, None, None),
        ({"a": {"b": {"c": {"d": {}}}}}, "custom_attributes.a.b.c.d", "4 levels"),
        ({"a": [[[[1]]]]}, "custom_attributes.a[0][0][0]", "4 levels"),
        ({"a": float("inf")}, "custom_attributes.a", "finite"),
        ({"a": "\ud800"}, "custom_attributes", "Unicode"),
        ({"a": "字" * 3000}, "custom_attributes", "8192 bytes"),
    ],
)
def test_attributes_out_of_bounds_are_refused(attributes: dict[str, Any], field: str | None, words: str | None) -> None:
    if field is None or words is None:
        check_attributes(attributes)
        return
    with pytest.raises(InvalidInput, match=words) as caught:
        check_attributes(attributes)
    assert (caught.value.code, caught.value.field) == ("custom_attributes_invalid", field)
