"""What messages cost, summed as asked for."""

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from tests.support.factories.notification import NOON, complaint, profile_updated, purchase, visit
from tests.support.notification_service import NotificationService
from tests.support.smtp import ScriptedChannel

PRICES = """
UPDATE messages SET provider = CASE rule WHEN 'visit_thanks' THEN 'a' ELSE 'b' END, units = 2,
    cost_micros = CASE rule WHEN 'purchase_thanks' THEN 5 ELSE 700 END,
    cost_currency = CASE rule WHEN 'purchase_thanks' THEN 'USD' ELSE 'CNY' END
WHERE channel = 'email' AND state = 'sent'
"""


async def sums(service: NotificationService, **parameters: Any) -> list[dict[str, Any]]:
    read = await service.get("/v1/costs", to=(NOON + timedelta(days=3)).isoformat(), **parameters)
    return list(read["items"])


async def messages_on_two_days(service: NotificationService) -> None:
    """By email two thanks for visits on one day; thanks for a purchase and a receipt on the next."""
    customer_id, tomorrow = uuid4(), NOON + timedelta(days=1)
    await service.handle(profile_updated(customer_id))
    await service.handle(visit(customer_id), visit(customer_id))
    await service.deliver(ScriptedChannel())
    service.clock.move_to(tomorrow)
    later = {"occurred_at": tomorrow, "recorded_at": tomorrow}
    await service.handle(purchase(customer_id, **later), complaint(customer_id, **later))
    await service.deliver(ScriptedChannel())
    async with service.database.transaction() as session:
        await session.execute(text(PRICES))


async def test_costs_are_summed_by_what_is_asked_for_and_by_currency(service: NotificationService) -> None:
    await messages_on_two_days(service)
    by_provider = await sums(service, by="provider")
    assert [(one["provider"], one["currency"], one["messages"], one["cost_micros"]) for one in by_provider] == [
        ("a", "CNY", 2, 1400),
        ("b", "CNY", 1, 700),
        ("b", "USD", 1, 5),
    ]
    assert {one["day"] for one in by_provider} == {None}
    by_day = await sums(service, by=["day", "rule"])
    assert [(one["day"], one["rule"], one["units"], one["cost_micros"]) for one in by_day] == [
        ("2026-03-02", "visit_thanks", 4, 1400),
        ("2026-03-03", "complaint_receipt", 2, 700),
        ("2026-03-03", "purchase_thanks", 2, 5),
    ]
    assert len(await sums(service, **{"from": (NOON + timedelta(hours=1)).isoformat(), "by": "rule"})) == 2


async def test_costs_as_a_table_tell_everything_apart(service: NotificationService) -> None:
    await messages_on_two_days(service)
    parameters = {"to": (NOON + timedelta(days=3)).isoformat(), "format": "csv"}
    answer = await service.client.get("/v1/costs", params=parameters)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert [(row["day"], row["channel"], row["rule"], row["cost_micros"]) for row in rows] == [
        ("2026-03-02", "email", "visit_thanks", "1400"),
        ("2026-03-03", "email", "complaint_receipt", "700"),
        ("2026-03-03", "email", "purchase_thanks", "5"),
    ]


async def test_a_span_that_is_none_or_too_long_is_refused(service: NotificationService) -> None:
    for start in (NOON, NOON - timedelta(days=400)):
        answer = await service.client.get("/v1/costs", params={"from": start.isoformat(), "to": NOON.isoformat()})
        assert (answer.status_code, answer.json()["code"]) == (400, "span_unsuitable")
