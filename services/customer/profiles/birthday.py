"""Whether a birthday can be right."""

from datetime import date

from services.customer.profiles.calendar_day import NoSuchDay, check_day, solar_date
from shared.contracts.customer import Birthday
from shared.errors import InvalidInput


def check_birthday(birthday: Birthday, today: date) -> None:
    """Raises InvalidInput when there is no such day, or it still lies ahead of `today`."""
    try:
        check_day(birthday)
    except NoSuchDay as error:
        if error.part == "leap_month":
            raise InvalidInput(str(error), code="birthday_leap_month", field="birthday.leap_month") from None
        raise InvalidInput(f"there is no such day: {error}", code="birthday_invalid", field="birthday.day") from None
    if birthday.year is not None and solar_date(birthday) > today:
        raise InvalidInput(
            f"this birthday lies after {today.isoformat()}; leave the year out if it is not known",
            code="birthday_in_future",
            field="birthday.year",
        )
