"""Cursors carry the sort key of the last row there and back, and nothing else."""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Malformed
from shared.web.pagination import decode_cursor, encode_cursor

texts = st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
instants = st.datetimes(timezones=st.just(UTC))


@given(texts, st.uuids(), instants)
def test_a_cursor_gives_back_what_went_in(text: str, uuid: UUID, instant: datetime) -> None:
    assert decode_cursor(encode_cursor(text, uuid, instant), str, UUID, datetime) == (text, uuid, instant)


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.decimals(allow_nan=False, allow_infinity=False))
def test_numbers_stay_exact(number: int, amount: Decimal) -> None:
    assert decode_cursor(encode_cursor(number, amount), int, Decimal) == (number, amount)


def test_an_instant_keeps_its_meaning_in_any_zone() -> None:
    instant = datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))

    assert decode_cursor(encode_cursor(instant), datetime) == (instant,)


def test_what_cannot_be_a_sort_key_is_refused() -> None:
    with pytest.raises(TypeError, match="a cursor cannot carry float"):
        encode_cursor(1.5)


def packed(values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "not base64 at all!",
        "ÄÖÜ",
        packed({"a": 1}),
        packed([]),
        packed(["2026-01-01T00:00:00Z", "x"]),
        packed(["2026-01-01T00:00:00"]),
        packed(["0001-01-01T00:00:00+14:00"]),
        packed(["9999-12-31T23:59:59-14:00"]),
        packed([7]),
        packed([None]),
        packed([["2026-01-01T00:00:00Z"]]),
        base64.urlsafe_b64encode(b"[" * 2000).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_anything_else_is_no_cursor_of_this_list(cursor: str) -> None:
    with pytest.raises(Malformed) as caught:
        decode_cursor(cursor, datetime)

    assert (caught.value.code, caught.value.field) == ("cursor_invalid", "cursor")


@pytest.mark.parametrize("value", [True, 2**63, 1.5, "7"])
def test_a_number_must_fit_the_database(value: object) -> None:
    with pytest.raises(Malformed):
        decode_cursor(packed([value]), int)


@given(st.text(max_size=200))
def test_no_text_breaks_it(cursor: str) -> None:
    try:
        decode_cursor(cursor, str)
    except Malformed:
        return
    assert json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
