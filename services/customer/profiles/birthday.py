"""Whether a birthday exists: in the solar calendar or the Chinese lunar one, with its year or without."""

from calendar import monthrange
from datetime import date

from borax.calendars.lunardate import LCalendars, LunarDate

from shared.contracts.customer import Birthday
from shared.errors import InvalidInput

_A_LEAP_YEAR = 2000
_LONGEST_LUNAR_MONTH = 30


def check_birthday(birthday: Birthday, today: date) -> None:
    """Raises InvalidInput when there is no such day, or it still lies ahead of `today`.

    Without a year every day is right that exists in some year: 29 February, or the 30th of a lunar month that has only
    29 days in most years. With a year the day must exist in that very year.
    """
    if birthday.calendar == "lunar":
        _check_lunar(birthday)
    else:
        _check_solar(birthday)
    if birthday.year is not None and _solar_date(birthday) > today:
        raise InvalidInput(
            f"this birthday lies after {today.isoformat()}; leave the year out if it is not known",
            code="birthday_in_future",
            field="birthday.year",
        )


def _check_solar(birthday: Birthday) -> None:
    if birthday.leap_month:
        raise InvalidInput(
            "only a lunar birthday can lie in a leap month; set `calendar` to `lunar` or leave `leap_month` out",
            code="birthday_leap_month",
            field="birthday.leap_month",
        )
    days = monthrange(birthday.year or _A_LEAP_YEAR, birthday.month)[1]
    if birthday.day > days:
        when = f"month {birthday.month}" + (f" of {birthday.year}" if birthday.year else "")
        raise _no_such_day(f"{when} has {days} days")


def _check_lunar(birthday: Birthday) -> None:
    if birthday.leap_month:
        _check_leap_month(birthday)
    name = f"{'leap ' if birthday.leap_month else ''}lunar month {birthday.month}"
    if birthday.year is None:
        if birthday.day > _LONGEST_LUNAR_MONTH:
            raise _no_such_day(f"a lunar month has at most {_LONGEST_LUNAR_MONTH} days")
        return
    days = LCalendars.ndays(birthday.year, birthday.month, birthday.leap_month)
    if birthday.day > days:
        raise _no_such_day(
            f"{name} of {birthday.year} has {days} days; check whether the date is solar, or leave the year out"
        )


def _check_leap_month(birthday: Birthday) -> None:
    if birthday.year is None:
        if not LCalendars.get_leap_years(birthday.month):
            raise InvalidInput(
                f"no year between 1900 and 2100 has a leap lunar month {birthday.month}",
                code="birthday_leap_month",
                field="birthday.leap_month",
            )
        return
    leap = LCalendars.leap_month(birthday.year)
    if leap != birthday.month:
        has = f"its leap month is {leap}" if leap else "it has none"
        raise InvalidInput(
            f"lunar year {birthday.year} has no leap month {birthday.month}: {has}",
            code="birthday_leap_month",
            field="birthday.leap_month",
        )


def _solar_date(birthday: Birthday) -> date:
    if birthday.calendar == "solar":
        return date(birthday.year or _A_LEAP_YEAR, birthday.month, birthday.day)
    lunar = LunarDate(birthday.year, birthday.month, birthday.day, birthday.leap_month)
    solar: date = lunar.to_solar_date()
    return solar


def _no_such_day(reason: str) -> InvalidInput:
    return InvalidInput(f"there is no such day: {reason}", code="birthday_invalid", field="birthday.day")
