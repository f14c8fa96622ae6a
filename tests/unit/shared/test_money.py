import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.currencies import MINOR_UNIT_DIGITS
from shared.errors import InvalidInput
from shared.money import MAX_MINOR, Money, decimal_text, parse_money


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("29.33", "CNY", 2933),
        ("29.3", "CNY", 2930),
        ("29", "CNY", 2900),
        ("0", "USD", 0),
        ("007.50", "USD", 750),
        ("1500", "JPY", 1500),
        ("1.234", "KWD", 1234),
        ("1.2345", "CLF", 12345),
        ("0.1", "EUR", 10),
    ],
)
def test_decimal_text_becomes_an_exact_count_of_the_minor_unit(amount: str, currency: str, minor: int) -> None:
    assert parse_money(amount, currency, field="amount") == Money(minor, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "code", "field", "told"),
    [
        ("29.333", "CNY", "amount_too_precise", "margin.amount", "CNY has 2 decimal digits"),
        ("29.330", "CNY", "amount_too_precise", "margin.amount", "29.330 has 3"),
        ("1500.00", "JPY", "amount_too_precise", "margin.amount", "no decimal digits"),
        ("\N{ARABIC-INDIC DIGIT ONE}2.50", "CNY", "amount_not_decimal", "margin.amount", "0 to 9"),
        ("1", "RMB", "currency_unknown", "margin.currency", "ISO 4217"),
        ("1", "XAU", "currency_unknown", "margin.currency", "CNY"),
        ("9999999999999.999", "KWD", "amount_too_large", "margin.amount", "1000000000000.000"),
    ],
)
def test_what_a_currency_does_not_allow_is_refused_by_name(
    amount: str, currency: str, code: str, field: str, told: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_money(amount, currency, field="margin")
    assert (refused.value.code, refused.value.field) == (code, field)
    assert told in refused.value.detail


@given(st.integers(0, MAX_MINOR), st.sampled_from(sorted(MINOR_UNIT_DIGITS)))
def test_text_and_count_say_the_same(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert parse_money(decimal_text(money), currency, field="amount") == money


def test_a_negative_sum_keeps_its_sign() -> None:
    assert decimal_text(Money(-5, "CNY")) == "-0.05"
