"""An email as it travels: headers that nothing from outside can break, text and HTML side by side. Pure."""

import re
from collections.abc import Iterator
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from services.notification.channels.port import Outgoing
from shared.contracts.common import Purpose
from shared.errors import InvalidInput

_LONGEST_ADDRESS = 254
# Lines as long as SMTP allows: a link that were folded would have to be encoded, and no mail client would find it.
_POLICY = SMTP.clone(max_line_length=990)
# Deliberately narrower than RFC 5322: no quoted local parts, no comments, no address literals, nothing invisible.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def check_address(address: str) -> str:
    """The address itself. Raises InvalidInput (`address_invalid`), without repeating it, for what no mail can go to."""
    if len(address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(address) or ".." in address:
        raise InvalidInput("the email address is not one that mail can be sent to", code="address_invalid")
    return address


def compose(email: Outgoing, *, sender: Address, message_id_domain: str, unsubscribe: str | None) -> bytes:
    """The message to send. `unsubscribe` is a mailbox that takes requests, named where consent is what we rely on.

    Raises InvalidInput (`address_invalid`, `content_invalid`) for what cannot be sent to anybody, ever.
    """
    recipient = check_address(email.address)
    message = EmailMessage(policy=_POLICY)
    try:
        message["From"] = sender
        message["To"] = Address(display_name=_line(email.name), addr_spec=recipient)
        message["Subject"] = _line(email.subject)
        message["Date"] = format_datetime(email.composed_at)
        message["Message-ID"] = f"<{email.message_id}@{message_id_domain}>"
        # RFC 3834: no vacation notice is to answer this.
        message["Auto-Submitted"] = "auto-generated"
        if email.purpose is not Purpose.SERVICE:
            for name, value in _unsubscribing(email.unsubscribe_url, unsubscribe):
                message[name] = value
        message.set_content(email.text, charset="utf-8", cte=None if email.text.isascii() else "base64")
        message.add_alternative(email.html, subtype="html", charset="utf-8", cte="base64")
        message["Content-Language"] = email.language  # setting the content cleared every header of that kind
        return message.as_bytes()
    except (MessageError, ValueError) as error:
        raise InvalidInput("the email cannot be put together from this content", code="content_invalid") from error


def _unsubscribing(url: str | None, mailbox: str | None) -> Iterator[tuple[str, str]]:
    ways = [f"<{url}>"] if url is not None else []
    ways += [f"<mailto:{mailbox}?subject=unsubscribe>"] if mailbox is not None else []
    if ways:
        yield "List-Unsubscribe", ", ".join(ways)
    if url is not None:
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _line(text: str) -> str:
    """One line, whatever came in: a line break in a header would begin a header of the sender's choice."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
