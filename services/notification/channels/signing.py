"""Signatures of Standard Webhooks on what this service sends. Pure."""

from datetime import datetime

from standardwebhooks.webhooks import Webhook


def signed_headers(signer: Webhook, message_id: str, content: bytes, at: datetime) -> dict[str, str]:
    """The three headers by which a receiver knows the sender, the instant, and a repeat when it sees one."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signer.sign(msg_id=message_id, timestamp=at, data=content.decode()),
    }
