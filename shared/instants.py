"""How instants are written for people and systems alike."""

from datetime import UTC, datetime


def write_instant(at: datetime) -> str:
    """In UTC with a Z (RFC 3339), as answers have it: it can be copied into an address, where a + would be a space."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
