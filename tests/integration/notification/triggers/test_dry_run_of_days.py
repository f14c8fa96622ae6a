"""Trying a rule on days: whose occasions fell in a time past, or will, and what it would have said of them."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notification.occasions.queries import happened
from services.notification.triggers import queries
from shared.contracts.customer import Birthday, CalendarDay, DoNotDisturb, ImportantDate, ImportantDateKind
from tests.support.factories.notification import profile_updated, solar_birthday
from tests.support.notification_service import NotificationService
from tests.support.rules import rule_on, rule_on_holidays

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
SHANGHAI: dict[str, Any] = {"time_zone": "Asia/Shanghai", "region": "CN", "registered_at": LONG_AGO}
FEBRUARY = {"from": "2026-01-31T16:00:00Z", "to": "2026-02-28T16:00:00Z"}
"""In Shanghai, and just before the service's own today."""


async def joined(service: NotificationService, **profile: Any) -> UUID:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id, **(SHANGHAI | profile)))
    return customer_id


def on_day(kind: str, **parts: Any) -> dict[str, Any]:
    return {**rule_on("visit", template=kind, **parts), "on": {"occasion": kind}}


async def dry_run(service: NotificationService, document: dict[str, Any], **span: str) -> dict[str, Any]:
    answer = await service.client.post("/v1/rules/trial/dry-run", json={**(span or FEBRUARY), "document": document})
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


def counted(tried: dict[str, Any]) -> dict[tuple[str, str | None], int]:
    return {(one["day"], one["reason"]): one["messages"] for one in tried["counts"]}


async def test_birthdays_of_a_month_past_solar_and_lunar(service: NotificationService) -> None:
    greeted = [
        await joined(service, birthday=solar_birthday(2, 10)),
        await joined(service, birthday=solar_birthday(2, 29)),
        await joined(service, birthday=Birthday(calendar="lunar", month=12, day=30)),
        await joined(service, birthday=Birthday(calendar="lunar", month=1, day=1)),
    ]
    await joined(service, birthday=solar_birthday(2, 10), do_not_disturb=DoNotDisturb(paused=True))
    await joined(service, birthday=solar_birthday(3, 1))
    await joined(service, birthday=solar_birthday(2, 10), registered_at=datetime(2026, 2, 11, tzinfo=UTC))
    before = await service.scalar("SELECT count(*) FROM decisions")
    tried = await dry_run(service, on_day("birthday"))
    assert (tried["events"], tried["triggered"], tried["sent"], tried["customers"]) == (6, 5, 4, 4)
    assert counted(tried) == {
        ("2026-02-10", None): 1,
        ("2026-02-10", "do_not_disturb"): 1,
        ("2026-02-16", None): 1,  # the last day of the lunar year is the 29th of its month
        ("2026-02-17", None): 1,
        ("2026-02-28", None): 1,
    }
    assert [one["customer_id"] for one in tried["sample"]] == sorted(map(str, greeted))
    assert await service.scalar("SELECT count(*) FROM decisions") == before
    march = {"from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"}
    coming = await dry_run(service, on_day("birthday"), **march)
    assert counted(coming) == {("2026-03-01", None): 1}


async def test_anniversaries_are_counted_from_the_year_after(service: NotificationService) -> None:
    await joined(service, registered_at=datetime(2025, 2, 3, tzinfo=UTC))
    await joined(service, registered_at=datetime(2026, 2, 3, tzinfo=UTC))
    tried = await dry_run(service, on_day("customer_since", when={"field": "customer.language", "is": "en"}))
    assert (tried["events"], counted(tried)) == (1, {("2026-02-03", None): 1})


async def test_reminders_at_each_of_their_leads_also_of_dates_long_over(service: NotificationService) -> None:
    def expiry(number: int, on: date, *leads: int, **changes: Any) -> ImportantDate:
        day = CalendarDay(year=on.year, month=on.month, day=on.day)
        values: dict[str, Any] = {"kind": ImportantDateKind.INSURANCE_EXPIRY, "recurring": False, "lead_days": leads}
        return ImportantDate(date_id=UUID(int=number), on=day, **(values | changes))

    this, next_one, last = date(2026, 2, 12), date(2027, 1, 20), date(2025, 2, 9)
    dates = (expiry(1, this, 30, 7, 0), expiry(2, next_one, 365, 340), expiry(3, last, 0))
    await joined(service, important_dates=dates)
    narrow = {"field": "event.lead_days", "at_most": 340}
    assert counted(await dry_run(service, on_day("expiry"))) == {
        ("2026-02-05", None): 1,
        ("2026-02-12", None): 1,
        ("2026-02-14", None): 1,
    }
    assert (await dry_run(service, on_day("expiry", when=narrow)))["sent"] == 3
    assert (await dry_run(service, on_day("expiry", when={"field": "event.lead_days", "is": 7})))["sent"] == 1


async def test_holidays_of_those_who_live_where_they_are_kept(service: NotificationService) -> None:
    customers = [await joined(service, language=language) for language in ("zh-CN", "zh-CN", "en")]
    american = await joined(service, time_zone="America/New_York", region="US", language="zh-CN")
    festivals = rule_on_holidays(
        "chinese_new_year", "laba", lead_days=1, when={"field": "customer.language", "is": "zh-CN"}
    )
    tried = await dry_run(service, festivals)
    assert (tried["events"], tried["triggered"], tried["share"]) == (4, 3, 0.75)
    assert counted(tried) == {("2026-02-16", None): 3}
    public = await dry_run(service, rule_on_holidays("washingtons_birthday", "lunar_new_year"))
    assert counted(public) == {("2026-02-16", None): 1, ("2026-02-17", None): 3}
    assert str(american) in {one["customer_id"] for one in public["sample"]}
    assert len(public["sample"]) == len(customers) + 1


async def test_more_than_can_be_gone_through_is_refused(
    service: NotificationService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        await joined(service, birthday=solar_birthday(2, 10))

    async def refused(document: dict[str, Any]) -> str:
        answer = await service.client.post("/v1/rules/trial/dry-run", json={**FEBRUARY, "document": document})
        assert answer.status_code == 422
        return str(answer.json()["code"])

    monkeypatch.setattr(queries, "MOST_EVENTS", 3)
    assert await refused(on_day("birthday")) == "dry_run_too_wide"
    assert await refused(rule_on_holidays("chinese_new_year")) == "dry_run_too_wide"
    monkeypatch.setattr(queries, "MOST_EVENTS", 4)
    assert (await dry_run(service, on_day("birthday")))["sent"] == 4
    monkeypatch.setattr(happened, "_MOST_ROWS", 3)
    assert await refused(on_day("birthday")) == "dry_run_too_wide"
    nobody = rule_on_holidays("chinese_new_year", when={"field": "customer.language", "is": "fr"})
    assert (await dry_run(service, nobody))["triggered"] == 0
    monkeypatch.setattr(happened, "MOST_ASKED", 3)
    assert await refused(nobody) == "dry_run_too_wide"
