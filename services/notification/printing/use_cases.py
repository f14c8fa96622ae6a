"""Print runs: what waits to be printed is handed over in one transaction, exactly once."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.desk import Desk
from services.notification.local_days import local_date, zone_of
from services.notification.messages.use_cases.handing_over import hand_over
from services.notification.printing.models import PrintRun
from shared.errors import Conflict
from shared.ids import uuid7


async def make_run(
    session: AsyncSession, *, limit: int, by: str, note: str | None, wall: datetime, desk: Desk
) -> PrintRun:
    """Hands over up to `limit` letters; the urgent ones first, then who has waited longest.

    The letters count as sent with this transaction, and only then is there a file: so a run that fails has handed
    nothing over, and of two at once each letter is in one. Raises Conflict: `print_off` where no print house is
    configured, `nothing_to_print` where no letter waits.
    """
    house = desk.print_house
    if house is None:
        raise Conflict(
            "no provider of the kind print_file serves direct_mail; name one in the providers document",
            code="print_off",
        )
    now, run_id = desk.clock.now(), uuid7()
    done = await hand_over(session, house, reference=str(run_id), limit=limit, wall=wall, desk=desk)
    if not done.looked_at:
        raise Conflict("no letter waits to be printed", code="nothing_to_print")
    default = desk.policy.default_time_zone
    run = PrintRun(
        run_id=run_id,
        created_at=now,
        created_by=by,
        note=note,
        provider=house.name,
        sender=list(house.sender),
        country=house.country,
        day=local_date(now, zone_of(default, default=default)),
        letters=done.handed_over,
        cancelled=done.cancelled,
        failed=done.failed,
    )
    session.add(run)
    return run
