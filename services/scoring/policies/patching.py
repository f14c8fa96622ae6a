"""Documents and their changes: JSON merge patches (RFC 7396), and what differs between two documents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field; None where a document does not have it. Lists are compared as a whole."""

    field: str
    before: Any
    after: Any


def merge_patch(document: Any, patch: Any) -> Any:
    """`document` changed as RFC 7396 says: null takes a field away, objects are merged, all else is replaced."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(document) if isinstance(document, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def patch_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Document:
    """The patch that makes `after` of `before`; neither may contain a null."""
    patch: Document = {name: None for name in before if name not in after}
    for name, value in after.items():
        known = before.get(name)
        if isinstance(known, Mapping) and isinstance(value, Mapping):
            inner = patch_between(known, value)
            if inner:
                patch[name] = inner
        elif name not in before or known != value:
            patch[name] = value
    return patch


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """By field, sorted by their paths (`loyalty.weights.decline.trust`)."""
    return sorted(_differing(before, after, ""), key=lambda one: one.field)


def contested_fields(base: Document, one: Document, other: Document) -> list[str]:
    """Fields that both have changed since `base`, each in another way."""
    ours = {difference.field: difference.after for difference in differences(base, one)}
    theirs = {difference.field: difference.after for difference in differences(base, other)}
    return [field for field, value in ours.items() if field in theirs and theirs[field] != value]


def _differing(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[Difference]:
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        field = f"{path}.{name}" if path else name
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _differing(old, new, field)
        elif old != new:
            yield Difference(field, old, new)
