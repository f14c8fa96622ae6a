import pytest

from services.interaction.ingest.details import Purchase, PurchaseLine, Return, check_purchase, check_return
from shared.errors import InvalidInput
from shared.money import Money


def line(minor: int, currency: str = "CNY") -> PurchaseLine:
    return PurchaseLine(category="gifts", quantity=1, amount=Money(minor, currency))


def purchase(minor: int, *lines: PurchaseLine, margin: Money | None = None) -> Purchase:
    return Purchase(order_id="1", amount=Money(minor, "CNY"), margin=margin, lines=lines)


@pytest.mark.parametrize(
    "sound",
    [
        purchase(2933),
        purchase(0),
        purchase(2933, line(2000), line(933)),
        purchase(2933, margin=Money(900, "CNY")),
        purchase(0, line(0)),
    ],
)
def test_a_purchase_that_adds_up_is_taken(sound: Purchase) -> None:
    assert check_purchase(sound) is sound


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        (purchase(2933, line(2000)), "lines_do_not_add_up", "lines"),
        (purchase(2933, line(2934)), "lines_do_not_add_up", "lines"),
        (purchase(2933, line(2000), line(933, "USD")), "currencies_differ", "lines[1].amount.currency"),
        (purchase(2933, margin=Money(900, "USD")), "currencies_differ", "margin.currency"),
    ],
)
def test_a_purchase_that_contradicts_itself_is_refused(wrong: Purchase, code: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_purchase(wrong)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_the_refusal_says_what_the_lines_come_to() -> None:
    with pytest.raises(InvalidInput, match=r"20\.00 CNY, the amount says 29\.33"):
        check_purchase(purchase(2933, line(2000)))


def test_a_return_gives_something_back() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_return(Return(order_id="1", amount=Money(0, "CNY")))
    assert (refused.value.code, refused.value.field) == ("amount_not_positive", "amount.amount")


def test_the_margin_lost_is_in_the_currency_of_the_return() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_return(Return(order_id="1", amount=Money(1, "CNY"), margin=Money(1, "USD")))
    assert refused.value.field == "margin.currency"
