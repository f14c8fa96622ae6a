"""Important dates and anniversaries: reminded of in time, once each, the nearest alone when it is late."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.customer import CalendarDay, ImportantDate, ImportantDateKind
from tests.support.factories.notification import NOON, profile_erased, profile_updated, purchase, solar_birthday
from tests.support.notification_service import NotificationService
from tests.support.smtp import ScriptedChannel

SHANGHAI: dict[str, Any] = {"time_zone": "Asia/Shanghai"}
NINE_IN_SHANGHAI = timedelta(hours=1)
INSPECTION = date(2026, 5, 20)


def nine(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=UTC) + NINE_IN_SHANGHAI


def inspection(day: date = INSPECTION, **changes: Any) -> ImportantDate:
    values: dict[str, Any] = {
        "date_id": UUID(int=7),
        "kind": ImportantDateKind.VEHICLE_INSPECTION,
        "on": CalendarDay(year=day.year, month=day.month, day=day.day),
        "recurring": False,
        "lead_days": (30, 7),
        "label": "the blue van",
    }
    return ImportantDate(**(values | changes))


async def told(service: NotificationService, customer_id: UUID, *dates: ImportantDate, **changes: Any) -> None:
    values: dict[str, Any] = {"at": service.clock.now(), "important_dates": dates, **SHANGHAI} | changes
    await service.handle(profile_updated(customer_id, **values))


async def decided(service: NotificationService, customer_id: UUID, rule: str = "inspection") -> list[Any]:
    rows = [row for row in await service.decisions(customer_id) if row["rule"] == rule]
    return [(row["occasion"].rpartition(":")[2], row["outcome"], row["reason"]) for row in rows]


async def celebrate(service: NotificationService, kind: str) -> None:
    """What ships without a rule is chosen by writing one."""
    document = {"description": "x", "on": {"occasion": kind}, "message": {"template": kind, "purpose": "care"}}
    drafted = await service.client.put(f"/v1/rules/{kind}/draft", json={"document": document, "reason": "a test"})
    headers = {"If-Match": drafted.headers["ETag"]}
    answer = await service.client.post(f"/v1/rules/{kind}/activate", json={"reason": "a test"}, headers=headers)
    assert answer.status_code == 200, answer.text


async def move(service: NotificationService, instant: datetime) -> None:
    service.clock.move_to(instant)
    await service.plan()


async def test_a_date_is_reminded_of_at_each_lead_in_the_morning_there(service: NotificationService) -> None:
    customer_id = uuid4()
    await told(service, customer_id, inspection())
    await move(service, nine(date(2026, 4, 20)) - timedelta(seconds=1))
    assert await decided(service, customer_id) == []
    await move(service, nine(date(2026, 4, 20)))
    await move(service, nine(date(2026, 5, 13)))
    await move(service, nine(date(2026, 6, 30)))
    assert await decided(service, customer_id) == [("30", "planned", None), ("7", "planned", None)]
    assert await service.scalar("SELECT obstacle FROM occasions WHERE kind = 'inspection'") == "over"
    facts = await service.rows("SELECT facts, purpose FROM decisions WHERE rule = 'inspection' ORDER BY decided_at")
    assert facts[1] == {
        "facts": {"lead_days": "7", "on": "2026-05-20", "days": "7", "label": "the blue van"},
        "purpose": "service",
    }


async def test_words_of_a_reminder_tell_the_day_and_how_long_it_is(service: NotificationService) -> None:
    customer_id = uuid4()
    await told(service, customer_id, inspection())
    await move(service, nine(date(2026, 5, 13)))
    channel = ScriptedChannel()
    await service.deliver(channel)
    (mail,) = channel.emails
    assert "the blue van is due on 20 May 2026, in 7 days" in mail.text


async def test_who_joins_late_gets_the_nearest_reminder_alone(service: NotificationService) -> None:
    customer_id = uuid4()
    service.clock.move_to(nine(date(2026, 5, 16)) + timedelta(hours=3))
    await told(service, customer_id, inspection())
    assert await decided(service, customer_id) == [("7", "planned", None)]
    (row,) = await service.decisions(customer_id)
    assert row["facts"]["days"] == "4"
    await move(service, nine(date(2026, 7, 1)))
    assert len(await decided(service, customer_id)) == 1


async def test_after_downtime_only_the_nearest_is_made_up_for_and_none_after_the_day(
    service: NotificationService,
) -> None:
    late, too_late, over = uuid4(), uuid4(), uuid4()
    await told(service, late, inspection())
    await told(service, too_late, inspection(INSPECTION + timedelta(days=4), lead_days=(11, 3)))
    await told(service, over, inspection(date(2026, 5, 14), lead_days=(2, 0)))
    await move(service, nine(date(2026, 5, 15)) + timedelta(hours=1))
    assert await decided(service, late) == [("30", "suppressed", "too_late"), ("7", "planned", None)]
    assert await decided(service, too_late) == [("11", "planned", None)]
    assert await decided(service, over) == [("2", "suppressed", "too_late"), ("0", "suppressed", "too_late")]
    made_up = [row for row in await service.decisions(late) if row["outcome"] == "planned"]
    assert made_up[0]["facts"]["days"] == "5"
    await move(service, nine(date(2026, 5, 25)))
    assert await decided(service, too_late) == [("11", "planned", None), ("3", "suppressed", "too_late")]


async def test_a_date_put_off_is_reminded_of_anew_and_one_removed_no_more(service: NotificationService) -> None:
    customer_id = uuid4()
    await told(service, customer_id, inspection())
    await move(service, nine(date(2026, 5, 13)))
    await told(service, customer_id, inspection(date(2026, 6, 20)), version=2)
    await told(service, customer_id, inspection(date(2026, 6, 20), label="the red van"), version=3)
    await move(service, nine(date(2026, 5, 21)))
    assert [lead for lead, outcome, _ in await decided(service, customer_id) if outcome == "planned"] == ["7", "30"]
    await told(service, customer_id, version=4)
    assert await service.scalar("SELECT count(*) FROM occasions WHERE kind = 'inspection'") == 0


async def test_anniversaries_follow_the_first_purchase_however_it_arrives(service: NotificationService) -> None:
    for kind in ("customer_since", "purchase_anniversary"):
        await celebrate(service, kind)
    customer_id = uuid4()
    await service.handle(purchase(customer_id, occurred_at=datetime(2025, 6, 1, 20, tzinfo=UTC)))
    await told(service, customer_id, registered_at=datetime(2024, 3, 31, 18, tzinfo=UTC))
    await service.handle(purchase(customer_id, occurred_at=datetime(2025, 5, 1, 20, tzinfo=UTC)))
    await service.handle(purchase(customer_id, occurred_at=datetime(2025, 8, 1, 20, tzinfo=UTC)))
    found = await service.rows("SELECT kind, next_day FROM occasions ORDER BY kind")
    assert [(row["kind"], row["next_day"]) for row in found] == [
        ("customer_since", date(2026, 4, 1)),
        ("purchase_anniversary", date(2026, 5, 2)),
    ]
    await move(service, nine(date(2026, 4, 1)))
    await move(service, nine(date(2026, 5, 2)))
    assert await decided(service, customer_id, "customer_since") == [("2026", "planned", None)]
    assert await decided(service, customer_id, "purchase_anniversary") == [("2026", "planned", None)]
    await service.handle(profile_erased(customer_id))
    for table in ("occasions", "first_purchases"):
        assert await service.scalar(f"SELECT count(*) FROM {table}") == 0


async def test_an_anniversary_that_is_not_celebrated_leaves_no_record(service: NotificationService) -> None:
    customer_id = uuid4()
    await told(service, customer_id, registered_at=datetime(2024, 3, 31, tzinfo=UTC))
    await move(service, nine(date(2026, 3, 31)))
    assert await service.decisions(customer_id) == []
    assert await service.scalar("SELECT next_day FROM occasions") == date(2027, 3, 31)


async def test_calendar_tells_all_kinds_by_customer_and_kind(service: NotificationService) -> None:
    customer_id, other_id = uuid4(), uuid4()
    await told(service, customer_id, inspection(), birthday=solar_birthday(4, 20), registered_at=NOON)
    await told(service, other_id, inspection())
    span = {"from": "2026-04-01T00:00:00Z", "to": "2026-05-01T00:00:00Z"}
    items = (await service.get("/v1/occasions", **span, customer_id=str(customer_id)))["items"]
    assert [(item["kind"], item["next_lead"], item["label"]) for item in items] == [
        ("birthday", 0, None),
        ("inspection", 30, "the blue van"),
    ]
    assert items[1]["later_due_at"] == ["2026-05-13T01:00:00Z"]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await service.get("/v1/occasions", **span, kind="inspection", limit=1, **cursor)
        seen += [item["customer_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert sorted(seen) == sorted(map(str, (customer_id, other_id)))
