"""Signed tokens by which a customer changes its preferences without a login: who, and which channel and purpose. Pure.

A token does not expire: an unsubscribe link has to work in a mail of years ago. It allows nothing but to change what
its customer is sent. A new secret makes all tokens void.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from shared.contracts.common import Channel, Purpose
from shared.errors import InvalidInput

_VERSION = "1"
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class PreferenceToken:
    """What a link was made for; the page it opens may show more of this customer's preferences."""

    customer_id: UUID
    channel: Channel
    purpose: Purpose


def write_token(token: PreferenceToken, secret: str) -> str:
    """Fit for a URL."""
    payload = f"{_VERSION}.{token.customer_id.hex}.{token.channel}.{token.purpose}"
    return f"{payload}.{_signature(payload, secret)}"


def read_token(text: str, secret: str) -> PreferenceToken:
    """Raises InvalidInput (`token_invalid`) for whatever was not written with this secret."""
    payload, _, signature = text[:_LONGEST].rpartition(".")
    parts = payload.split(".")
    try:
        if not hmac.compare_digest(_signature(payload, secret).encode(), signature.encode()) or parts[0] != _VERSION:
            raise ValueError("not ours")
        _, customer, channel, purpose = parts
        return PreferenceToken(UUID(customer), Channel(channel), Purpose(purpose))
    except (ValueError, binascii.Error):
        raise InvalidInput(
            "the link is damaged or was made by somebody else; open the one in the latest message", code="token_invalid"
        ) from None


def _signature(payload: str, secret: str) -> str:
    digest = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
