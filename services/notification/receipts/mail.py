"""Reports that come by mail: bounces (DSN, RFC 3464) and complaints (ARF, RFC 5965). Pure.

A report concerns us by the Message-ID of the mail it is about, which only its recipient and the servers on its way have
ever seen: who never got the mail cannot put its address on a list.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from uuid import UUID

from services.notification.channels.detail import masked
from services.notification.messages.receipt import Receipt, ReceiptKind

_MESSAGE_ID = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})@")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# The address is wrong, moved without a trace, or its mailbox is switched off (RFC 3463).
_DEAD_ADDRESS = frozenset({(1, 0), (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)})
_WELCOME = frozenset({"not-spam"})
_MOST_PARTS = 50


def read_report(content: bytes) -> list[Receipt]:
    """What a mail reports of ours; nothing where it is no report, or about somebody else's mail."""
    mail = message_from_bytes(content, policy=compat32)
    message_id = _subject_of(mail)
    if message_id is None or mail.get_content_type() != "multipart/report":
        return []
    match str(mail.get_param("report-type", "")).lower():
        case "delivery-status":
            return [
                Receipt(kind=kind, provider="mail", message_id=message_id, detail=detail)
                for kind, detail in _deliveries(mail)
            ]
        case "feedback-report":
            kind = _feedback(mail)
            if kind is not None and kind not in _WELCOME:
                detail = masked(f"feedback: {kind}")
                complaint = ReceiptKind.COMPLAINED
                return [Receipt(kind=complaint, provider="mail", message_id=message_id, detail=detail)]
    return []


def _subject_of(mail: Message) -> UUID | None:
    """Our message's id: from the mail that came back, or whatever of it did."""
    for part in _parts(mail):
        if part is mail:
            continue
        headers = part.get_payload(decode=True) if part.get_content_type() == "text/rfc822-headers" else None
        text = headers.decode(errors="replace") if isinstance(headers, bytes) else str(part.get("Message-ID", ""))
        found = _MESSAGE_ID.search(text)
        if found:
            return UUID(found.group(1))
    found = _MESSAGE_ID.search(f"{mail.get('In-Reply-To', '')} {mail.get('References', '')}")
    return UUID(found.group(1)) if found else None


def _parts(mail: Message) -> Iterator[Message]:
    for number, part in enumerate(mail.walk()):
        if number >= _MOST_PARTS:
            return
        yield part


def _deliveries(mail: Message) -> Iterator[tuple[ReceiptKind, str]]:
    """One per recipient named; the first block of such a part is about the whole mail."""
    for part in _parts(mail):
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks[1:_MOST_PARTS] if isinstance(blocks, list) else []:
            if isinstance(block, Message):
                kind = _kind(str(block.get("Action", "")), str(block.get("Status", "")))
                if kind is not None:
                    yield kind, masked(f"{block.get('Status', '')} {block.get('Diagnostic-Code', '')}")


def _kind(action: str, status: str) -> ReceiptKind | None:
    match action.strip().lower():
        case "delivered":
            return ReceiptKind.DELIVERED
        case "delayed":
            return ReceiptKind.DELAYED
        case "failed":
            code = _STATUS.search(status)
            is_dead = code is not None and code[1] == "5" and (int(code[2]), int(code[3])) in _DEAD_ADDRESS
            return ReceiptKind.BOUNCED if is_dead else ReceiptKind.UNDELIVERED
    return None


def _feedback(mail: Message) -> str | None:
    for part in _parts(mail):
        if part.get_content_type() == "message/feedback-report":
            inner = part.get_payload()
            fields = inner[0] if isinstance(inner, list) and inner else part
            if isinstance(fields, Message):
                return str(fields.get("Feedback-Type", "other")).strip().lower()
    return None
