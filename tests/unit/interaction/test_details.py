from datetime import date

import pytest

from services.interaction.ingest.details import Payment, Purchase, PurchaseLine, Return
from services.interaction.ingest.earnings import check_purchase, check_return, earned, given_up, with_days_late
from shared.errors import InvalidInput
from shared.money import Money
from tests.support.factories.interaction import NOW


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


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def priced(minor: int, **earnings: Money) -> PurchaseLine:
    return PurchaseLine(category="gifts", quantity=1, amount=cny(minor), **earnings)


@pytest.mark.parametrize(
    ("told", "cost", "margin"),
    [
        (Purchase(order_id="1", amount=cny(1000), margin=cny(300)), 700, 300),
        (Purchase(order_id="1", amount=cny(1000), cost=cny(1200)), 1200, -200),
        (
            Purchase(order_id="1", amount=cny(1000), lines=(priced(600, cost=cny(400)), priced(400, margin=cny(50)))),
            750,
            250,
        ),
        (Purchase(order_id="1", amount=cny(1000), lines=(priced(600, cost=cny(400)), priced(400))), None, None),
        (Purchase(order_id="1", amount=cny(1000)), None, None),
        (Return(order_id="1", amount=cny(1000), cost=cny(600)), 600, 400),
    ],
    ids=["margin", "below cost", "lines", "some lines", "nothing", "return"],
)
def test_what_was_not_told_of_cost_and_margin_follows(
    told: Purchase | Return, cost: int | None, margin: int | None
) -> None:
    whole = earned(told) if isinstance(told, Purchase) else given_up(told)
    assert (whole.cost and whole.cost.minor, whole.margin and whole.margin.minor) == (cost, margin)


def test_lines_are_completed_each() -> None:
    whole = earned(Purchase(order_id="1", amount=cny(1000), lines=(priced(600, cost=cny(400)), priced(400))))
    assert [line.margin for line in whole.lines] == [cny(200), None]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (Purchase(order_id="1", amount=cny(1000), margin=cny(300), cost=cny(300)), "margin"),
        (
            Purchase(order_id="1", amount=cny(1000), lines=(priced(1000, margin=cny(1), cost=cny(1)),)),
            "lines[0].margin",
        ),
        (Purchase(order_id="1", amount=cny(1000), margin=cny(300), lines=(priced(1000, margin=cny(200)),)), "lines"),
    ],
    ids=["whole", "line", "whole against lines"],
)
def test_cost_and_margin_that_contradict_each_other_are_refused(told: Purchase, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_purchase(told)
    assert (refused.value.code, refused.value.field) == ("margin_does_not_fit", field)


@pytest.mark.parametrize(
    ("status", "due_on", "told", "days"),
    [
        ("paid", date(2026, 10, 30), None, 3),
        ("paid", date(2026, 11, 30), None, 0),
        ("paid", None, None, None),
        ("overdue", date(2026, 10, 30), 7, 7),
        ("due", date(2026, 10, 30), None, None),
    ],
)
def test_days_late_are_counted_where_the_sender_did_not(
    status: str, due_on: date | None, told: int | None, days: int | None
) -> None:
    payment = Payment(invoice="1", status=status, amount=cny(1), due_on=due_on, overdue_days=told)  # type: ignore[arg-type]
    assert with_days_late(payment, NOW).overdue_days == days
