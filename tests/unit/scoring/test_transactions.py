"""Reading an analyst's file: what counts as what, and by line and column what cannot be read."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.lifetime.splitting import Split, SplitHistories, split_ledgers
from services.scoring.lifetime.transactions import (
    DIGITS,
    Entry,
    Layout,
    choose_split,
    make_layout,
    read_transactions,
    to_day,
)
from shared.errors import InvalidInput

HEADER = "customer,date,amount"
DAY = to_day(date(2026, 1, 5))


def test_purchases_of_a_day_are_one_transaction_and_negative_amounts_are_returns() -> None:
    lines = [
        HEADER,
        "a,2026-01-05,10.50",
        "a,2026-01-05T18:00:00,1",
        "",
        "a,20260107,2",
        "a,2026-01-09,-3.25",
        "b,2026-01-06,0",
    ]
    found = read_transactions(lines, Layout())
    first, second = found.ledgers
    assert first.purchase_days == (Entry(DAY, 115_000), Entry(DAY + 2, 20_000))
    assert first.deductions == (Entry(DAY + 4, 32_500),)
    assert second.purchase_days == (Entry(DAY + 1, 0),)
    assert (found.purchases, found.returns, found.first_day, found.last_day) == (4, 1, DAY, DAY + 4)


@pytest.mark.parametrize(
    ("lines", "layout"),
    [
        (["Datum;Wert;Kunde", "05.01.2026;10,50;7"], {"separator": ";", "date_format": "%d.%m.%Y", "decimal_mark": ",",
          "columns": {"customer": "kunde", "date": "Datum", "amount": "WERT"}}),
        (["00001  7 20260105  1   10.50"], {"separator": None, "header": False,
          "columns": {"customer": "2", "date": "3", "amount": "5"}}),
        (["\ufeffcustomer_id,value,day", '"7","10.50","2026-01-05"'], {}),
        (["7\t2026-01-05\t10.50"], {"separator": "\t", "header": False}),
    ],
)  # fmt: skip
def test_the_layout_may_differ(lines: Sequence[str], layout: dict[str, Any]) -> None:
    (ledger,) = read_transactions(lines, Layout(**layout)).ledgers
    assert ledger.purchase_days == (Entry(DAY, 105_000),)


@pytest.mark.parametrize(
    ("lines", "role", "words"),
    [
        ([], None, "is empty"),
        ([HEADER], "amount", "no purchase"),
        (["who,date,amount", "a,2026-01-05,1"], "customer", "no column 'customer' or 'customer_id'"),
        (["date,date,customer,amount", "x"], "date", "2 columns named 'date'"),
        ([HEADER, "a,2026-01-05,1", "a,05.01.2026,1"], "date", "line 3 has '05.01.2026' in column date"),
        ([HEADER, "a,2026-02-30,1"], "date", "line 2"),
        ([HEADER, "a,2026-01-05,ten"], "amount", "line 2 has 'ten' in column amount"),
        ([HEADER, "a,2026-01-05,NaN"], "amount", "finite"),
        ([HEADER, "a,2026-01-05,1e13"], "amount", "finite"),
        ([HEADER, "a,2026-01-05,"], "amount", "no amount"),
        ([HEADER, ",2026-01-05,1"], "customer", "no customer"),
        ([HEADER, "a,2026-01-05"], "amount", "line 2 has 2 columns"),
        ([HEADER, "a,2026-01-05,-1"], "amount", "no purchase"),
    ],
)
def test_what_cannot_be_read_is_named(lines: Sequence[str], role: str | None, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_transactions(lines, Layout())
    assert words in refusal.value.detail
    assert (refusal.value.code, refusal.value.field) == ("transactions_invalid", role)


def test_columns_without_a_header_are_numbers() -> None:
    with pytest.raises(InvalidInput, match="number from 1 on, not 'date'"):
        read_transactions(["a 2026-01-05 1"], Layout(separator=None, header=False, columns={"date": "date"}))


@pytest.mark.parametrize(
    ("separator", "decimal_mark", "words"),
    [("||", ".", "--separator"), (",", ",", "must differ"), (";", ":", "--decimal-mark")],
)
def test_a_layout_that_makes_no_sense_is_refused(separator: str, decimal_mark: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        make_layout(separator, {}, header=True, date_format=None, decimal_mark=decimal_mark)


def test_days_not_told_are_the_last_of_the_file() -> None:
    found = read_transactions([HEADER, "a,2026-01-05,1", "b,2026-01-15,1"], Layout())
    assert choose_split(found, None, None) == Split(DAY + 10, DAY + 10)
    assert choose_split(found, "2026-01-10", None) == Split(DAY + 5, DAY + 10)
    for begin, end in (("2026-01-04", None), ("2026-01-10", "2026-01-09"), ("soon", None)):
        with pytest.raises(InvalidInput, match="--calibrate-until"):
            choose_split(found, begin, end)


rows = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 40), st.integers(-500, 2_000)), min_size=1, max_size=30
)


def read_rows(told: Sequence[tuple[str, int, int]]) -> SplitHistories:
    lines = [f"{who},{date.fromordinal(738_000 + day)},{cents / 100:.2f}" for who, day, cents in told]
    found = read_transactions([HEADER, "z,2021-07-30,1", *lines], Layout())
    begin = to_day(date.fromordinal(738_020))
    return split_ledgers(found.ledgers, Split(begin, begin + 20), digits=DIGITS, discount_per_year=0.1)


def columns(histories: SplitHistories) -> np.ndarray[Any, Any]:
    patterns = histories.patterns
    return np.stack([patterns.x, patterns.t_x, patterns.T, patterns.m, histories.purchases, histories.value])


@settings(max_examples=60, deadline=None)
@given(rows, st.randoms())
def test_the_order_of_lines_makes_no_difference(told: list[tuple[str, int, int]], random: Any) -> None:
    shuffled = list(told)
    random.shuffle(shuffled)
    before, after = columns(read_rows(told)), columns(read_rows(shuffled))
    assert np.isfinite(before).all()
    assert np.array_equal(before, after)


@settings(max_examples=60, deadline=None)
@given(rows)
def test_a_line_told_twice_is_no_second_transaction(told: list[tuple[str, int, int]]) -> None:
    once, twice = read_rows(told), read_rows([*told, *told])
    for name in ("x", "t_x", "T"):
        assert np.array_equal(getattr(once.patterns, name), getattr(twice.patterns, name))
    assert np.array_equal(once.purchases, twice.purchases)
