"""The name to show follows the language and the script."""

import pytest

from services.customer.profiles.names import display_name_of
from shared.contracts.common import CustomerKind
from shared.errors import InvalidInput


def shown(kind: CustomerKind = CustomerKind.PERSON, language: str = "en", **names: str | None) -> str:
    parts: dict[str, str | None] = dict.fromkeys(("given_name", "family_name", "full_name", "organisation_name"))
    return display_name_of(kind=kind, language=language, **(parts | names))


@pytest.mark.parametrize(
    ("language", "given", "family", "expected"),
    [
        ("zh-CN", "四", "李", "李四"),
        ("en", "四", "李", "李四"),
        ("zh-CN", "Si", "Li", "Li Si"),
        ("en", "Si", "Li", "Si Li"),
        ("ja", "はな", "てすと", "てすとはな"),
        ("hu", "Egy", "Teszt", "Teszt Egy"),
        ("en", "四", "Li", "四 Li"),
        ("zh-CN", None, "李", "李"),
        ("en", "Si", None, "Si"),
    ],
)
def test_names_of_a_person_are_put_together_as_its_language_does(
    language: str, given: str | None, family: str | None, expected: str
) -> None:
    assert shown(language=language, given_name=given, family_name=family) == expected


def test_full_name_wins() -> None:
    assert shown(given_name="One", family_name="Test", full_name="Dr Test One") == "Dr Test One"


def test_long_names_are_cut_to_what_can_be_shown() -> None:
    assert len(shown(given_name="a" * 200, family_name="b" * 200)) == 200


def test_organisation_is_shown_by_its_name() -> None:
    assert shown(CustomerKind.ORGANISATION, organisation_name="测试有限公司") == "测试有限公司"


@pytest.mark.parametrize(
    ("kind", "names", "code", "field"),
    [
        (CustomerKind.PERSON, {}, "name_missing", "full_name"),
        (CustomerKind.ORGANISATION, {}, "name_missing", "organisation_name"),
        (
            CustomerKind.PERSON,
            {"full_name": "A", "organisation_name": "B"},
            "names_do_not_fit_kind",
            "organisation_name",
        ),
        (
            CustomerKind.ORGANISATION,
            {"family_name": "A", "organisation_name": "B"},
            "names_do_not_fit_kind",
            "family_name",
        ),
    ],
)
def test_names_that_do_not_fit_are_refused(kind: CustomerKind, names: dict[str, str], code: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        shown(kind, **names)
    assert (caught.value.code, caught.value.field) == (code, field)
