"""What the rows of messages and attempts say of content and attempts, written in the same way by every use case."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from services.notification.values import RenderedMessage


def content_values(content: RenderedMessage, composed_at: datetime) -> dict[str, Any]:
    return {
        "language": content.language,
        "subject": content.subject,
        "body_text": content.text,
        "body_html": content.html,
        "attachments": [one._asdict() for one in content.attached] or None,
        "composed_at": composed_at,
    }


def attempt_values(
    row: Row[Any],
    wall: datetime,
    *,
    provider: str | None = None,
    finished_at: datetime | None = None,
    outcome: str | None = None,
    detail: str | None = None,
) -> dict[str, Any]:
    """The next attempt at `row`; without `finished_at` it has only begun."""
    return {
        "message_id": row.message_id,
        "number": row.attempts + 1,
        "started_at": wall,
        "finished_at": finished_at,
        "outcome": outcome,
        "detail": detail,
        "provider": provider,
    }
