"""The gate: whether today's schemas keep the promises of the published ones.

Events stay in topics, and readers and writers are upgraded at different times. So whatever was valid stays valid (no
field removed or newly required, no type, enum or limit narrowed), and of what the platform itself publishes, nothing
that readers rely on goes away (a field that was always there, a type that was the only one). What does not fit becomes
a new type, `…v2`, published beside the old one until nobody reads that any more.

An enum may grow: readers are upgraded before writers use the new value.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from shared.contracts.json_schemas import Schema, schema_of
from shared.contracts.registry import EVENT_TYPES
from shared.contracts.topology import WRITERS

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


def breaches_since(published: Path) -> list[str]:
    """Every promise in the folder `published` that the event types of today break, each as a sentence."""
    breaches: list[str] = []
    for path in sorted(published.glob("*.json")):
        event_type, promise = path.stem, json.loads(path.read_text())
        model = EVENT_TYPES.get(event_type)
        if model is None:
            breaches.append(f"{event_type}: is gone; events of it are still in topics and in others' code")
            continue
        ours = WRITERS[model.topic] is not None
        breaches.extend(f"{event_type}: {breach}" for breach in breaches_between(promise, schema_of(model), ours=ours))
    return breaches


def breaches_between(published: Schema, current: Schema, *, ours: bool) -> list[str]:
    """How `current` breaks what `published` promised; `ours` for events that the platform itself publishes."""
    return list(_Comparison(published, current, ours=ours).of(published, current, "data"))


class _Comparison:
    def __init__(self, published: Schema, current: Schema, *, ours: bool) -> None:
        self._published = published
        self._current = current
        self._ours = ours

    def of(self, published: Schema, current: Schema, path: str) -> Iterator[str]:
        before = _variants(published, self._published)
        after = _variants(current, self._current)
        for variant in before:
            found = [list(self._same_kind(variant, each, path)) for each in after if _kind(each) == _kind(variant)]
            if not found:
                yield f"{path} can no longer be {_kind(variant)}"
            elif all(found):
                yield from min(found, key=len)
        if self._ours:
            known = {_kind(variant) for variant in before}
            yield from (f"{path} may now be {_kind(each)}, too" for each in after if _kind(each) not in known)

    def _same_kind(self, published: Schema, current: Schema, path: str) -> Iterator[str]:
        yield from _limits(published, current, path)
        yield from _values(published, current, path)
        if _kind(published) == "object":
            yield from self._members(published, current, path)
        yield from self._items(published, current, path)

    def _members(self, published: Schema, current: Schema, path: str) -> Iterator[str]:
        before, after = published.get("properties", {}), current.get("properties", {})
        needed_before, needed = set(published.get("required", ())), set(current.get("required", ()))
        for name in before:
            if name in after:
                yield from self.of(before[name], after[name], f"{path}.{name}")
            else:
                yield f"{path}.{name} is gone"
        yield from (f"{path}.{name} is now required" for name in sorted(needed - needed_before))
        if self._ours:
            optional = sorted((needed_before - needed) & after.keys())
            yield from (f"{path}.{name} may now be missing" for name in optional)
        if published.get("additionalProperties") is not False and current.get("additionalProperties") is False:
            yield f"{path} now refuses unknown fields"

    def _items(self, published: Schema, current: Schema, path: str) -> Iterator[str]:
        before, after = published.get("prefixItems", []), current.get("prefixItems", [])
        if len(before) != len(after):
            yield f"{path} now has {len(after)} places instead of {len(before)}"
        for place, (old, new) in enumerate(zip(before, after, strict=False)):
            yield from self.of(old, new, f"{path}[{place}]")
        if "items" in published and "items" in current:
            yield from self.of(published["items"], current["items"], f"{path}[]")


def _variants(node: Schema, root: Schema) -> Sequence[Schema]:
    """The alternatives a value has, references followed; one for most."""
    if "$ref" in node:
        target: Any = root
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return _variants(target, root)
    if "anyOf" in node or "oneOf" in node:
        alternatives = node.get("anyOf") or node.get("oneOf") or []
        return [variant for alternative in alternatives for variant in _variants(alternative, root)]
    return [node]


def _kind(node: Schema) -> str:
    return str(node.get("type", "anything"))


def _limits(published: Schema, current: Schema, path: str) -> Iterator[str]:
    for name in (*_LOWER, *_UPPER):
        before, after = published.get(name), current.get(name)
        tighter = after is not None and (before is None or (after > before if name in _LOWER else after < before))
        if tighter:
            yield f"{path}: {name} is now {after}" + (f" instead of {before}" if before is not None else "")
    for name in ("pattern", "format"):
        if current.get(name) not in (None, published.get(name)):
            yield f"{path}: {name} is now {current[name]}"


def _values(published: Schema, current: Schema, path: str) -> Iterator[str]:
    before, after = _allowed(published), _allowed(current)
    if after is None:
        return
    if before is None:
        yield f"{path} is now limited to {', '.join(map(str, after))}"
        return
    yield from (f"{path} can no longer be {value}" for value in before if value not in after)


def _allowed(node: Schema) -> Sequence[Any] | None:
    if "const" in node:
        return [node["const"]]
    values: Sequence[Any] | None = node.get("enum")
    return values
