"""Encryption of a web push message (RFC 8291, aes128gcm of RFC 8188) for one browser. Pure, but for its one-time key.

Why not by a library: docs/decisions/0013-own-web-push.md.
"""

import base64
import os
import struct

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_RECORD_SIZE = 4096
_LAST_RECORD = b"\x02"
LONGEST_PLAINTEXT = 3993


def encrypt(
    plaintext: bytes,
    *,
    p256dh: str,
    auth: str,
    one_time_key: EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body to send. Raises ValueError for keys that are none; `one_time_key` and `salt` are for proofs alone."""
    receiver = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), unpadded(p256dh))
    sender = one_time_key or generate_private_key(SECP256R1())
    salt = salt or os.urandom(16)
    receiver_point, sender_point = point_of(receiver), point_of(sender.public_key())
    info = b"WebPush: info\x00" + receiver_point + sender_point
    secret = _derived(sender.exchange(ECDH(), receiver), salt=unpadded(auth), info=info, length=32)
    key = _derived(secret, salt=salt, info=b"Content-Encoding: aes128gcm\x00", length=16)
    nonce = _derived(secret, salt=salt, info=b"Content-Encoding: nonce\x00", length=12)
    header = salt + struct.pack("!IB", _RECORD_SIZE, len(sender_point)) + sender_point
    return header + AESGCM(key).encrypt(nonce, plaintext + _LAST_RECORD, None)


def point_of(key: EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def unpadded(text: str) -> bytes:
    """From base64url, with or without its padding. Raises ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derived(material: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(material)
