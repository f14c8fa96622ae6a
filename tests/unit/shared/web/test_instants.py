"""Which instants a request may hold."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.web.instants import WrittenInstant

instants: TypeAdapter[datetime] = TypeAdapter(WrittenInstant)


def test_an_instant_is_taken_to_utc() -> None:
    assert instants.validate_python("2026-01-31T09:30:00.5+08:00") == datetime(2026, 1, 31, 1, 30, 0, 500000, UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-31",
        "2026-01-31T09:30:00",
        "2026-02-30T00:00:00Z",
        "1767225600",
        1767225600,
        None,
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59Z",
    ],
)
def test_what_has_no_offset_or_no_place_in_the_calendar_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        instants.validate_python(value)


@pytest.mark.parametrize("value", ["0002-01-01T00:00:00+14:00", "9998-12-31T23:59:59-14:00"])
def test_what_is_taken_can_be_told_in_any_time_zone(value: str) -> None:
    instant = instants.validate_python(value)
    for zone in ("Pacific/Kiritimati", "Pacific/Niue", "Asia/Shanghai"):
        assert instant.astimezone(ZoneInfo(zone)) == instant


def test_a_plus_that_an_address_made_a_space_is_told() -> None:
    with pytest.raises(ValidationError, match="%2B"):
        instants.validate_python("2026-01-31T09:30:00 08:00")
