"""Scoring's totals held against those of the interaction service, whose log the facts are a copy of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

Key = tuple[str, str | None]
"""Kind and currency."""


OUR_NAMES: Final = {"complaint_resolution": "resolution"}
"""Of kinds that the interaction service calls otherwise."""


@dataclass(frozen=True, slots=True)
class Total:
    count: int
    amount_minor: int | None


@dataclass(frozen=True, slots=True)
class Gap:
    """One kind and currency in which both differ; None where one has none of it."""

    kind: str
    currency: str | None
    theirs: Total | None
    ours: Total | None


def gaps(theirs: Mapping[Key, Total], ours: Mapping[Key, Total], kinds: Iterable[str]) -> list[Gap]:
    """By kind and currency; only of `kinds`, since not every interaction becomes a fact."""
    wanted = set(kinds)
    return [
        Gap(*key, theirs.get(key), ours.get(key))
        for key in sorted({*theirs, *ours}, key=lambda key: (key[0], key[1] or ""))
        if key[0] in wanted and theirs.get(key) != ours.get(key)
    ]
