"""Customers with a birthday each, made within PostgreSQL: what the service would have written, in minutes."""

import asyncpg

from benchmarks.harness.site import Site

_CUSTOMERS = """
INSERT INTO customers
    (customer_id, state, version, is_person, display_name, language, time_zone, email, granted, changed_at)
SELECT md5(n::text)::uuid, 'known', 1, true, 'Customer ' || n, 'en', 'UTC', n || '@mail.example',
       ARRAY['email:care', 'email:service'], now()
FROM generate_series(1, {customers}) AS n
"""
_OCCASIONS = """
INSERT INTO occasions (customer_id, kind, subject, next_day, next_due_at, year, basis, time_zone)
SELECT md5(n::text)::uuid, 'birthday', '', day, day + time '09:00', extract(year FROM day),
       jsonb_build_object('calendar', 'solar', 'month', extract(month FROM day), 'day', extract(day FROM day),
           'leap_month', false, 'year', null, 'recurring', true, 'lead_days', '[0]'::jsonb, 'label', null),
       'UTC'
FROM generate_series(1, {customers}) AS n, LATERAL (SELECT current_date + 2 + n % 365) AS falls (day)
"""
# Indexes built once and at the end are what makes it minutes; the tables themselves are written as ever.
_KEYS = (
    ("customers", "pk_customers", "customer_id"),
    ("occasions", "pk_occasions", "customer_id, kind, subject"),
)
_DUE_INDEX = """
CREATE INDEX ix_occasions_due ON occasions (next_due_at, customer_id) WHERE next_due_at IS NOT NULL
"""
_FALL_DUE = """
UPDATE occasions SET next_day = current_date, next_due_at = now() - interval '1 second'
WHERE (customer_id, kind, subject) IN (
    SELECT customer_id, kind, subject FROM occasions WHERE next_due_at IS NOT NULL ORDER BY next_due_at LIMIT $1
)
"""


async def fill(site: Site, database: str, customers: int) -> None:
    """Everybody consents to mail; birthdays spread over the year from the day after tomorrow on."""
    connection = await site.postgres.connect(database)
    try:
        await connection.execute("SET maintenance_work_mem = '512MB'")
        await connection.execute("DROP INDEX ix_occasions_due")
        for table, name, _ in _KEYS:
            await connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for statement in (_CUSTOMERS, _OCCASIONS):
            await connection.execute(statement.format(customers=customers))
        for table, name, columns in _KEYS:
            await connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} PRIMARY KEY ({columns})")
        await connection.execute(_DUE_INDEX)
        for table, _, _ in _KEYS:
            await connection.execute(f"VACUUM (ANALYZE) {table}")
    finally:
        await connection.close()


async def let_fall_due(connection: "asyncpg.Connection[asyncpg.Record]", count: int) -> None:
    """The next `count` birthdays become those of today, as if the days up to theirs had passed."""
    await connection.execute(_FALL_DUE, count)
