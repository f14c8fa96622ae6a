"""Reports that providers post: whether they come from whom they say, and what they mean. Pure."""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.notification.channels.detail import masked
from services.notification.channels.sms.twilio_signature import is_signed
from services.notification.messages.receipt import Receipt, ReceiptKind
from shared.errors import InvalidInput, Unauthenticated

_MOST_REPORTS = 1000
_TWILIO_KINDS = {
    "delivered": ReceiptKind.DELIVERED,
    "read": ReceiptKind.DELIVERED,
    "sent": ReceiptKind.DELAYED,
    "undelivered": ReceiptKind.UNDELIVERED,
    "failed": ReceiptKind.UNDELIVERED,
}
# Unknown or unallocated number, a landline; and whose owner said STOP.
_TWILIO_DEAD, _TWILIO_UNWANTED = frozenset({"30005", "30006"}), frozenset({"21610"})
# Operators have codes without number; what is not known here says nothing against the number.
_ALIYUN_DEAD = frozenset({"MOBILE_NOT_ON_SERVICE", "MK:0001"})
_ALIYUN_UNWANTED = frozenset({"MOBILE_IN_BLACK"})


@dataclass(frozen=True, slots=True)
class TwilioDoor:
    """`url` is the address that Twilio was given for its reports, without the message's id."""

    url: str
    auth_token: str


@dataclass(frozen=True, slots=True)
class AliyunDoor:
    """Alibaba Cloud signs no report: a token in the address that it was given is all there is."""

    token: str


@dataclass(frozen=True, slots=True)
class GatewayDoor:
    secret: str


Door = TwilioDoor | AliyunDoor | GatewayDoor


def from_twilio(
    door: TwilioDoor, provider: str, query: str, form: Sequence[tuple[str, str]], signature: str
) -> list[Receipt]:
    """Raises Unauthenticated (`report_unsigned`)."""
    url = f"{door.url}?{query}" if query else door.url
    if not is_signed(url, form, door.auth_token, signature):
        raise _unsigned("X-Twilio-Signature does not hold for this address and form")
    fields = dict(form)
    kind = _TWILIO_KINDS.get(fields.get("MessageStatus", ""))
    code = fields.get("ErrorCode", "")
    if kind is ReceiptKind.UNDELIVERED and code in _TWILIO_DEAD:
        kind = ReceiptKind.BOUNCED
    elif kind is ReceiptKind.UNDELIVERED and code in _TWILIO_UNWANTED:
        kind = ReceiptKind.COMPLAINED
    if kind is None:
        return []
    detail = masked(f"{fields.get('MessageStatus', '')} {code}")
    return [Receipt(kind=kind, provider=provider, reference=fields.get("MessageSid"), detail=detail)]


def from_aliyun(door: AliyunDoor, provider: str, token: str, body: bytes) -> list[Receipt]:
    """Raises Unauthenticated (`report_unsigned`), InvalidInput (`report_invalid`)."""
    if not hmac.compare_digest(door.token.encode(), token.encode()):
        raise _unsigned("the token in the address is not the one agreed on")
    reports = _json(body)
    if not isinstance(reports, list) or len(reports) > _MOST_REPORTS:
        raise _invalid(f"the body must be a JSON array of at most {_MOST_REPORTS} reports")
    return [
        receipt for report in reports if isinstance(report, dict) and (receipt := _aliyun_receipt(provider, report))
    ]


def _aliyun_receipt(provider: str, report: Mapping[str, Any]) -> Receipt | None:
    code = str(report.get("err_code", ""))
    if report.get("success") is True:
        kind = ReceiptKind.DELIVERED
    elif code in _ALIYUN_UNWANTED:
        kind = ReceiptKind.COMPLAINED
    else:
        kind = ReceiptKind.BOUNCED if code in _ALIYUN_DEAD else ReceiptKind.UNDELIVERED
    message_id, reference = _uuid(report.get("out_id")), report.get("biz_id")
    if message_id is None and not isinstance(reference, str):
        return None
    return Receipt(
        kind=kind,
        provider=provider,
        message_id=message_id,
        reference=reference if isinstance(reference, str) else None,
        detail=masked(code),
    )


def from_gateway(door: GatewayDoor, provider: str, headers: Mapping[str, str], body: bytes) -> list[Receipt]:
    """Raises Unauthenticated (`report_unsigned`), InvalidInput (`report_invalid`)."""
    try:
        Webhook(door.secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError) as error:
        raise _unsigned(f"the webhook signature does not hold: {error}") from None
    report = _json(body)
    kind = report.get("receipt") if isinstance(report, dict) else None
    message_id = _uuid(report.get("message_id")) if isinstance(report, dict) else None
    if not isinstance(report, dict) or message_id is None or kind not in set(ReceiptKind):
        raise _invalid(f"the body must be {{message_id, receipt, detail}}, receipt one of {', '.join(ReceiptKind)}")
    detail = masked(str(report.get("detail", "")))
    return [Receipt(kind=ReceiptKind(kind), provider=provider, message_id=message_id, detail=detail)]


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise _invalid("the body is not JSON") from None


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _unsigned(detail: str) -> Unauthenticated:
    return Unauthenticated(detail, code="report_unsigned")


def _invalid(detail: str) -> InvalidInput:
    return InvalidInput(detail, code="report_invalid")
