"""A condition as a tree of values, and whether it holds: two-valued, so that what is unknown simply does not hold.

A comparison with an unknown fact does not hold, and its negation does: `not (region is X)` includes those of no region,
where `region is_not X` does not. SQL made of a condition (see `sql`) says exactly the same.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from shared.conditions.vocabulary import Field, FieldType, Operator, Value, takes_days

Facts = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field held against an operand: a value, a frozenset of values, a number of days, or a boolean (`missing`)."""

    field: Field
    operator: Operator
    operand: Any


@dataclass(frozen=True, slots=True)
class All:
    """Holds when every part does; without parts it always holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


Condition = Comparison | All | AnyOf | Not


def holds(condition: Condition, facts: Facts, at: datetime) -> bool:
    """Whether `condition` holds of `facts` at an instant; ages of days are counted from the UTC day of `at`."""
    match condition:
        case All(parts):
            return all(holds(part, facts, at) for part in parts)
        case AnyOf(parts):
            return any(holds(part, facts, at) for part in parts)
        case Not(part):
            return not holds(part, facts, at)
        case Comparison():
            return _compare(condition, facts.get(condition.field.name), at)


def comparisons_of(condition: Condition) -> Iterator[Comparison]:
    """Every comparison of the tree, in the order it is written in."""
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from comparisons_of(part)
        case Not(part):
            yield from comparisons_of(part)
        case Comparison():
            yield condition


def fields_of(condition: Condition) -> frozenset[str]:
    """Names of the facts that `condition` depends on."""
    return frozenset(one.field.name for one in comparisons_of(condition))


def next_change(condition: Condition, facts: Facts, after: datetime) -> datetime | None:
    """The first instant later than `after` at which time alone may change whether `condition` holds; None: never.

    It is not passed over, yet nothing need have changed by then.
    """
    turning = (instant for one in comparisons_of(condition) for instant in _turns(one, facts.get(one.field.name)))
    return min((instant for instant in turning if instant > after), default=None)


def _compare(comparison: Comparison, value: Value, at: datetime) -> bool:
    operator, operand = comparison.operator, comparison.operand
    if operator is Operator.MISSING:
        return (value is None) is operand
    if value is None:
        return False
    if takes_days(operator):
        is_old = any(at >= instant for instant in _grows_old(comparison, value))
        return is_old if operator is Operator.OLDER_THAN_DAYS else not is_old and at >= _begins(value)
    return _compares(operator, value, operand)


def _compares(operator: Operator, value: Any, operand: Any) -> bool:
    match operator:
        case Operator.IS:
            return bool(value == operand)
        case Operator.IS_NOT:
            return bool(value != operand)
        case Operator.IN:
            return value in operand
        case Operator.NOT_IN:
            return value not in operand
        case Operator.STARTS_WITH:
            return bool(value.startswith(operand))
        case Operator.ABOVE | Operator.AFTER:
            return bool(value > operand)
        case Operator.AT_LEAST:
            return bool(value >= operand)
        case Operator.BELOW | Operator.BEFORE:
            return bool(value < operand)
        case Operator.AT_MOST:
            return bool(value <= operand)
        case Operator.CONTAINS:
            return operand in value
        case Operator.CONTAINS_ANY:
            return not operand.isdisjoint(value)
        case Operator.CONTAINS_ALL:
            return bool(operand <= value)
        case _:
            raise AssertionError(f"{operator} is dealt with before")


def _turns(comparison: Comparison, value: Value) -> Iterator[datetime]:
    if value is not None and takes_days(comparison.operator):
        yield _begins(value)  # until then it lies ahead, and what lies ahead is not within the last days
        yield from _grows_old(comparison, value)


def _grows_old(comparison: Comparison, value: Value) -> Iterator[datetime]:
    """When a fact becomes older than so many days: a day at the UTC midnight that ends the last of them."""
    whole_day = timedelta(days=comparison.field.type is FieldType.DAY)
    with suppress(OverflowError):  # beyond the calendar's end it never does
        yield _begins(value) + timedelta(days=comparison.operand) + whole_day


def _begins(value: Value) -> datetime:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    day = cast(date, value)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
