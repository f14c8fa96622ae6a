"""Telephone numbers and texts as text messages carry them. Pure."""

import re

from services.notification.channels.sms.segments import count_segments
from shared.errors import InvalidInput

_E164 = re.compile(r"\+[1-9]\d{6,14}")


def check_number(number: str) -> str:
    """The number itself. Raises InvalidInput (`address_invalid`), without repeating it, unless it is one in E.164."""
    if not _E164.fullmatch(number):
        raise InvalidInput("the number is not one in E.164, such as +8613800138000", code="address_invalid")
    return number


def one_text(text: str, signature: str | None, *, most_segments: int) -> tuple[str, int]:
    """The text to send, with the sender's 【signature】 where providers want one, and its segments.

    Raises InvalidInput (`content_invalid`) for a text that is empty or would cost more segments than allowed.
    """
    body = "\n".join(line.strip() for line in text.strip().splitlines() if line.strip())
    signed = f"【{signature}】{body}" if signature else body
    segments = count_segments(signed)
    if not body or segments > most_segments:
        raise InvalidInput(
            f"the text takes {segments} segments of {most_segments} allowed, or is empty: write a shorter one for SMS",
            code="content_invalid",
        )
    return signed, segments
