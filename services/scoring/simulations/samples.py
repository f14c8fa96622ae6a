"""Sample cases of a simulation: customers who move, with the reasons that differ."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, Final
from uuid import UUID

from services.scoring.scores.explanation import Explanation, Scored, explain
from services.scoring.scores.reason import Reason

SAMPLES_PER_TRANSITION: Final = 3
"""Enough to see a pattern, and little enough to explain each of them."""

Samples = dict[str, dict[str, dict[str, list[dict[str, Any]]]]]


def wanted(samples: Samples, moves: Mapping[str, tuple[str, str]]) -> list[tuple[str, str, str]]:
    """The transitions of a customer of which there are too few samples yet."""
    return [
        (name, old, new)
        for name, (old, new) in moves.items()
        if len(samples.get(name, {}).get(old, {}).get(new, ())) < SAMPLES_PER_TRANSITION
    ]


def add_sample(samples: Samples, transition: tuple[str, str, str], customer_id: UUID, reasons: Any) -> None:
    name, old, new = transition
    kept = samples.setdefault(name, {}).setdefault(old, {}).setdefault(new, [])
    kept.append({"customer_id": str(customer_id), "reasons": reasons})


def differing_reasons(before: Scored, after: Scored) -> list[dict[str, Any]]:
    """Of every figure and class the reasons that only one of both scores has, or has in another measure."""
    old, new = dict(_reasons(before)), dict(_reasons(after))
    return [
        {"of": of, "rule": rule, "before": _shown(old.get(key)), "after": _shown(new.get(key))}
        for key in {**old, **new}
        for of, rule, _ in [key]
        if old.get(key) != new.get(key)
    ]


def _reasons(scored: Scored) -> Iterable[tuple[tuple[str, str, int], Reason]]:
    """By figure and rule, numbered where a rule gives several."""
    why = explain(scored)
    groups: dict[str, Any] = {one.name: getattr(why, one.name) for one in fields(Explanation)}
    groups["satisfaction"] = scored.score.satisfaction.reasons
    for of, group in groups.items():
        seen: dict[str, int] = {}
        for reason in group if isinstance(group, tuple) else (group,):
            if isinstance(reason, Reason):
                seen[reason.rule] = seen.get(reason.rule, -1) + 1
                yield (of, reason.rule, seen[reason.rule]), reason


def _shown(reason: Reason | None) -> dict[str, Any] | None:
    return None if reason is None else {"amount": reason.amount, "evidence": dict(reason.evidence)}
