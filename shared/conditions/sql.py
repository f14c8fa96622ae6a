"""A condition as a boolean SQL expression: columns come from the caller's own table, values only as parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.conditions.condition import All, AnyOf, Comparison, Condition, Not
from shared.conditions.vocabulary import FieldType, Operator, takes_set

_TYPES: Final[Mapping[FieldType, str]] = {
    FieldType.TEXT: "text",
    FieldType.TEXTS: "text",
    FieldType.NUMBER: "numeric",
    FieldType.BOOLEAN: "boolean",
    FieldType.DAY: "date",
    FieldType.INSTANT: "timestamptz",
}
_SYMBOLS: Final[Mapping[Operator, str]] = {
    Operator.IS: "=",
    Operator.IS_NOT: "<>",
    Operator.ABOVE: ">",
    Operator.AFTER: ">",
    Operator.AT_LEAST: ">=",
    Operator.BELOW: "<",
    Operator.BEFORE: "<",
    Operator.AT_MOST: "<=",
    Operator.IN: "= ANY",
    Operator.NOT_IN: "<> ALL",
    Operator.CONTAINS_ANY: "&&",
    Operator.CONTAINS_ALL: "@>",
}


@dataclass(frozen=True, slots=True)
class Sql:
    """An expression that is never null, and the values of its parameters in the order of their numbers."""

    text: str
    parameters: Sequence[Any]


def to_sql(condition: Condition, columns: Mapping[str, str], at: datetime, *, first_parameter: int = 1) -> Sql:
    """`columns` maps each field to trusted SQL of its type: text, text[], numeric or any integer, boolean, date,
    timestamptz. Parameters are numbered `$n` from `first_parameter`. Raises KeyError for a field without a column.
    """
    writer = _Writer(columns, at, first_parameter)
    return Sql(writer.write(condition), writer.parameters)


class _Writer:
    def __init__(self, columns: Mapping[str, str], at: datetime, first_parameter: int) -> None:
        self._columns = columns
        self._at = at.astimezone(UTC)
        self._next = first_parameter
        self.parameters: list[Any] = []

    def write(self, condition: Condition) -> str:
        match condition:
            case All(parts):
                return self._joined(parts, " AND ") if parts else "true"
            case AnyOf(parts):
                return self._joined(parts, " OR ")
            case Not(part):
                return f"NOT {self.write(part)}"
            case Comparison():
                return self._comparison(condition)

    def _joined(self, parts: Sequence[Condition], word: str) -> str:
        return "(" + word.join(self.write(part) for part in parts) + ")"

    def _comparison(self, comparison: Comparison) -> str:
        column = self._columns[comparison.field.name]
        if comparison.operator is Operator.MISSING:
            return f"({column}) IS {'' if comparison.operand else 'NOT '}NULL"
        return f"coalesce({self._known(comparison, f'({column})')}, false)"

    def _known(self, comparison: Comparison, column: str) -> str:
        operator, operand, kind = comparison.operator, comparison.operand, comparison.field.type
        match operator:
            case Operator.WITHIN_LAST_DAYS:
                now = self._now(kind)
                return f"{column} <= {now} AND {column} {'>' if kind is FieldType.INSTANT else '>='} " + self._ago(
                    operand, kind
                )
            case Operator.OLDER_THAN_DAYS:
                return f"{column} {'<=' if kind is FieldType.INSTANT else '<'} {self._ago(operand, kind)}"
            case Operator.STARTS_WITH:
                return f"starts_with({column}, {self._parameter(operand, 'text')})"
            case Operator.CONTAINS:
                return f"{self._parameter(operand, 'text')} = ANY {column}"
        placed = self._parameter(sorted(operand), f"{_TYPES[kind]}[]") if takes_set(operator) else None
        if placed is None:
            return f"{column} {_SYMBOLS[operator]} {self._parameter(operand, _TYPES[kind])}"
        inside = f"({placed})" if operator in (Operator.IN, Operator.NOT_IN) else placed
        return f"{column} {_SYMBOLS[operator]} {inside}"

    def _now(self, kind: FieldType) -> str:
        return self._ago(0, kind)

    def _ago(self, days: int, kind: FieldType) -> str:
        instant = self._at - timedelta(days=days)
        if kind is FieldType.INSTANT:
            return self._parameter(instant, "timestamptz")
        return self._parameter(instant.date(), "date")

    def _parameter(self, value: Any, kind: str) -> str:
        self.parameters.append(value)
        self._next += 1
        return f"${self._next - 1}::{kind}"
