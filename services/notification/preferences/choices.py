"""What a customer chose on its page: the form as it comes back, and the decisions in it. Pure.

The form repeats what it showed, so that only what the customer touched is a decision: what changed elsewhere meanwhile
is left as it is, and a box that was not on the page says nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from urllib.parse import parse_qsl

from services.notification.audience.profile import parse_permission
from services.notification.values import Permission
from shared.contracts.common import Channel, Purpose
from shared.errors import InvalidInput

LARGEST_FORM = 16_384
_MOST_FIELDS = 200
_ONE_CLICK = ("List-Unsubscribe", "One-Click")


@dataclass(frozen=True, slots=True)
class Choices:
    """`shown` were the boxes on the page, `were` those of them that were ticked, `ticked` those that are now."""

    shown: frozenset[Permission]
    were: frozenset[Permission]
    ticked: frozenset[Permission]
    nothing: bool = False
    """Whether the button was pressed that ends everything shown."""

    def decisions(self, granted: Collection[Permission]) -> dict[Permission, bool]:
        """What was decided, by channel and purpose, where that differs from what is `granted` now."""
        wanted = frozenset[Permission]() if self.nothing else self.ticked & self.shown
        before = self.shown if self.nothing else self.were & self.shown
        touched = wanted ^ before
        return {one: one in wanted for one in sorted(touched) if (one in wanted) != (one in granted)}


def read_choices(body: bytes) -> Choices:
    """Raises InvalidInput (`form_invalid`) for what the page cannot have sent."""
    fields = _fields(body)
    return Choices(
        shown=_permissions(fields, "shown"),
        were=_permissions(fields, "was"),
        ticked=_permissions(fields, "allow"),
        nothing=("nothing", "1") in fields,
    )


def is_one_click(body: bytes, content_type: str) -> bool:
    """Whether a mail program asks to unsubscribe as RFC 8058 has it: as a form of either of its two media types."""
    if len(body) > LARGEST_FORM:
        return False
    if content_type.partition(";")[0].strip().lower() != "multipart/form-data":
        return _ONE_CLICK in parse_qsl(body.decode(errors="replace"), max_num_fields=_MOST_FIELDS)
    form = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    return any(
        part.get_param("name", header="content-disposition") == _ONE_CLICK[0]
        and bytes(part.get_payload(decode=True) or b"").strip() == _ONE_CLICK[1].encode()
        for part in form.walk()
        if not part.is_multipart()
    )


def _fields(body: bytes) -> list[tuple[str, str]]:
    if len(body) > LARGEST_FORM:
        raise _invalid("it is larger than the page's")
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise _invalid("it is no form of the page's") from None


def _permissions(fields: Collection[tuple[str, str]], name: str) -> frozenset[Permission]:
    try:
        return frozenset(parse_permission(value) for field, value in fields if field == name)
    except ValueError:
        raise _invalid(f"`{name}` names a channel or purpose that does not exist") from None


def _invalid(detail: str) -> InvalidInput:
    return InvalidInput(f"the form cannot be read: {detail}; open the link again", code="form_invalid")


def rows_of(
    channels: Collection[Channel], granted: Collection[Permission], addressed: Collection[Channel]
) -> Mapping[Channel, tuple[Purpose, ...]]:
    """What the page shows: channels that are in use and reach the customer, and those it once said yes to."""
    agreed = {permission.channel for permission in granted}
    return {channel: tuple(Purpose) for channel in Channel if channel in agreed | (set(channels) & set(addressed))}
