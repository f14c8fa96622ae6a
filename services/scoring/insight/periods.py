"""Periods of local days, and the one before each: as many months where it is whole months, else as many days."""

from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both days included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def following(self) -> date:
        """The day after it."""
        return self.last + _DAY

    def before(self) -> "Period":
        """The period that ends on the day before this one begins."""
        last = self.first - _DAY
        if self.first.day == 1 and self.following.day == 1:
            return Period(_months_before(self.first, _month(self.following) - _month(self.first)), last)
        return Period(self.first - timedelta(days=self.days), last)


def quarter_before(day: date) -> Period:
    """The last calendar quarter that had ended before this day."""
    following = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return Period(_months_before(following, 3), following - _DAY)


def quarter_of(year: int, quarter: int) -> Period:
    first = date(year, 3 * quarter - 2, 1)
    return Period(first, _months_before(first, -3) - _DAY)


def _month(day: date) -> int:
    return 12 * day.year + day.month - 1


def _months_before(day: date, months: int) -> date:
    year, month = divmod(_month(day) - months, 12)
    return date(year, month + 1, 1)
