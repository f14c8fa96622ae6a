"""A told score as the history keeps it: flat, by the names and in the units of the event that tells it."""

from operator import attrgetter
from typing import Any, Final, get_type_hints
from uuid import UUID

from services.scoring.history.told import KeptScore
from services.scoring.scores.telling import TENTHS, Told

_APART: Final = ("rfm", "as_of", "policy_version", "model_version")
_NAMES: Final = tuple(name for name in get_type_hints(Told) if name not in _APART)
_RFM: Final = ("recency", "frequency", "monetary")
_read = attrgetter(*_NAMES)


def keep(customer_id: UUID, told: Told, changed: tuple[str, ...], currency: str, occasion: str | None) -> KeptScore:
    figures: dict[str, Any] = dict(zip(_NAMES, _read(told), strict=True))
    for name in TENTHS:
        if figures[name] is not None:
            figures[name] /= 10
    figures.update(zip(_RFM, told.rfm or (None,) * 3, strict=True))
    figures["currency"] = currency
    return KeptScore(
        customer_id=customer_id,
        as_of=told.as_of,
        policy_version=told.policy_version,
        model_version=told.model_version,
        occasion=occasion,
        changed=changed,
        figures=figures,
    )
