"""Transactions as an analyst has them, lines of a text file, become what the models are fitted to."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final, Literal, NamedTuple

from services.scoring.lifetime.splitting import Split
from shared.errors import InvalidInput

Role = Literal["customer", "date", "amount"]

DIGITS: Final = 4
"""Amounts are counted in ten-thousandths, each rounded by itself, so that sums do not depend on the order of lines."""

_LARGEST: Final = Decimal(10) ** 12
_COMMA_FOR_POINT: Final = str.maketrans({",": ".", ".": "?"})
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_USUAL_NAMES: Final[Mapping[Role, tuple[str, ...]]] = {
    "customer": ("customer", "customer_id"),
    "date": ("date", "day"),
    "amount": ("amount", "value"),
}


class Entry(NamedTuple):
    """What one customer bought, or gave back, on one day, in ten-thousandths."""

    day: int
    margin: int


class CustomerLedger(NamedTuple):
    purchase_days: tuple[Entry, ...]
    deductions: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """How the file is written. `separator` None: any whitespace. `columns` by name, or by number from 1 on where there
    is no `header`; a role without one takes a usual name, or the first, second and third column. `date_format` None:
    ISO 8601, of which the date alone counts."""

    separator: str | None = ","
    header: bool = True
    columns: Mapping[Role, str] = field(default_factory=dict)
    date_format: str | None = None
    decimal_mark: str = "."


@dataclass(frozen=True, slots=True)
class Transactions:
    """`purchases` and `returns` are lines; `columns` tells which column was read as what."""

    ledgers: tuple[CustomerLedger, ...]
    purchases: int
    returns: int
    first_day: int
    last_day: int
    columns: Mapping[Role, str]


def read_transactions(lines: Iterable[str], layout: Layout) -> Transactions:
    """Several purchases of one customer on one day are one transaction; an amount below 0 is a return, and takes away
    from what the customer is worth without being a transaction.

    Raises InvalidInput (`transactions_invalid`) naming line and column of the first value that cannot be read.
    """
    rows = _rows(lines, layout)
    names = _header(rows, layout)
    places = _places(names, layout)
    bought: dict[str, dict[int, int]] = {}
    returned: dict[str, dict[int, int]] = {}
    purchases = returns = 0
    for number, cells in rows:
        customer, day, amount = _read(number, cells, places, layout)
        if amount < 0:
            days, returns = returned.setdefault(customer, {}), returns + 1
        else:
            days, purchases = bought.setdefault(customer, {}), purchases + 1
        days[day] = days.get(day, 0) + abs(amount)
    if not bought:
        raise _invalid("holds no purchase: no line with an amount of 0 or more", "amount")
    every_day = [day for days in (*bought.values(), *returned.values()) for day in days]
    return Transactions(
        ledgers=tuple(
            CustomerLedger(_entries(days), _entries(returned.get(customer, {})))
            for customer, days in sorted(bought.items())
        ),
        purchases=purchases,
        returns=returns,
        first_day=min(every_day),
        last_day=max(every_day),
        columns={role: name for role, (name, _) in places.items()},
    )


def make_layout(
    separator: str, columns: Mapping[Role, str | None], *, header: bool, date_format: str | None, decimal_mark: str
) -> Layout:
    """From what was said on a command line. Raises InvalidInput (`option_invalid`)."""
    parted = {"whitespace": None, "tab": "\t"}.get(separator, separator)
    if parted is not None and (len(parted) != 1 or parted in '"\r\n'):
        raise InvalidInput(
            f"--separator takes one character, 'tab' or 'whitespace', not {separator!r}", code="option_invalid"
        )
    if decimal_mark not in (".", ","):
        raise InvalidInput(f"--decimal-mark takes '.' or ',', not {decimal_mark!r}", code="option_invalid")
    if decimal_mark == parted:
        raise InvalidInput("--decimal-mark and --separator must differ", code="option_invalid")
    named = {role: column for role, column in columns.items() if column is not None}
    return Layout(parted, header, named, date_format, decimal_mark)


def choose_split(transactions: Transactions, calibrate_until: str | None, hold_out_until: str | None) -> Split:
    """Days not told are the last one of the file. Raises InvalidInput (`option_invalid`)."""
    end = _option_day("--hold-out-until", hold_out_until, transactions.last_day)
    begin = _option_day("--calibrate-until", calibrate_until, end)
    if not transactions.first_day <= begin <= end:
        raise InvalidInput(
            f"--calibrate-until {to_date(begin)} must not lie before the first transaction, "
            f"{to_date(transactions.first_day)}, nor after --hold-out-until {to_date(end)}",
            code="option_invalid",
        )
    return Split(begin, end)


def _option_day(option: str, told: str | None, default: int) -> int:
    if told is None:
        return default
    try:
        return to_day(date.fromisoformat(told))
    except ValueError as error:
        raise InvalidInput(f"{option} takes a day like 2026-06-30, not {told!r}", code="option_invalid") from error


def to_day(when: date) -> int:
    """Days since 1970-01-01."""
    return when.toordinal() - _EPOCH_ORDINAL


def to_date(day: int) -> date:
    return date.fromordinal(day + _EPOCH_ORDINAL)


def _rows(lines: Iterable[str], layout: Layout) -> Iterator[tuple[int, Sequence[str]]]:
    """(line number, cells), without empty lines."""
    if layout.separator is None:
        split = ((number, line.split()) for number, line in enumerate(lines, start=1))
        yield from ((number, cells) for number, cells in split if cells)
        return
    reader = csv.reader(lines, delimiter=layout.separator)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise _invalid(f"is no table: {error}", None, reader.line_num) from error


def _header(rows: Iterator[tuple[int, Sequence[str]]], layout: Layout) -> Sequence[str] | None:
    if not layout.header:
        return None
    first = next(rows, None)
    if first is None:
        raise _invalid("is empty", None)
    return [name.strip().removeprefix("\ufeff") for name in first[1]]


def _places(names: Sequence[str] | None, layout: Layout) -> dict[Role, tuple[str, int]]:
    """Of each role the column's name (or number) and place."""
    places: dict[Role, tuple[str, int]] = {}
    for usual, role in enumerate(_USUAL_NAMES, start=1):
        wanted = layout.columns.get(role)
        if names is None:
            places[role] = _by_number(role, wanted or str(usual))
        else:
            places[role] = _by_name(role, wanted, names)
    return places


def _by_number(role: Role, wanted: str) -> tuple[str, int]:
    if not wanted.isdecimal() or int(wanted) < 1:
        raise _invalid(f"has no header, so the {role} column is named by its number from 1 on, not {wanted!r}", role)
    return wanted, int(wanted) - 1


def _by_name(role: Role, wanted: str | None, names: Sequence[str]) -> tuple[str, int]:
    accepted = _USUAL_NAMES[role] if wanted is None else (wanted,)
    for name in accepted:
        found = [place for place, known in enumerate(names) if known.casefold() == name.casefold()]
        if len(found) > 1:
            raise _invalid(f"has {len(found)} columns named {name!r}; rename all but one", role)
        if found:
            return names[found[0]], found[0]
    wished, there = " or ".join(map(repr, accepted)), ", ".join(map(repr, names))
    raise _invalid(
        f"has no column {wished}, only {there}; name it by --{role}-column, or say --no-header if line 1 is data",
        role,
    )


def _read(
    number: int, cells: Sequence[str], places: Mapping[Role, tuple[str, int]], layout: Layout
) -> tuple[str, int, int]:
    values: dict[Role, str] = {}
    for role, (name, place) in places.items():
        if place >= len(cells):
            raise _invalid(f"has {len(cells)} columns, and none for {role} (column {name})", role, number)
        values[role] = cells[place].strip()
        if not values[role]:
            raise _invalid(f"has no {role} in column {name}", role, number)
    return (
        values["customer"],
        _read_day(values["date"], places["date"][0], number, layout),
        _read_amount(values["amount"], places["amount"][0], number, layout),
    )


def _read_day(text: str, column: str, number: int, layout: Layout) -> int:
    try:
        if layout.date_format is not None:
            return to_day(datetime.strptime(text, layout.date_format).date())  # noqa: DTZ007 - a day, no instant
        return to_day(datetime.fromisoformat(text).date())
    except ValueError as error:
        asked = f"of the form {layout.date_format}" if layout.date_format else "like 2026-11-25 or 20261125"
        raise _invalid(
            f"has {text!r} in column {column}, which is no date {asked}; --date-format says how dates are written",
            "date",
            number,
        ) from error


def _read_amount(text: str, column: str, number: int, layout: Layout) -> int:
    plain = text if layout.decimal_mark == "." else text.translate(_COMMA_FOR_POINT)
    try:
        amount = Decimal(plain)
    except InvalidOperation as error:
        raise _invalid(
            f"has {text!r} in column {column}, which is no number; --decimal-mark says how decimals are parted",
            "amount",
            number,
        ) from error
    if not amount.is_finite() or abs(amount) > _LARGEST:
        raise _invalid(
            f"has {text!r} in column {column}; an amount is finite, and {_LARGEST:,} at most", "amount", number
        )
    return int((amount * 10**DIGITS).to_integral_value())


def _entries(days: Mapping[int, int]) -> tuple[Entry, ...]:
    return tuple(Entry(day, amount) for day, amount in sorted(days.items()))


def _invalid(message: str, role: Role | None, number: int | None = None) -> InvalidInput:
    place = "the file" if number is None else f"line {number}"
    return InvalidInput(f"{place} {message}", code="transactions_invalid", field=role, line=number)
