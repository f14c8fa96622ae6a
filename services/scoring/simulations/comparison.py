"""Two scores of the same customers held against each other: who moves from where to where, and what is differently
distributed. What is a class and what a figure follows from the type of what is told, so that new ones take part."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final, get_args, get_type_hints

from services.scoring.scores.telling import Told
from services.scoring.simulations.sketch import EMPTY, Sketch, merge_sketches, sketch_of

_HINTS: Final = get_type_hints(Told)
_VERSIONS: Final = ("policy_version", "model_version", "portfolio_version")
_RFM: Final = ("recency", "frequency", "monetary")


def _kinds(name: str) -> set[type]:
    return {kind for kind in get_args(_HINTS[name]) or (_HINTS[name],) if kind is not type(None)}


_CLASS_FIELDS: Final = tuple(name for name in _HINTS if _kinds(name) == {str})
FIGURES: Final = tuple(name for name in _HINTS if _kinds(name) <= {int, float} and name not in _VERSIONS)
CLASSES: Final = (*_CLASS_FIELDS, *_RFM)
ABSENT: Final = ""
"""Stands for no class in the keys of JSON objects."""

_classes = attrgetter(*_CLASS_FIELDS)
_figures = attrgetter(*FIGURES)
Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """What would be told of a customer before and after."""

    before: Told
    after: Told


@dataclass(slots=True)
class Comparison:
    """Counts over customers, which can be merged. `transitions`: per class, from and to, those who stay as well."""

    transitions: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    before: dict[str, Sketch] = field(default_factory=dict)
    after: dict[str, Sketch] = field(default_factory=dict)


def place_of(told: Told) -> Place:
    """The class of each kind, in the order of CLASSES."""
    rfm = (ABSENT,) * 3 if told.rfm is None else tuple(map(str, told.rfm))
    return (*(ABSENT if one is None else str(one) for one in _classes(told)), *rfm)


def moves_of(pair: Pair) -> dict[str, tuple[str, str]]:
    """Per class in which the customer moves, from and to."""
    before, after = place_of(pair.before), place_of(pair.after)
    if before == after:
        return {}
    changes = zip(CLASSES, before, after, strict=True)
    return {name: (old, new) for name, old, new in changes if old != new}


def figures_moved(pair: Pair) -> dict[str, tuple[float | None, float | None]]:
    changes = zip(FIGURES, _figures(pair.before), _figures(pair.after), strict=True)
    return {name: (old, new) for name, old, new in changes if old != new}


def compare(pairs: Sequence[Pair]) -> Comparison:
    places = Counter((place_of(pair.before), place_of(pair.after)) for pair in pairs)
    comparison = Comparison(before=_sketches(pair.before for pair in pairs), after=_sketches(p.after for p in pairs))
    for (before, after), customers in places.items():
        for name, old, new in zip(CLASSES, before, after, strict=True):
            reached = comparison.transitions.setdefault(name, {}).setdefault(old, {})
            reached[new] = reached.get(new, 0) + customers
    return comparison


def merge(one: Comparison, other: Comparison) -> Comparison:
    transitions = {name: {old: dict(to) for old, to in rows.items()} for name, rows in one.transitions.items()}
    for name, rows in other.transitions.items():
        for old, to in rows.items():
            reached = transitions.setdefault(name, {}).setdefault(old, {})
            for new, customers in to.items():
                reached[new] = reached.get(new, 0) + customers
    return Comparison(transitions, _merged(one.before, other.before), _merged(one.after, other.after))


def distribution(rows: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[int, int]]:
    """Of one class's transitions: per value, how many have it before and after."""
    before = {old: sum(to.values()) for old, to in rows.items()}
    after: Counter[str] = Counter()
    for to in rows.values():
        after.update(to)
    return {value: (before.get(value, 0), after[value]) for value in sorted({*before, *after})}


def _sketches(told: Iterable[Told]) -> dict[str, Sketch]:
    rows = [_figures(one) for one in told]
    columns = zip(*rows, strict=True) if rows else ([] for _ in FIGURES)
    return {
        name: sketch_of(value for value in column if value is not None)
        for name, column in zip(FIGURES, columns, strict=True)
    }


def _merged(one: Mapping[str, Sketch], other: Mapping[str, Sketch]) -> dict[str, Any]:
    return {name: merge_sketches(one.get(name, EMPTY), other.get(name, EMPTY)) for name in {**one, **other}}
