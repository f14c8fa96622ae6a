"""Twilio's signature on its callbacks (X-Twilio-Signature) over a form. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Sequence


def signature_of(url: str, form: Sequence[tuple[str, str]], auth_token: str) -> str:
    """Over the address, exactly as it was given to Twilio, and the fields of the form in the order of their names."""
    text = url + "".join(name + value for name, value in sorted(set(form)))
    digest = hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def is_signed(url: str, form: Sequence[tuple[str, str]], auth_token: str, signature: str) -> bool:
    return hmac.compare_digest(signature_of(url, form, auth_token).encode(), signature.encode())
