"""The policy as a document: the shipped one is complete, and a wrong one is refused with the place of the fault."""

import pytest
from pydantic import TypeAdapter, ValidationError

from services.notification.policy import CarePolicy, LeapDayRule
from shared.errors import InvalidInput

DOCUMENT = TypeAdapter(CarePolicy)


def test_document_survives_writing_and_reading() -> None:
    assert DOCUMENT.validate_json(DOCUMENT.dump_json(CarePolicy())) == CarePolicy()


@pytest.mark.parametrize("bounds", ['"at_most": 0, "within": "P1D"', '"at_most": 1, "within": "P400D"'])
def test_cap_that_bounds_nothing_is_refused(bounds: str) -> None:
    with pytest.raises(InvalidInput):
        DOCUMENT.validate_json(f'{{"caps": [{{"purpose": "care", {bounds}}}]}}')


def test_document_says_only_what_differs() -> None:
    policy = DOCUMENT.validate_json('{"version": 4, "birthday": {"leap_day": "march_1", "local_time": "08:30"}}')
    assert policy.birthday.leap_day is LeapDayRule.MARCH_1
    assert policy.birthday.quieting_severities == CarePolicy().birthday.quieting_severities


@pytest.mark.parametrize(
    "text",
    [
        '{"versoin": 2}',
        '{"birthday": {"leap_day": "february_30"}}',
        '{"max_age": "soon"}',
        '{"birthday": {"quieting_severities": ["loud"]}}',
        '{"quiet_hours": {"start": "25:00"}}',
        '{"caps": [{"purpose": "marketing", "at_most": 1, "within": "often"}]}',
        '{"rules": {"birthday": {"purpose": "care"}}}',
    ],
)
def test_unknown_words_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        DOCUMENT.validate_json(text)
