"""Results where each recipient has a server of its own. Pure."""

from dataclasses import replace

from services.notification.channels.port import SendResult, SendStatus


def at_recipient(result: SendResult) -> SendResult:
    """One recipient's server that is away is a matter of that message, to be tried later, and of no other."""
    return replace(result, status=SendStatus.DEFERRED) if result.status is SendStatus.UNREACHABLE else result
