"""Merge patches by the examples of RFC 7396, and differences between documents."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.policies.document import complete, write_document
from services.scoring.policies.patching import contested_fields, differences, merge_patch, patch_between
from tests.support.factories.scoring import POLICY

DOCUMENT = write_document(POLICY)


@pytest.mark.parametrize(
    ("document", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_patches_do_what_the_standard_says(document: Any, patch: Any, result: Any) -> None:
    assert merge_patch(document, patch) == result


_documents = st.recursive(
    st.dictionaries(st.sampled_from("abc"), st.integers() | st.lists(st.integers(), max_size=2), max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@given(_documents, _documents)
def test_the_patch_between_two_documents_leads_from_one_to_the_other(one: Any, other: Any) -> None:
    assert merge_patch(one, patch_between(one, other)) == other
    assert (patch_between(one, other) == {}) == (one == other) == (differences(one, other) == [])


def test_differences_name_fields() -> None:
    changed = merge_patch(DOCUMENT, {"money": {"rates": {"JPY": None}}, "lifecycle": {"dormant_after_days": 270}})
    found = [(one.field, one.before, one.after) for one in differences(DOCUMENT, changed)]
    assert found == [("lifecycle.dormant_after_days", 365, 270), ("money.rates.JPY", "0.048", None)]


def test_only_what_both_changed_otherwise_is_contested() -> None:
    base = {"a": 1, "b": {"c": 1, "d": 1}}
    assert contested_fields(base, {"a": 2, "b": {"c": 2, "d": 1}}, {"a": 2, "b": {"c": 1, "d": 5}}) == []
    assert contested_fields(base, {"a": 2, "b": {"c": 2, "d": 1}}, {"a": 3, "b": {"c": 3, "d": 1}}) == ["a", "b.c"]


def test_a_document_of_an_earlier_release_gets_the_shipped_values_of_newer_fields() -> None:
    earlier = merge_patch(DOCUMENT, {"telling": None, "lifecycle": {"rhythm_factor": None, "dormant_after_days": 99}})
    assert complete(earlier, DOCUMENT) == merge_patch(DOCUMENT, {"lifecycle": {"dormant_after_days": 99}})


def test_what_people_name_freely_is_not_completed() -> None:
    fewer = merge_patch(DOCUMENT, {"money": {"rates": {"JPY": None}}})
    assert complete(fewer, DOCUMENT) == fewer
