"""DKIM signatures (RFC 6376) on what we mail: relaxed/relaxed, by an RSA or an Ed25519 (RFC 8463) key. Pure.

Why not by a library: docs/decisions/0012-own-dkim-signing.md.
"""

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_SHORTEST_RSA = 1024
# From is signed once more than it is there, so that nobody can add a second one; RFC 8058 wants the List- ones signed.
_SIGNED = (
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "content-language", "auto-submitted",
    "list-unsubscribe", "list-unsubscribe-post", "from",
)  # fmt: skip
_HEADER = re.compile(rb"([^\r\n:]+):((?:[^\r\n]*)(?:\r\n[ \t][^\r\n]*)*)\r\n")
_SPACE = re.compile(rb"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class DkimSigner:
    """The public half of `key` is published under `<selector>._domainkey.<domain>`."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey

    def sign(self, mail: bytes) -> bytes:
        """The mail, which ends its lines with CRLF, with a signature on top."""
        head, _, body = mail.partition(b"\r\n\r\n")
        headers = [(name.lower(), value) for name, value in _HEADER.findall(head + b"\r\n")]
        lines, names = _signed_lines(headers)
        algorithm = "rsa" if isinstance(self.key, RSAPrivateKey) else "ed25519"
        body_hash = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
        field = (
            f"v=1; a={algorithm}-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector};\r\n"
            f" h={':'.join(names)};\r\n bh={body_hash};\r\n b="
        )
        text = b"".join(lines) + _relaxed_header(b"dkim-signature", field.encode()).removesuffix(b"\r\n")
        signature = base64.b64encode(self._signature(text)).decode()
        folded = "\r\n ".join(signature[place : place + 72] for place in range(0, len(signature), 72))
        return f"DKIM-Signature: {field}{folded}\r\n".encode() + mail

    def _signature(self, text: bytes) -> bytes:
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(text, PKCS1v15(), SHA256())
        return self.key.sign(hashlib.sha256(text).digest())


def create_signer(*, domain: str, selector: str, private_key: str) -> DkimSigner:
    """Raises ValueError for what is no private key in PEM, or one that no receiver takes."""
    try:
        key = load_pem_private_key(private_key.encode(), password=None)
    except (ValueError, TypeError):
        raise ValueError("is no unencrypted private key in PEM") from None
    if isinstance(key, RSAPrivateKey) and key.key_size >= _SHORTEST_RSA:
        return DkimSigner(domain, selector, key)
    if isinstance(key, Ed25519PrivateKey):
        return DkimSigner(domain, selector, key)
    raise ValueError(f"must be an RSA key of at least {_SHORTEST_RSA} bits, or an Ed25519 key")


def _signed_lines(headers: list[tuple[bytes, bytes]]) -> tuple[list[bytes], list[str]]:
    """The headers to sign, each name from the bottom up, and the names in their order."""
    left = list(headers)
    lines: list[bytes] = []
    names: list[str] = []
    for name in _SIGNED:
        wanted = name.encode()
        place = next((place for place in range(len(left) - 1, -1, -1) if left[place][0] == wanted), None)
        if place is not None:
            lines.append(_relaxed_header(*left.pop(place)))
        if place is not None or name == "from":
            names.append(name)
    return lines, names


def _relaxed_header(name: bytes, value: bytes) -> bytes:
    return name.strip().lower() + b":" + _SPACE.sub(b" ", value).strip() + b"\r\n"


def _relaxed_body(body: bytes) -> bytes:
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)
