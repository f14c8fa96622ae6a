"""Reading a condition from JSON: every mistake is refused with its place and the way out."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from shared.conditions.condition import All, AnyOf, Comparison, Condition, Not
from shared.conditions.vocabulary import OPERATORS, Field, FieldType, Operator, Vocabulary, takes_days, takes_set
from shared.errors import InvalidInput

MOST_DEPTH: Final = 8
MOST_COMPARISONS: Final = 100
MOST_VALUES: Final = 1000
MOST_TEXT: Final = 200
MOST_NUMBER: Final = 10**15
MOST_DAYS: Final = 36_525


def read_condition(document: Any, vocabulary: Vocabulary, *, field: str = "condition") -> Condition:
    """The condition that `document` (decoded JSON) says.

    Raises InvalidInput (`condition_invalid`) naming the place below `field`, for example `condition.all[1].field`.
    """
    return _Reader(vocabulary).read(document, field, depth=1)


class _Reader:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._comparisons = 0

    def read(self, document: Any, path: str, depth: int) -> Condition:
        if depth > MOST_DEPTH:
            raise _refused(path, f"conditions may be nested {MOST_DEPTH} deep at most")
        if not isinstance(document, Mapping):
            raise _refused(path, 'must be an object such as {"field": …, "is": …}, or one with all, any or not')
        words = [word for word in ("all", "any", "not", "field") if word in document]
        if len(words) != 1:
            raise _refused(path, "must have exactly one of all, any, not and field")
        word = words[0]
        if word == "field":
            return self._comparison(document, path)
        if len(document) > 1:
            raise _refused(path, f"an object with {word} has nothing beside it")
        if word == "not":
            return Not(self.read(document["not"], f"{path}.not", depth + 1))
        return self._group(word, document[word], f"{path}.{word}", depth)

    def _group(self, word: str, inside: Any, path: str, depth: int) -> Condition:
        if not isinstance(inside, list):
            raise _refused(path, "must be a list of conditions")
        if word == "any" and not inside:
            raise _refused(path, "needs at least one condition: an empty any holds for nobody")
        parts = tuple(self.read(part, f"{path}[{place}]", depth + 1) for place, part in enumerate(inside))
        return All(parts) if word == "all" else AnyOf(parts)

    def _comparison(self, document: Mapping[str, Any], path: str) -> Comparison:
        self._comparisons += 1
        if self._comparisons > MOST_COMPARISONS:
            raise _refused(path, f"a condition may compare {MOST_COMPARISONS} times at most")
        field = self._field(document["field"], f"{path}.field")
        allowed = OPERATORS[field.type]
        given = [word for word in document if word != "field"]
        if len(given) != 1 or given[0] not in allowed:
            raise _refused(path, f"{field.name} takes exactly one of {', '.join(allowed)}")
        operator = Operator(given[0])
        return Comparison(field, operator, _operand(field, operator, document[operator], f"{path}.{operator}"))

    def _field(self, name: Any, path: str) -> Field:
        if isinstance(name, str) and name in self._vocabulary.fields:
            return self._vocabulary.fields[name]
        nearest = self._vocabulary.nearest(name) if isinstance(name, str) else None
        hint = f"did you mean {nearest}?" if nearest else f"one of {', '.join(self._vocabulary.fields)}"
        raise _refused(path, f"is no known field; {hint}")


def _operand(field: Field, operator: Operator, given: Any, path: str) -> Any:
    if operator is Operator.MISSING:
        return _boolean(given, path)
    if takes_days(operator):
        if type(given) is not int or not 0 <= given <= MOST_DAYS:
            raise _refused(path, f"must be a whole number of days from 0 to {MOST_DAYS}")
        return given
    if takes_set(operator):
        if not isinstance(given, list) or not 0 < len(given) <= MOST_VALUES:
            raise _refused(path, f"must be a list of 1 to {MOST_VALUES} values")
        return frozenset(_value(field, one, f"{path}[{place}]") for place, one in enumerate(given))
    return _value(field, given, path)


def _value(field: Field, given: Any, path: str) -> Any:
    value = _READERS[field.type](given, path)
    if field.choices and value not in field.choices:
        raise _refused(path, f"must be one of {', '.join(field.choices)}")
    return value


def _text(given: Any, path: str) -> str:
    if not isinstance(given, str) or not 0 < len(given) <= MOST_TEXT or "\x00" in given:
        raise _refused(path, f"must be a text of 1 to {MOST_TEXT} characters")
    return given


def _number(given: Any, path: str) -> int | Decimal:
    if isinstance(given, bool) or not isinstance(given, int | float) or not abs(given) <= MOST_NUMBER:
        raise _refused(path, "must be a number between -10^15 and 10^15")
    return given if isinstance(given, int) else Decimal(str(given))


def _boolean(given: Any, path: str) -> bool:
    if not isinstance(given, bool):
        raise _refused(path, "must be true or false")
    return given


def _day(given: Any, path: str) -> date:
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        raise _refused(path, "must be a day such as 2026-03-01") from None


def _instant(given: Any, path: str) -> datetime:
    try:
        instant = datetime.fromisoformat(given)
        if instant.tzinfo is None:
            raise ValueError("without its offset it may be any of a day's instants")
        return instant.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise _refused(path, "must be an instant with its offset, such as 2026-03-01T09:00:00+08:00") from None


_READERS: Final[Mapping[FieldType, Callable[[Any, str], Any]]] = {
    FieldType.TEXT: _text,
    FieldType.TEXTS: _text,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DAY: _day,
    FieldType.INSTANT: _instant,
}


def _refused(path: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, code="condition_invalid", field=path)
