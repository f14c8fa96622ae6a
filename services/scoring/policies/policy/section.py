"""What the sections of the policy have in common."""

from typing import ClassVar

from shared.errors import InvalidInput


class Section:
    """A part of the document; a field that it does not know is a mistake, found when the document is read."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


def demand(holds: bool, field: str, message: str) -> None:
    """For what bounds cannot say: how fields agree with each other."""
    if not holds:
        raise InvalidInput(message, code="policy_invalid", field=field)
