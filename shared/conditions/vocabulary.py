"""What conditions may speak of: named fields, each with a type, and the comparisons that suit it."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

Value = str | bool | int | float | Decimal | date | datetime | frozenset[str] | None
"""A fact's value; None where nothing is known. Instants carry their zone, texts of a set have no order."""


class FieldType(StrEnum):
    TEXT = "text"
    TEXTS = "texts"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DAY = "day"
    INSTANT = "instant"


class Operator(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    NOT_IN = "not_in"
    STARTS_WITH = "starts_with"
    ABOVE = "above"
    AT_LEAST = "at_least"
    BELOW = "below"
    AT_MOST = "at_most"
    BEFORE = "before"
    AFTER = "after"
    WITHIN_LAST_DAYS = "within_last_days"
    OLDER_THAN_DAYS = "older_than_days"
    CONTAINS = "contains"
    CONTAINS_ANY = "contains_any"
    CONTAINS_ALL = "contains_all"
    MISSING = "missing"


_SETS: Final = frozenset({Operator.IN, Operator.NOT_IN, Operator.CONTAINS_ANY, Operator.CONTAINS_ALL})
_AGES: Final = (Operator.WITHIN_LAST_DAYS, Operator.OLDER_THAN_DAYS)
_ORDER: Final = (Operator.ABOVE, Operator.AT_LEAST, Operator.BELOW, Operator.AT_MOST)
_EQUALITY: Final = (Operator.IS, Operator.IS_NOT, Operator.IN, Operator.NOT_IN)

OPERATORS: Final[Mapping[FieldType, tuple[Operator, ...]]] = {
    FieldType.TEXT: (*_EQUALITY, Operator.STARTS_WITH, Operator.MISSING),
    FieldType.TEXTS: (Operator.CONTAINS, Operator.CONTAINS_ANY, Operator.CONTAINS_ALL, Operator.MISSING),
    FieldType.NUMBER: (*_EQUALITY, *_ORDER, Operator.MISSING),
    FieldType.BOOLEAN: (Operator.IS, Operator.IS_NOT, Operator.MISSING),
    FieldType.DAY: (Operator.IS, Operator.BEFORE, Operator.AFTER, *_AGES, Operator.MISSING),
    FieldType.INSTANT: (Operator.BEFORE, Operator.AFTER, *_AGES, Operator.MISSING),
}


@dataclass(frozen=True, slots=True)
class Field:
    """`choices`, where given, are all the values a text may have; `unit` tells what a number counts."""

    name: str
    type: FieldType
    description: str
    choices: tuple[str, ...] = ()
    unit: str | None = None


class Vocabulary:
    """The fields of one kind of subject, for example a customer as campaigns see it."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self.fields: Mapping[str, Field] = {field.name: field for field in fields}
        if len(self.fields) < len(fields):
            raise ValueError("a vocabulary names each field once")

    def nearest(self, name: str) -> str | None:
        """The known name that somebody who wrote `name` most likely meant."""
        close = difflib.get_close_matches(name, self.fields, n=1, cutoff=0.6)
        return close[0] if close else None

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema (2020-12) of a condition in this vocabulary, for documentation and editors."""
        parts = [
            {"type": "object", "required": [word], "additionalProperties": False, "properties": {word: inside}}
            for word, inside in (
                ("all", {"type": "array", "items": {"$ref": "#"}}),
                ("any", {"type": "array", "items": {"$ref": "#"}, "minItems": 1}),
                ("not", {"$ref": "#"}),
            )
        ]
        return {"anyOf": [*parts, *(_schema_of(field) for field in self.fields.values())]}


def takes_set(operator: Operator) -> bool:
    """Whether the operand is a list of values."""
    return operator in _SETS


def takes_days(operator: Operator) -> bool:
    """Whether the operand is a number of days, so that time alone may change what holds."""
    return operator in _AGES


def _schema_of(field: Field) -> dict[str, Any]:
    described = field.description + (f" ({field.unit})" if field.unit else "")
    comparisons = {str(operator): _operand_schema(field, operator) for operator in OPERATORS[field.type]}
    return {
        "type": "object",
        "description": described,
        "required": ["field"],
        "minProperties": 2,
        "maxProperties": 2,
        "additionalProperties": False,
        "properties": {"field": {"const": field.name}, **comparisons},
    }


def _operand_schema(field: Field, operator: Operator) -> dict[str, Any]:
    if operator is Operator.MISSING:
        return {"type": "boolean"}
    if takes_days(operator):
        return {"type": "integer", "minimum": 0}
    one: dict[str, Any] = {
        FieldType.TEXT: {"type": "string"},
        FieldType.TEXTS: {"type": "string"},
        FieldType.NUMBER: {"type": "number"},
        FieldType.BOOLEAN: {"type": "boolean"},
        FieldType.DAY: {"type": "string", "format": "date"},
        FieldType.INSTANT: {"type": "string", "format": "date-time"},
    }[field.type]
    if field.choices:
        one = {"enum": list(field.choices)}
    return {"type": "array", "items": one, "minItems": 1} if takes_set(operator) else one
