"""Figures to hold against a source file and against scoring."""

from datetime import timedelta

from tests.support.factories.interaction import NOW, YESTERDAY
from tests.support.interaction_api import InteractionApi

ADDRESS = "/v1/reconciliation"


async def test_counts_and_sums_are_exact_by_kind_and_currency(api: InteractionApi) -> None:
    customer = await api.learn()
    for amount, currency in (("29.33", "CNY"), ("0.10", "CNY"), ("0.20", "CNY"), ("1500", "JPY")):
        await api.record(customer=customer, amount={"amount": amount, "currency": currency})
    await api.record("return", customer=customer)
    await api.record("visit", customer=customer)
    figures = await api.read(ADDRESS)
    assert figures["count"] == 6
    assert [tuple(total.values()) for total in figures["totals"]] == [
        ("purchase", "CNY", 3, 2963),
        ("purchase", "JPY", 1, 1500),
        ("return", "CNY", 1, 933),
        ("visit", None, 1, None),
    ]
    assert figures["awaiting"] == {"count": 0, "oldest_recorded_at": None, "oldest_waiting_seconds": None, "totals": []}


async def test_what_awaits_its_customer_is_counted_apart(api: InteractionApi) -> None:
    await api.record(customer={"source": "shop", "external_id": "42"})
    api.clock.move_to(NOW + timedelta(hours=1))
    figures = await api.read(ADDRESS)
    assert (figures["count"], figures["totals"]) == (0, [])
    assert (figures["awaiting"]["count"], figures["awaiting"]["oldest_waiting_seconds"]) == (1, 3600)
    await api.learn(("shop", "42"))
    figures = await api.read(ADDRESS)
    assert (figures["count"], figures["awaiting"]["count"]) == (1, 0)


async def test_a_source_and_a_period_narrow_it(api: InteractionApi) -> None:
    customer = await api.learn()
    for days, source in enumerate(("shop", "pos", "shop")):
        await api.record(customer=customer, source=source, occurred_at=(YESTERDAY - timedelta(days=days)).isoformat())
    assert (await api.read(ADDRESS, source="shop"))["count"] == 2
    since, until = (YESTERDAY - timedelta(days=1)).isoformat(), YESTERDAY.isoformat()
    assert (await api.read(ADDRESS, since=since, until=until))["count"] == 1
