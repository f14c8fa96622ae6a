"""A shop that goes on selling while parts die: it repeats what got no answer, under the same identity."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from shared.clock import wall_now
from tests.e2e.loss.site import MAIL_DOMAIN, Site

SOURCE = "shop"
_PATIENCE_SECONDS = 90.0


@dataclass
class Workload:
    """What was acknowledged, per customer in the order in which it was."""

    customers: int
    purchases_each: int
    ids: dict[int, str] = field(default_factory=dict)
    acknowledged: dict[int, list[str]] = field(default_factory=dict)
    repeated_requests: int = 0
    opened_at: datetime = field(default_factory=lambda: wall_now() - timedelta(hours=1))

    @property
    def total(self) -> int:
        return sum(len(orders) for orders in self.acknowledged.values())

    @property
    def total_minor(self) -> int:
        return sum(amount_minor(order) for orders in self.acknowledged.values() for order in orders)

    async def run(self, site: Site, *, seconds: float) -> None:
        """Registers every customer and sells to each, one purchase after the other, spread over about `seconds`."""
        async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
            pause = seconds / self.purchases_each
            await asyncio.gather(*(self._serve(http, site, number, pause) for number in range(self.customers)))

    async def _serve(self, http: httpx.AsyncClient, site: Site, number: int, pause: float) -> None:
        """Every third customer is registered only after its first half of purchases, which have to wait for it."""
        orders = self.acknowledged.setdefault(number, [])
        known_after = self.purchases_each // 2 if number % 3 == 0 else 0
        for place in range(self.purchases_each):
            if place == known_after:
                self.ids[number] = await self._register(http, site, number)
            order = f"{number}-{place}"
            await self._insist(lambda order=order: self._sell(http, site, number, order))  # type: ignore[misc]
            orders.append(order)
            await asyncio.sleep(pause)

    async def _register(self, http: httpx.AsyncClient, site: Site, number: int) -> str:
        answer = await self._insist(
            lambda: http.post(
                f"{site.url('customer')}/v1/customers",
                json=_registration(number),
                headers={
                    **site.tokens.headers("customer:write"),
                    "Idempotency-Key": f"register-{number}",
                },
            )
        )
        return str(answer["customer_id"])

    async def _sell(self, http: httpx.AsyncClient, site: Site, number: int, order: str) -> httpx.Response:
        return await http.post(
            f"{site.url('interaction')}/v1/interactions",
            json=_purchase(number, order, self.opened_at),
            headers=site.tokens.headers("interaction:write"),
        )

    async def _insist(self, request: Callable[[], Awaitable[httpx.Response]]) -> dict[str, Any]:
        """The body of the first answer of success: no answer and "unavailable" both mean asking again."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                answer = await request()
            except httpx.TransportError as error:
                problem = repr(error)
            else:
                if answer.is_success:
                    body: dict[str, Any] = answer.json()
                    return body
                problem = f"{answer.status_code} {answer.text}"
                assert answer.status_code in (409, 503), problem
                assert answer.status_code == 503 or answer.json()["code"] == "idempotency_in_flight", problem
            assert time.monotonic() < deadline, f"no success in {_PATIENCE_SECONDS:.0f} s; last: {problem}"
            self.repeated_requests += 1
            await asyncio.sleep(0.1)  # a shop's own pause before it asks again


def amount_minor(order: str) -> int:
    number, _, place = order.partition("-")
    return 1000 + 37 * int(number) + int(place)


def _registration(number: int) -> dict[str, Any]:
    return {
        "kind": "person",
        "full_name": f"Test Customer {number}",
        "language": "zh-CN" if number % 2 else "en",
        "external_ids": [{"source": SOURCE, "id": str(number)}],
        "contact_points": [{"kind": "email", "address": f"customer-{number}@{MAIL_DOMAIN}"}],
        "consents": [{"channel": "email", "purpose": "care", "granted": True}],
    }


def _purchase(number: int, order: str, opened_at: datetime) -> dict[str, Any]:
    """The same to the letter however often it is sent; each a second after the one before."""
    minor = amount_minor(order)
    occurred_at = opened_at + timedelta(seconds=int(order.partition("-")[2]))
    return {
        "kind": "purchase",
        "source": SOURCE,
        "id": order,
        "customer": {"source": SOURCE, "external_id": str(number)},
        "occurred_at": occurred_at.isoformat(),
        "order_id": order,
        "amount": {"amount": f"{minor // 100}.{minor % 100:02d}", "currency": "CNY"},
    }
