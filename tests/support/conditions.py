"""A vocabulary over made-up subjects, and strategies for conditions in it and facts they may meet."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from shared.conditions.vocabulary import OPERATORS, Field, FieldType, Operator, Vocabulary, takes_days, takes_set

VOCABULARY = Vocabulary(
    [
        Field("region", FieldType.TEXT, "where the customer lives"),
        Field("abc_class", FieldType.TEXT, "class by margin", choices=("A", "B", "C")),
        Field("tags", FieldType.TEXTS, "free words"),
        Field("orders", FieldType.NUMBER, "how many orders", unit="orders"),
        Field("is_person", FieldType.BOOLEAN, "not an organisation"),
        Field("birthday", FieldType.DAY, "the day of birth"),
        Field("last_seen_at", FieldType.INSTANT, "the latest interaction"),
    ]
)
SQL_TYPES = {
    FieldType.TEXT: "text",
    FieldType.TEXTS: "text[]",
    FieldType.NUMBER: "numeric",
    FieldType.BOOLEAN: "boolean",
    FieldType.DAY: "date",
    FieldType.INSTANT: "timestamptz",
}

_words = st.sampled_from(["A", "B", "C", "CN-31", "CN-11", "vip", "v"])
_days = st.dates(date(2026, 1, 1), date(2026, 1, 20))
_hours = st.integers(0, 40).map(lambda halves: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=12 * halves))
instants = _hours
_VALUES: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.TEXT: _words,
    FieldType.TEXTS: st.frozensets(_words, max_size=3),
    FieldType.NUMBER: st.integers(-3, 3) | st.sampled_from([Decimal("0.5"), Decimal("2.5")]),
    FieldType.BOOLEAN: st.booleans(),
    FieldType.DAY: _days,
    FieldType.INSTANT: _hours,
}
facts = st.fixed_dictionaries({field.name: st.none() | _VALUES[field.type] for field in VOCABULARY.fields.values()})


def _operand(field: Field, operator: Operator) -> st.SearchStrategy[Any]:
    if operator is Operator.MISSING:
        return st.booleans()
    if takes_days(operator):
        return st.integers(0, 15)
    one: st.SearchStrategy[Any] = st.sampled_from(field.choices) if field.choices else _words
    if field.type not in (FieldType.TEXT, FieldType.TEXTS):
        one = _VALUES[field.type].map(_as_json)
    return st.lists(one, min_size=1, max_size=3) if takes_set(operator) else one


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


@st.composite
def _comparisons(draw: st.DrawFn) -> dict[str, Any]:
    field = draw(st.sampled_from(list(VOCABULARY.fields.values())))
    operator = draw(st.sampled_from(OPERATORS[field.type]))
    return {"field": field.name, operator.value: draw(_operand(field, operator))}


documents = st.recursive(
    _comparisons(),
    lambda parts: (
        st.lists(parts, max_size=3).map(lambda inside: {"all": inside})
        | st.lists(parts, min_size=1, max_size=3).map(lambda inside: {"any": inside})
        | parts.map(lambda inside: {"not": inside})
    ),
    max_leaves=5,
)
"""Valid conditions as JSON, a few levels deep."""
