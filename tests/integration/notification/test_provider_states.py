"""Which providers there are, and whether they work, for operators."""

from sqlalchemy import text

from shared.clock import wall_now
from tests.support.notification_service import NotificationService


async def test_providers_are_shown_with_their_state(service: NotificationService) -> None:
    (well,) = await service.get("/v1/providers")
    assert (well["name"], well["channels"], well["state"], well["problem"]) == ("smtp", ["email"], "working", None)
    for until, state in (("interval '1 hour'", "open"), ("interval '-1 hour'", "failing")):
        async with service.database.transaction() as session:
            await session.execute(text("DELETE FROM provider_states"))
            await session.execute(
                text(
                    "INSERT INTO provider_states (provider, failures, openings, open_until, problem, changed_at) "
                    f"VALUES ('smtp', 3, 1, CAST(:now AS timestamptz) + {until}, 'refused', :now)"
                ),
                {"now": wall_now()},
            )
        (down,) = await service.get("/v1/providers")
        assert (down["state"], down["failures"], down["problem"]) == (state, 3, "refused")
