"""Which documents may be attached to mails. Pure."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

from shared.errors import InvalidInput

MOST_BYTES = 900_000
"""Of one document; what mail servers take grows by a third on the way."""
MOST_TOGETHER = 2_000_000

_BEGINNINGS: Mapping[str, bytes] = MappingProxyType(
    {
        "application/pdf": b"%PDF-",
        "image/png": b"\x89PNG\r\n\x1a\n",
        "image/jpeg": b"\xff\xd8\xff",
        "text/calendar": b"BEGIN:VCALENDAR",
    }
)
MEDIA_TYPES = tuple(_BEGINNINGS)


def digest_of(content: bytes) -> str:
    """What a document is called: the SHA-256 of its content, in hex."""
    return hashlib.sha256(content).hexdigest()


def check_document(content: bytes, media_type: str) -> None:
    """Raises InvalidInput for a type that is not attached, for content of another type, and for too much of it."""
    beginning = _BEGINNINGS.get(media_type)
    if beginning is None:
        raise InvalidInput(
            f"is not attached to mails; there are {', '.join(MEDIA_TYPES)}",
            code="document_type_refused",
            field="Content-Type",
        )
    if not content.startswith(beginning):
        raise InvalidInput(f"the content is not {media_type}", code="document_type_refused", field="Content-Type")
    if len(content) > MOST_BYTES:
        raise InvalidInput(
            f"it has {len(content)} bytes, more than {MOST_BYTES}", code="document_too_large", field="body"
        )
