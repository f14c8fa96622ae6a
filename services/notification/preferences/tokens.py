"""Signed tokens by which a customer changes its preferences without a login: who, which channel and purpose, and when.

To say no a token serves for ever: an unsubscribe link has to work in a mail of years ago. What else it allows ends with
the links' lifetime. It allows nothing but to change what its customer is sent. A new secret makes all tokens void.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from shared.contracts.common import Channel, Purpose
from shared.errors import InvalidInput

LONGEST_TOKEN = 300
_VERSION = "2"


@dataclass(frozen=True, slots=True)
class PreferenceToken:
    """What a link was made for, and on which day; the page it opens shows all of this customer's preferences."""

    customer_id: UUID
    channel: Channel
    purpose: Purpose
    issued_on: date

    def is_fresh(self, today: date, lifetime: timedelta) -> bool:
        """Whether the link still opens the page, rather than only serving to say no."""
        return today <= self.issued_on + lifetime


def write_token(token: PreferenceToken, secret: str) -> str:
    """Fit for a URL."""
    day = token.issued_on.toordinal()
    payload = f"{_VERSION}.{token.customer_id.hex}.{token.channel}.{token.purpose}.{day}"
    return f"{payload}.{_signature(payload, secret)}"


def read_token(text: str, secret: str) -> PreferenceToken:
    """Raises InvalidInput (`token_invalid`) for whatever was not written with this secret."""
    payload, _, signature = text[:LONGEST_TOKEN].rpartition(".")
    parts = payload.split(".")
    try:
        if not hmac.compare_digest(_signature(payload, secret).encode(), signature.encode()) or parts[0] != _VERSION:
            raise ValueError("not ours")
        _, customer, channel, purpose, day = parts
        return PreferenceToken(UUID(customer), Channel(channel), Purpose(purpose), date.fromordinal(int(day)))
    except (ValueError, OverflowError, binascii.Error):
        raise InvalidInput(
            "the link is damaged or was made by somebody else; open the one in the latest message", code="token_invalid"
        ) from None


def fingerprint_of(text: str) -> str:
    """Names a link in a record without giving it away: the first 64 bits of its SHA-256, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _signature(payload: str, secret: str) -> str:
    digest = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
