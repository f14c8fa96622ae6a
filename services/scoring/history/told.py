"""A told score as history keeps it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class KeptScore:
    """`figures`: figures and classes by name, as the event tells them (points of 100, money in minor units)."""

    customer_id: UUID
    as_of: datetime
    policy_version: int
    model_version: int | None
    occasion: str | None
    changed: tuple[str, ...]
    figures: dict[str, Any]
