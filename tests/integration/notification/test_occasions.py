"""Birthdays: on the day, in the customer's morning, once a year, whatever stops, moves or comes late."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notification.occasions.use_cases.planning import plan_due
from services.notification.planner import Planner
from shared.contracts.common import CustomerKind
from shared.contracts.customer import Birthday
from shared.contracts.interaction import Severity
from tests.support.eventually import eventually
from tests.support.factories.notification import (
    NOON,
    complaint,
    profile_updated,
    purchase,
    resolution,
    solar_birthday,
)
from tests.support.notification_service import NotificationService
from tests.support.smtp import ScriptedChannel

SHANGHAI: dict[str, Any] = {"time_zone": "Asia/Shanghai"}
MORNING = datetime(2026, 3, 10, 1, tzinfo=UTC)
"""09:00 of 10 March in Shanghai."""


async def born(
    service: NotificationService, month: int, day: int, *, customer_id: UUID | None = None, **profile: Any
) -> UUID:
    customer_id = customer_id or uuid4()
    values: dict[str, Any] = {"at": service.clock.now(), "birthday": solar_birthday(month, day)} | SHANGHAI | profile
    await service.handle(profile_updated(customer_id, **values))
    return customer_id


async def greetings(service: NotificationService, customer_id: UUID) -> list[tuple[str, str, str | None]]:
    rows = [row for row in await service.decisions(customer_id) if row["rule"] == "birthday"]
    return [(row["occasion"], row["outcome"], row["reason"]) for row in rows]


async def next_due(service: NotificationService, customer_id: UUID) -> datetime | None:
    due: datetime | None = await service.scalar(
        "SELECT next_due_at FROM occasions WHERE kind = 'birthday' AND customer_id = :id", id=customer_id
    )
    return due


async def move_and_plan(service: NotificationService, instant: datetime) -> int:
    service.clock.move_to(instant)
    return await service.plan()


async def test_greeting_is_planned_at_nine_local_time_and_not_before(service: NotificationService) -> None:
    customer_id = await born(service, 3, 10)
    assert await move_and_plan(service, MORNING - timedelta(microseconds=1)) == 0
    assert await move_and_plan(service, MORNING) == 1
    assert await greetings(service, customer_id) == [("2026", "planned", None)]
    assert await next_due(service, customer_id) == datetime(2027, 3, 10, 1, tzinfo=UTC)
    assert await service.plan() == 0


async def test_lunar_birthday_follows_its_own_calendar(service: NotificationService) -> None:
    mid_autumn = Birthday(calendar="lunar", month=8, day=15)
    customer_id = await born(service, 1, 1, birthday=mid_autumn)
    due = []
    for _ in range(3):
        instant = await next_due(service, customer_id)
        assert instant is not None
        due.append(instant.date())
        await move_and_plan(service, instant)
    assert due == [date(2026, 9, 25), date(2027, 9, 15), date(2028, 10, 3)]
    assert [year for year, _, _ in await greetings(service, customer_id)] == ["2026", "2027", "2028"]


async def test_birthday_that_no_year_has_is_kept_without_a_date(service: NotificationService) -> None:
    customer_id = await born(service, 4, 31)
    assert await next_due(service, customer_id) is None
    assert await service.scalar("SELECT obstacle FROM occasions WHERE kind = 'birthday'") == "impossible_date"


async def test_missed_morning_is_made_up_for_while_it_is_still_the_day(service: NotificationService) -> None:
    customer_id = await born(service, 3, 10)
    last_moment = datetime(2026, 3, 10, 15, 59, 59, tzinfo=UTC)
    await move_and_plan(service, last_moment)
    assert await greetings(service, customer_id) == [("2026", "planned", None)]


async def test_when_the_day_is_over_it_is_too_late(service: NotificationService) -> None:
    customer_id = await born(service, 3, 10)
    await move_and_plan(service, datetime(2026, 3, 10, 16, tzinfo=UTC))
    assert await greetings(service, customer_id) == [("2026", "suppressed", "too_late")]
    assert await service.messages(customer_id) == []


async def test_after_years_of_downtime_every_year_is_accounted_for(service: NotificationService) -> None:
    customer_id = await born(service, 3, 10)
    await move_and_plan(service, datetime(2028, 3, 10, 2, tzinfo=UTC))
    assert await greetings(service, customer_id) == [
        ("2026", "suppressed", "too_late"),
        ("2027", "suppressed", "too_late"),
        ("2028", "planned", None),
    ]


async def test_late_joiner_gets_nothing_for_a_day_already_past(service: NotificationService) -> None:
    customer_id = await born(service, 3, 1)
    assert await service.plan() == 0
    assert await greetings(service, customer_id) == []
    assert await next_due(service, customer_id) == datetime(2027, 3, 1, 1, tzinfo=UTC)


async def test_whoever_joins_on_the_day_itself_is_greeted_at_once(service: NotificationService) -> None:
    customer_id = await born(service, 3, 2)
    assert await greetings(service, customer_id) == [("2026", "planned", None)]


async def test_profile_read_long_after_it_was_told_is_judged_by_its_own_instant(service: NotificationService) -> None:
    told_at = service.clock.now()
    service.clock.move_to(MORNING + timedelta(days=3))
    customer_id = await born(service, 3, 10, at=told_at)
    assert await greetings(service, customer_id) == [("2026", "suppressed", "too_late")]


async def test_other_changes_of_the_profile_do_not_pass_over_a_greeting_still_due(service: NotificationService) -> None:
    customer_id = await born(service, 3, 10)
    service.clock.move_to(MORNING + timedelta(hours=2))
    await born(service, 3, 10, customer_id=customer_id, version=2, display_name="Test Customer 2")
    await service.plan()
    assert await greetings(service, customer_id) == [("2026", "planned", None)]


async def test_changed_birthday_brings_no_second_greeting_in_the_year(service: NotificationService) -> None:
    customer_id = await born(service, 3, 10)
    await move_and_plan(service, MORNING)
    await born(service, 5, 1, customer_id=customer_id, version=2)
    assert await next_due(service, customer_id) == datetime(2027, 5, 1, 1, tzinfo=UTC)
    await born(service, 5, 2, customer_id=customer_id, version=3, birthday=Birthday(calendar="lunar", month=8, day=15))
    assert await next_due(service, customer_id) == datetime(2027, 9, 15, 1, tzinfo=UTC)
    await born(service, 1, 1, customer_id=customer_id, version=4, birthday=None)
    assert await next_due(service, customer_id) is None
    await born(service, 6, 1, customer_id=customer_id, version=5)
    assert await next_due(service, customer_id) == datetime(2027, 6, 1, 1, tzinfo=UTC)
    assert await greetings(service, customer_id) == [("2026", "planned", None)]


async def test_changed_zone_moves_the_morning_but_brings_no_second_greeting(service: NotificationService) -> None:
    customer_id = await born(service, 3, 10)
    await born(service, 3, 10, customer_id=customer_id, version=2, time_zone="America/New_York")
    assert await next_due(service, customer_id) == datetime(2026, 3, 10, 13, tzinfo=UTC)
    await move_and_plan(service, datetime(2026, 3, 10, 13, tzinfo=UTC))
    await born(service, 3, 10, customer_id=customer_id, version=3, time_zone="Pacific/Honolulu")
    await move_and_plan(service, datetime(2026, 3, 12, tzinfo=UTC))
    assert await greetings(service, customer_id) == [("2026", "planned", None)]


async def test_no_greeting_amid_an_open_severe_complaint(service: NotificationService) -> None:
    customer_id = await born(service, 3, 10)
    other_id = await born(service, 3, 10)
    for one in (customer_id, other_id):
        await service.handle(complaint(one, severity=Severity.HIGH))
    await service.handle(resolution(other_id, occurred_at=NOON + timedelta(hours=1)))
    await move_and_plan(service, MORNING)
    assert await greetings(service, customer_id) == [("2026", "suppressed", "open_complaint")]
    assert await greetings(service, other_id) == [("2026", "planned", None)]


async def test_organisation_is_not_greeted(service: NotificationService) -> None:
    customer_id = await born(service, 3, 10, kind=CustomerKind.ORGANISATION)
    await move_and_plan(service, MORNING)
    assert await greetings(service, customer_id) == [("2026", "suppressed", "not_a_person")]


async def test_many_due_at_once_are_planned_in_batches_by_several_workers(service: NotificationService) -> None:
    customers = [uuid4() for _ in range(120)]
    profiles = [profile_updated(one, birthday=solar_birthday(3, 10), **SHANGHAI) for one in customers]
    await service.handle(*profiles)
    service.clock.move_to(MORNING)

    async def work() -> None:
        more = 1
        while more:
            async with service.database.transaction() as session:
                more = await plan_due(session, limit=10, desk=service.desk)

    await asyncio.gather(work(), work(), work(), service.handle(*map(purchase, customers)))
    assert await service.scalar("SELECT count(*) FROM decisions WHERE rule = 'birthday' AND outcome = 'planned'") == 120
    assert await service.scalar("SELECT count(*) FROM messages WHERE rule = 'birthday'") == 120


async def test_progress_is_exact_at_the_due_instant(service: NotificationService) -> None:
    await born(service, 3, 10)
    before = await service.get("/v1/occasions/progress")
    assert datetime.fromisoformat(before["next_due_at"]) == MORNING
    assert datetime.fromisoformat(before["planned_until"]) == service.clock.now()
    service.clock.move_to(MORNING)
    due = await service.get("/v1/occasions/progress")
    assert (due["backlog"], datetime.fromisoformat(due["planned_until"]) < MORNING) == (1, True)
    await service.plan()
    done = await service.get("/v1/occasions/progress")
    assert (done["backlog"], datetime.fromisoformat(done["planned_until"])) == (0, MORNING)
    assert datetime.fromisoformat(done["next_due_at"]) == MORNING.replace(year=2027)


async def test_planner_keeps_up_with_a_clock_moved_from_due_instant_to_due_instant(
    service: NotificationService,
) -> None:
    for day in range(5, 25):
        await born(service, 3, day)
    stop = asyncio.Event()
    planner = asyncio.create_task(Planner("occasion-planner", plan_due, service.database, service.desk).run(stop))
    for _ in range(20):
        due = datetime.fromisoformat((await service.get("/v1/occasions/progress"))["next_due_at"])
        service.clock.move_to(due)

        async def planned(instant: datetime = due) -> bool:
            progress = await service.get("/v1/occasions/progress")
            return datetime.fromisoformat(progress["planned_until"]) >= instant

        await eventually(planned)
    stop.set()
    await planner
    assert await service.scalar("SELECT count(*) FROM decisions WHERE outcome = 'planned'") == 20


async def test_calendar_lists_who_is_next_in_pages(service: NotificationService) -> None:
    customers = [await born(service, 3, day) for day in (12, 10, 11)]
    span = {"from": "2026-03-10T00:00:00+00:00", "to": "2026-03-12T00:00:00+00:00"}
    page = await service.get("/v1/occasions", **span, limit=1)
    assert [item["customer_id"] for item in page["items"]] == [str(customers[1])]
    rest = await service.get("/v1/occasions", **span, limit=1, cursor=page["next_cursor"])
    assert [item["customer_id"] for item in rest["items"]] == [str(customers[2])]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("name", ["Mars/Olympus", ""])
async def test_unknown_zone_falls_back_and_stops_nobody(service: NotificationService, name: str) -> None:
    customer_id = await born(service, 3, 10, time_zone=name)
    assert await next_due(service, customer_id) == datetime(2026, 3, 10, 9, tzinfo=UTC)


async def test_greeting_that_could_not_leave_on_its_day_does_not_leave_at_all(service: NotificationService) -> None:
    customer_id = await born(service, 3, 10)
    await move_and_plan(service, MORNING)
    service.clock.move_to(datetime(2026, 3, 10, 16, tzinfo=UTC))
    channel = ScriptedChannel()
    await service.deliver(channel)
    assert channel.emails == []
    assert [(row["state"], row["reason"]) for row in await service.messages(customer_id)] == [("cancelled", "too_late")]
    assert await greetings(service, customer_id) == [("2026", "suppressed", "too_late")]


async def test_greeting_leaves_until_the_last_moment_of_its_day(service: NotificationService) -> None:
    customer_id = await born(service, 3, 10)
    await move_and_plan(service, MORNING)
    service.clock.move_to(datetime(2026, 3, 10, 15, 59, 59, tzinfo=UTC))
    await service.deliver(ScriptedChannel())
    assert [row["state"] for row in await service.messages(customer_id)] == ["sent"]
