"""Whether what a customer asked for, to be left in peace, makes sense."""

from datetime import datetime

from shared.contracts.customer import DoNotDisturb
from shared.errors import InvalidInput


def check_do_not_disturb(wish: DoNotDisturb, *, now: datetime) -> None:
    """Raises InvalidInput naming the field that contradicts another, or says nothing."""
    if wish.until is not None and not wish.paused:
        raise InvalidInput(
            "`until` says how long the pause lasts; set `paused` to true, or leave it out",
            code="do_not_disturb_invalid",
            field="do_not_disturb.until",
        )
    if wish.until is not None and wish.until <= now:
        raise InvalidInput(
            f"this pause was over before it began: it is now {now.isoformat(timespec='seconds')}",
            code="do_not_disturb_invalid",
            field="do_not_disturb.until",
        )
    hours = wish.quiet_hours
    if hours is not None and hours.start == hours.end:
        raise InvalidInput(
            "quiet hours that end when they begin would be none or all; use `paused` for always",
            code="do_not_disturb_invalid",
            field="do_not_disturb.quiet_hours.end",
        )
