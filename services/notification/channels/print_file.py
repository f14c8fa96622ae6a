"""Letters: gathered until somebody asks for a file to be printed, so that no provider is ever called. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.notification.channels.port import Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintHouse:
    """By whom letters go, under the name of its configuration. `sender` stands above each address, `country` is that
    from which letters are posted, and `unit_cost` what a letter costs."""

    name: str
    sender: tuple[str, ...]
    country: str
    unit_cost: Cost | None = None


def addressed_to(kept: str, name: str) -> str:
    """An address as it is kept, with `name` as its recipient where it names none: a letter must not change later."""
    parts = _parts_of(kept)
    return json.dumps({**parts, "recipient": parts.get("recipient") or name}, ensure_ascii=False, sort_keys=True)


def address_parts(kept: str) -> Mapping[str, Any]:
    """`recipient`, `lines`, `locality`, `postal_code`, `region`, `country`; what is not known is not in it."""
    return {name: value for name, value in _parts_of(kept).items() if value and name != "address"}


def address_block(kept: str, *, posted_in: str) -> list[str]:
    """As it is written where the letter goes: in China from the whole to the person, elsewhere the other way round.

    A letter to another country than `posted_in` names it last, by its code.
    """
    parts = _parts_of(kept)
    country = parts.get("country")
    lines = [str(line) for line in parts.get("lines") or ()]
    region, locality, code = (str(parts.get(name) or "") for name in ("region", "locality", "postal_code"))
    recipient = str(parts.get("recipient") or "")
    if country == "CN":
        block = [code, "".join(dict.fromkeys((region, locality))), *lines, recipient]
    else:
        block = [recipient, *lines, f"{code} {locality}".strip(), region]
    if country is not None and country != posted_in:
        block.append(str(country))
    return [line for line in block if line]


def _parts_of(kept: str) -> dict[str, Any]:
    if not kept.startswith("{"):
        return {"lines": [kept]}  # told before addresses had parts
    parts: dict[str, Any] = json.loads(kept)
    return parts
