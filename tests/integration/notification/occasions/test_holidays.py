"""Holidays: what a rule says on them, in the morning of each customer's own day, once, and not after it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notification.occasions.use_cases.holidays import forget_rounds, plan_holidays
from tests.support.factories.notification import profile_updated, solar_birthday
from tests.support.notification_service import NotificationService
from tests.support.rules import activate_rule, rule_on_holidays
from tests.support.smtp import ScriptedChannel

SHANGHAI: dict[str, Any] = {"time_zone": "Asia/Shanghai", "region": "CN-SH", "language": "zh-CN"}
NEW_YORK: dict[str, Any] = {"time_zone": "America/New_York", "region": "US"}
MID_AUTUMN = datetime(2026, 9, 25, 1, tzinfo=UTC)
"""09:00 in Shanghai; in New York it is twelve hours later."""
CHRISTMAS = datetime(2026, 12, 25, 14, tzinfo=UTC)
"""09:00 in New York."""
PLANNED = ("mid_autumn:2026", "planned", None)


async def joined(service: NotificationService, customer_id: UUID | None = None, **profile: Any) -> UUID:
    customer_id = customer_id or uuid4()
    await service.handle(profile_updated(customer_id, at=service.clock.now(), **profile))
    return customer_id


async def greetings(service: NotificationService, customer_id: UUID) -> list[tuple[str, str, str | None]]:
    rows = [row for row in await service.decisions(customer_id) if row["rule"] == "wishes"]
    return [(row["occasion"], row["outcome"], row["reason"]) for row in rows]


async def move(service: NotificationService, instant: datetime) -> None:
    service.clock.move_to(instant)
    await service.plan_holidays()


async def test_a_festival_is_greeted_in_the_morning_wherever_one_lives(service: NotificationService) -> None:
    await activate_rule(service, "wishes", rule_on_holidays("mid_autumn", "qixi"))
    chinese, american = await joined(service, **SHANGHAI), await joined(service, **NEW_YORK)
    await move(service, MID_AUTUMN - timedelta(microseconds=1))
    assert await greetings(service, chinese) == []
    await move(service, MID_AUTUMN)
    assert [await greetings(service, one) for one in (chinese, american)] == [[PLANNED], []]
    await move(service, MID_AUTUMN + timedelta(hours=12))
    assert [await greetings(service, one) for one in (chinese, american)] == [[PLANNED], [PLANNED]]
    channel = ScriptedChannel()
    await service.deliver(channel)
    texts = sorted(mail.text for mail in channel.emails)
    assert "today is Mid-Autumn Festival" in texts[0]
    assert "今天是中秋节" in texts[1]
    assert {row["lane"] for row in await service.messages(chinese)} == {"bulk"}
    assert await service.plan_holidays() == 0


async def test_public_holidays_are_those_of_the_customers_region(service: NotificationService) -> None:
    await activate_rule(service, "wishes", rule_on_holidays("christmas_day"))
    keeping = await joined(service, **NEW_YORK)
    others = [await joined(service, **(NEW_YORK | {"region": region})) for region in ("CN", None, "ZZ")]
    await move(service, CHRISTMAS)
    assert await greetings(service, keeping) == [("christmas_day:2026", "planned", None)]
    assert [await service.decisions(one) for one in others] == [[], [], []]


async def test_a_rule_may_name_the_region_whose_holidays_count(service: NotificationService) -> None:
    await activate_rule(service, "wishes", rule_on_holidays("thanksgiving", region="US", lead_days=2))
    customer_id = await joined(service, time_zone="Asia/Shanghai", region=None)
    await move(service, datetime(2026, 11, 24, 0, 59, tzinfo=UTC))
    assert await greetings(service, customer_id) == []
    await move(service, datetime(2026, 11, 24, 1, tzinfo=UTC))
    assert await greetings(service, customer_id) == [("thanksgiving:2026", "planned", None)]
    channel = ScriptedChannel()
    await service.deliver(channel)
    assert "Thanksgiving is coming, on 26 November 2026" in channel.emails[0].text


async def test_after_downtime_it_is_made_up_for_on_the_day_and_not_after_it(service: NotificationService) -> None:
    await activate_rule(service, "wishes", rule_on_holidays("mid_autumn"))
    absent = await joined(service, time_zone="Pacific/Honolulu", region="US")
    late, later = [await joined(service, **(SHANGHAI | {"region": region})) for region in ("CN-BJ", "CN-SH")]
    service.clock.move_to(MID_AUTUMN + timedelta(hours=14, minutes=59))
    async with service.database.transaction() as session:
        assert await plan_holidays(session, limit=10, desk=service.desk) == 1
    await move(service, MID_AUTUMN + timedelta(hours=15))
    assert sorted(await greetings(service, late) + await greetings(service, later), key=str) == [
        PLANNED,
        ("mid_autumn:2026", "suppressed", "too_late"),
    ]
    await move(service, MID_AUTUMN + timedelta(days=2))
    assert await greetings(service, absent) == []


async def test_who_joins_or_moves_on_the_day_is_greeted_once(service: NotificationService) -> None:
    await activate_rule(service, "wishes", rule_on_holidays("mid_autumn", "labour_day"))
    customer_id = await joined(service, **SHANGHAI)
    await move(service, MID_AUTUMN)
    newcomer = await joined(service, **SHANGHAI)
    assert await greetings(service, newcomer) == [PLANNED]
    await joined(service, customer_id, version=2, **NEW_YORK)
    await move(service, MID_AUTUMN + timedelta(hours=13))
    assert await greetings(service, customer_id) == [PLANNED]
    eastward = await joined(service, **(NEW_YORK | {"time_zone": "America/Los_Angeles"}))
    assert await greetings(service, eastward) == []
    await joined(service, eastward, version=2, **NEW_YORK)
    assert await greetings(service, eastward) == [PLANNED]


async def test_who_does_not_meet_the_condition_leaves_no_record(service: NotificationService) -> None:
    wanted = {
        "all": [
            {"field": "customer.language", "starts_with": "zh"},
            {"field": "event.holiday", "is": "mid_autumn"},
        ]
    }
    await activate_rule(service, "wishes", rule_on_holidays("mid_autumn", "qixi", when=wanted))
    chinese, english = await joined(service, **SHANGHAI), await joined(service, **(SHANGHAI | {"language": "en"}))
    await move(service, datetime(2026, 8, 19, 2, tzinfo=UTC))
    assert await greetings(service, chinese) == []
    await move(service, MID_AUTUMN)
    assert [await greetings(service, one) for one in (chinese, english)] == [[PLANNED], []]


async def test_everybody_is_asked_in_portions_and_few_need_not_wait_for_many(service: NotificationService) -> None:
    await activate_rule(service, "wishes", rule_on_holidays("mid_autumn"))
    many = [uuid4() for _ in range(45)]
    await service.handle(*(profile_updated(one, **SHANGHAI) for one in many))
    few = await joined(service, **(SHANGHAI | {"region": "CN-BJ"}))
    service.clock.move_to(MID_AUTUMN)
    for _ in range(2):
        async with service.database.transaction() as session:
            await plan_holidays(session, limit=10, desk=service.desk)
    assert await greetings(service, few) == [PLANNED]
    assert await service.scalar("SELECT count(*) FROM decisions") == 11

    async def work() -> None:
        await service.plan_holidays(limit=10)

    await asyncio.gather(work(), work(), work())
    await service.plan_holidays(limit=10)
    assert await service.scalar("SELECT count(*) FROM messages WHERE rule = 'wishes' AND state = 'planned'") == 46


async def test_a_rule_put_in_force_on_the_day_speaks_at_once_and_a_retired_one_stops(
    service: NotificationService,
) -> None:
    customers = [await joined(service, **SHANGHAI) for _ in range(3)]
    service.clock.move_to(MID_AUTUMN + timedelta(hours=3))
    await activate_rule(service, "wishes", rule_on_holidays("qixi"))
    assert await service.plan_holidays() == 0
    await activate_rule(service, "wishes", rule_on_holidays("qixi", "mid_autumn"))
    async with service.database.transaction() as session:
        await plan_holidays(session, limit=2, desk=service.desk)
    assert await service.scalar("SELECT count(*) FROM decisions") == 2
    retired = await service.client.post("/v1/rules/wishes/retire", json={"reason": "a test"})
    assert retired.status_code == 200
    await service.plan_holidays()
    assert await service.scalar("SELECT count(*) FROM decisions") == 2
    await activate_rule(service, "wishes", rule_on_holidays("mid_autumn"))
    await service.plan_holidays()
    assert [await greetings(service, one) for one in customers] == [[PLANNED]] * 3


async def test_another_version_asks_those_whom_the_last_one_did_not_mean(service: NotificationService) -> None:
    chinese, english = await joined(service, **SHANGHAI), await joined(service, **(SHANGHAI | {"language": "en"}))
    of_chinese = {"field": "customer.language", "starts_with": "zh"}
    await activate_rule(service, "wishes", rule_on_holidays("mid_autumn", when=of_chinese))
    await move(service, MID_AUTUMN)
    assert [await greetings(service, one) for one in (chinese, english)] == [[PLANNED], []]
    await activate_rule(service, "wishes", rule_on_holidays("mid_autumn"))
    await service.plan_holidays()
    assert [await greetings(service, one) for one in (chinese, english)] == [[PLANNED], [PLANNED]]


async def test_who_is_told_of_just_before_waits_for_the_hour(service: NotificationService) -> None:
    """The round may pass before what tells of them is committed."""
    await activate_rule(service, "wishes", rule_on_holidays("mid_autumn"))
    service.clock.move_to(MID_AUTUMN - timedelta(minutes=5))
    customer_id = await joined(service, **SHANGHAI)
    assert await greetings(service, customer_id) == [("mid_autumn:2026", "waiting", None)]
    await move(service, MID_AUTUMN)
    await service.plan_waiting()
    assert await greetings(service, customer_id) == [PLANNED]


async def test_progress_is_that_of_the_oldest_round_left(service: NotificationService) -> None:
    """Chinese New Year's Eve was not done when the morning after came."""
    eve = datetime(2027, 2, 5, 1, tzinfo=UTC)
    await activate_rule(service, "wishes", rule_on_holidays("chinese_new_year_eve", "chinese_new_year"))
    for _ in range(3):
        await joined(service, **SHANGHAI)
    service.clock.move_to(eve)
    async with service.database.transaction() as session:
        await plan_holidays(session, limit=1, desk=service.desk)
    service.clock.move_to(eve + timedelta(hours=14, minutes=59))
    progress = await service.get("/v1/occasions/progress")
    assert (progress["backlog"], progress["planned_until"]) == (2, "2027-02-05T00:59:59.999999Z")
    service.clock.move_to(eve + timedelta(days=1))
    progress = await service.get("/v1/occasions/progress")
    assert (progress["backlog"], progress["planned_until"]) == (2 + 3, "2027-02-05T00:59:59.999999Z")


async def test_a_birthday_and_a_holiday_share_one_message(service: NotificationService) -> None:
    await activate_rule(service, "wishes", rule_on_holidays("mid_autumn", priority=1))
    customer_id = await joined(service, birthday=solar_birthday(9, 25), **SHANGHAI)
    await move(service, MID_AUTUMN)
    await service.plan()
    assert await greetings(service, customer_id) == [("mid_autumn:2026", "suppressed", "merged")]
    states = {row["rule"]: row["state"] for row in await service.messages(customer_id)}
    assert states == {"wishes": "cancelled", "birthday": "planned"}


async def test_calendar_tells_holidays_among_the_other_occasions(service: NotificationService) -> None:
    await activate_rule(service, "wishes", rule_on_holidays("mid_autumn", "christmas_day"))
    await activate_rule(service, "offers", rule_on_holidays("mid_autumn", lead_days=3))
    chinese = await joined(service, birthday=solar_birthday(9, 24), **SHANGHAI)
    american = await joined(service, **NEW_YORK)
    span = {"from": "2026-09-01T00:00:00Z", "to": "2026-12-31T00:00:00Z"}
    whole = (await service.get("/v1/occasions", **span))["items"]
    assert [(one["next_due_at"][:13], one["kind"], one["subject"], one["customer_id"]) for one in whole] == [
        ("2026-09-22T01", "holiday", "mid_autumn", str(chinese)),
        ("2026-09-22T13", "holiday", "mid_autumn", str(american)),
        ("2026-09-24T01", "birthday", "", str(chinese)),
        ("2026-09-25T01", "holiday", "mid_autumn", str(chinese)),
        ("2026-09-25T13", "holiday", "mid_autumn", str(american)),
        ("2026-12-25T14", "holiday", "christmas_day", str(american)),
    ]
    assert (whole[0]["next_day"], whole[0]["next_lead"]) == ("2026-09-25", 3)
    assert whole[0]["names"] == {"en": "Mid-Autumn Festival", "zh-CN": "中秋节"}
    pages: list[Any] = []
    cursor: dict[str, str] = {}
    while len(pages) < 10:
        page = await service.get("/v1/occasions", **span, **cursor, limit=1)
        pages += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert pages == whole
    own = await service.get("/v1/occasions", **span, kind="holiday", customer_id=str(american))
    assert own["items"] == [one for one in whole if one["customer_id"] == str(american)]


async def test_progress_counts_who_is_still_to_be_asked(service: NotificationService) -> None:
    await activate_rule(service, "wishes", rule_on_holidays("mid_autumn"))
    for _ in range(3):
        await joined(service, **SHANGHAI)
    ahead = await service.get("/v1/occasions/progress")
    assert (datetime.fromisoformat(ahead["next_due_at"]), ahead["backlog"]) == (MID_AUTUMN, 0)
    service.clock.move_to(MID_AUTUMN)
    due = await service.get("/v1/occasions/progress")
    assert (due["backlog"], datetime.fromisoformat(due["planned_until"]) < MID_AUTUMN) == (3, True)
    async with service.database.transaction() as session:
        await plan_holidays(session, limit=2, desk=service.desk)
    assert (await service.get("/v1/occasions/progress"))["backlog"] == 1
    await service.plan_holidays()
    done = await service.get("/v1/occasions/progress")
    assert (done["backlog"], datetime.fromisoformat(done["planned_until"])) == (0, MID_AUTUMN)
    assert datetime.fromisoformat(done["next_due_at"]) == datetime(2027, 9, 15, 1, tzinfo=UTC)


async def test_rounds_are_forgotten_after_their_time(service: NotificationService) -> None:
    await activate_rule(service, "wishes", rule_on_holidays("mid_autumn"))
    await joined(service, **SHANGHAI)
    await move(service, MID_AUTUMN)
    for days, left in ((0, 1), (1, 0)):
        async with service.database.transaction() as session:
            await forget_rounds(session, before=MID_AUTUMN + timedelta(days=days))
        assert await service.scalar("SELECT count(*) FROM holiday_rounds") == left


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (rule_on_holidays("christmas_day", region="ZZ"), "region_unknown"),
        ({**rule_on_holidays("qixi"), "on": {"occasion": "birthday"}}, "template_unsuitable"),
        (rule_on_holidays("christmas"), "validation_failed"),
    ],
)
async def test_what_could_never_be_said_is_refused(
    service: NotificationService, document: dict[str, Any], code: str
) -> None:
    answer = await service.client.put("/v1/rules/wishes/draft", json={"document": document, "reason": "a test"})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_schema_tells_the_codes_and_their_names(service: NotificationService) -> None:
    holidays = {one["code"]: one for one in (await service.get("/v1/rules/schema"))["holidays"]}
    assert holidays["qingming"] == {
        "code": "qingming",
        "names": {"en": "Qingming Festival", "zh-CN": "清明节"},
        "festival": True,
    }
    assert not holidays["christmas_day"]["festival"]
