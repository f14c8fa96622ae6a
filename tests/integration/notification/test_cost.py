"""What recurs every second costs by what is due, however much was ever sent or will ever be celebrated."""

from datetime import UTC, datetime
from uuid import uuid4

from services.notification.messages.use_cases import settling
from tests.support.factories.notification import profile_updated, purchase, solar_birthday, visit
from tests.support.notification_service import RULES, NotificationService
from tests.support.rules import activate_rule, rule_on_holidays

CUSTOMERS = 2000
TABLES = ("messages", "decisions", "occasions", "attempts")


async def rows_read_by_scans(service: NotificationService) -> dict[str, int]:
    async with service.database.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
    rows = await service.rows("SELECT relname, seq_tup_read FROM pg_stat_user_tables")
    return {row["relname"]: row["seq_tup_read"] for row in rows if row["relname"] in TABLES}


async def test_idle_work_reads_nothing_that_is_settled_or_far_away(service: NotificationService) -> None:
    customers = [uuid4() for _ in range(CUSTOMERS)]
    await service.handle(*(profile_updated(one, birthday=solar_birthday(9, 1)) for one in customers))
    await service.handle(*map(purchase, customers))
    async with service.database.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("UPDATE messages SET state = 'sent'")
    async with service.database.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("ANALYZE")
    before = await rows_read_by_scans(service)
    for _ in range(10):  # more often than PostgreSQL looks at the parameters before it settles for one plan
        assert await service.plan() == 0
        assert (await service.claim()).moved == 0
        async with service.database.transaction() as session:
            assert not await settling.expire_leases(
                session, limit=10, wall=service.wall(), rules=RULES, desk=service.desk
            )
        await service.get("/v1/occasions/progress")
        assert (await service.get("/v1/status"))["planned"] == 0
        await service.handle(visit(uuid4()))
    assert await rows_read_by_scans(service) == before


async def customers_read(service: NotificationService) -> int:
    await rows_read_by_scans(service)
    read = "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = 'customers'"
    return int(await service.scalar(read))


async def test_a_day_without_a_holiday_asks_nobody(service: NotificationService) -> None:
    zones = ("Asia/Shanghai", "Europe/London")
    await service.handle(
        *(profile_updated(uuid4(), time_zone=zones[each % 2], region="GB") for each in range(CUSTOMERS))
    )
    await activate_rule(service, "wishes", rule_on_holidays("christmas_day", "mid_autumn"))
    async with service.database.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("ANALYZE")
    service.clock.move_to(datetime(2026, 12, 24, 0, tzinfo=UTC))
    before = await customers_read(service)
    for _ in range(5):
        assert await service.plan_holidays() == 0
    assert await customers_read(service) - before < 50
    assert await service.scalar("SELECT count(*) FROM holiday_rounds") == 0
