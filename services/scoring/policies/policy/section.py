"""What every part of the policy has in common: its fields are checked, and none is unknown."""

from typing import ClassVar

from shared.errors import InvalidInput


def demand(holds: bool, field: str, message: str) -> None:
    """Raises InvalidInput naming the field of the document that is wrong."""
    if not holds:
        raise InvalidInput(message, code="policy_invalid", field=field)


class Section:
    """A part of the document; a field that it does not know is a mistake, found when the document is read."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
