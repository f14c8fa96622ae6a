"""How a customer is called: family name first where the language or the script wants it so."""

import re

from shared.contracts.common import CustomerKind
from shared.errors import InvalidInput

_FAMILY_FIRST_LANGUAGES = frozenset({"zh", "ja", "ko", "vi", "hu"})
_MAX_DISPLAY_NAME = 200
# Han with its extensions and compatibility forms, kana, hangul: written without a space between the names.
_UNSPACED = re.compile(r"[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af]")


def display_name_of(
    *,
    kind: CustomerKind,
    given_name: str | None,
    family_name: str | None,
    full_name: str | None,
    organisation_name: str | None,
    language: str,
) -> str:
    """The one name to show and to greet with. Raises InvalidInput when the names given do not fit the kind."""
    if kind is CustomerKind.ORGANISATION:
        if given_name or family_name or full_name:
            raise InvalidInput(
                "an organisation has an `organisation_name` and no personal names",
                code="names_do_not_fit_kind",
                field="given_name" if given_name else "family_name" if family_name else "full_name",
            )
        return _required(organisation_name, "an organisation needs its `organisation_name`", "organisation_name")
    if organisation_name:
        raise InvalidInput(
            "a person has no `organisation_name`; register the organisation as a customer of its own",
            code="names_do_not_fit_kind",
            field="organisation_name",
        )
    name = full_name or _composed(given_name, family_name, language)
    return _required(name, "a person needs a `given_name`, a `family_name` or a `full_name`", "full_name")


def _composed(given: str | None, family: str | None, language: str) -> str | None:
    if not given or not family:
        return given or family
    unspaced = bool(_UNSPACED.search(given) and _UNSPACED.search(family))
    family_first = unspaced or language.split("-")[0] in _FAMILY_FIRST_LANGUAGES
    first, second = (family, given) if family_first else (given, family)
    # Two names of 200 characters make one too long to show; the parts are kept whole.
    return (first + second if unspaced else f"{first} {second}")[:_MAX_DISPLAY_NAME]


def _required(name: str | None, detail: str, field: str) -> str:
    if not name:
        raise InvalidInput(detail, code="name_missing", field=field)
    return name
