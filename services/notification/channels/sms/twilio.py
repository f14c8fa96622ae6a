"""Text messages by Twilio (Messages resource, 2010-04-01).

A repeat is not recognised: an answer that is lost stays uncertain until the status callback comes, whose address
carries our message id.
"""

import base64
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx

from services.notification.channels.http import Answer, create_client, post, refusal
from services.notification.channels.port import Capabilities, Outgoing, SendResult, SendStatus
from services.notification.channels.sms.numbers import check_number, one_text
from shared.errors import InvalidInput

# It is this number or this text that is refused; other codes of a 400 concern the account or the sender.
_REJECTED = frozenset({21211, 21214, 21217, 21265, 21408, 21602, 21605, 21610, 21612, 21614, 21617, 21635, 63003})
_DEFERRED = frozenset({21611, 30022, 63018})


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioOptions:
    """`sender` is a number in E.164, a sender's name, or the SID of a messaging service (`MG…`).

    `callback` is the address for reports, to which the message's id is added.
    """

    name: str
    url: str = "https://api.twilio.com"
    account_sid: str
    auth_token: str
    sender: str
    signature: str | None = None
    callback: str | None = None
    most_segments: int = 6
    timeout_seconds: float = 10.0
    concurrency: int = 8
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)


class TwilioProvider:
    capabilities = Capabilities(gives_receipts=True)

    def __init__(self, options: TwilioOptions) -> None:
        self._options = options
        self._url = f"{options.url}/2010-04-01/Accounts/{options.account_sid}/Messages.json"
        self._client = create_client(
            timeout_seconds=options.timeout_seconds, concurrency=options.concurrency, transport=options.transport
        )
        pair = f"{options.account_sid}:{options.auth_token}".encode()
        self._authorization = f"Basic {base64.b64encode(pair).decode()}"

    @property
    def name(self) -> str:
        return self._options.name

    async def send(self, message: Outgoing) -> SendResult:
        options = self._options
        try:
            number = check_number(message.address)
            text, segments = one_text(message.text, options.signature, most_segments=options.most_segments)
        except InvalidInput as error:
            return SendResult(SendStatus.REJECTED, error.detail)
        sender = "MessagingServiceSid" if options.sender.startswith("MG") else "From"
        form = {"To": number, sender: options.sender, "Body": text}
        if options.callback is not None:
            form["StatusCallback"] = f"{options.callback}?{urlencode({'message_id': str(message.message_id)})}"
        headers = {"Authorization": self._authorization, "Content-Type": "application/x-www-form-urlencoded"}
        answer = await post(self._client, self._url, content=urlencode(form).encode(), headers=headers)
        return answer if isinstance(answer, SendResult) else _meaning(answer, segments)

    async def close(self) -> None:
        await self._client.aclose()


def _meaning(answer: Answer, segments: int) -> SendResult:
    document = answer.document() or {}
    if 200 <= answer.status < 300:
        reference = document.get("sid")
        if not isinstance(reference, str) or not reference:
            return answer.result(SendStatus.UNCERTAIN)
        counted = str(document.get("num_segments") or "")
        units = int(counted) if counted.isdecimal() and 0 < int(counted) < 100 else segments
        return answer.result(SendStatus.ACCEPTED, reference=reference[:200], units=units)
    code = document.get("code")
    if answer.status == 400 and isinstance(code, int):
        if code in _REJECTED:
            return answer.result(SendStatus.REJECTED)
        return answer.result(SendStatus.DEFERRED if code in _DEFERRED else SendStatus.UNREACHABLE)
    return refusal(answer)
