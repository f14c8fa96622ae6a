"""An email as it travels: headers that nothing from outside can break, text and HTML side by side. Pure."""

import re
from collections.abc import Iterator
from email.encoders import encode_base64
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr

from services.notification.channels.port import Attachment, Outgoing
from shared.contracts.common import Purpose
from shared.errors import InvalidInput

_LONGEST_ADDRESS = 254
# `compat32` with ready-made header values: `EmailMessage` parses each value again, which takes four times as long.
# Nothing is folded: a link that were folded would have to be encoded, and no mail client would find it.
_POLICY = compat32.clone(linesep="\r\n", max_line_length=0, mangle_from_=False)
_NOT_PLAIN = re.compile(r"[^ -~]|=\?")
_LONGEST_LINE = 900
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
    # Boundaries of its own, so that every attempt is the same to the byte.
    words = MIMEMultipart("alternative", boundary=f"=_{email.message_id.hex}", policy=_POLICY)
    message = words
    if email.attachments:
        message = MIMEMultipart("mixed", boundary=f"=_{email.message_id.hex}_mixed", policy=_POLICY)
    try:
        message["From"] = _mailbox("From", sender.display_name, sender.addr_spec)
        message["To"] = _mailbox("To", email.name, recipient)
        message["Subject"] = _encoded("Subject", _line(email.subject))
        message["Date"] = format_datetime(email.composed_at)
        message["Message-ID"] = f"<{email.message_id}@{message_id_domain}>"
        # RFC 3834: no vacation notice is to answer this.
        message["Auto-Submitted"] = "auto-generated"
        if email.purpose is not Purpose.SERVICE:
            for name, value in _unsubscribing(email.unsubscribe_url, unsubscribe):
                message[name] = value
        message["Content-Language"] = email.language
        words.attach(_part(email.text, "plain", "us-ascii" if _is_plain(email.text) else "utf-8"))
        words.attach(_part(email.html, "html", "utf-8"))
        if email.attachments:
            message.attach(words)
        for attachment in email.attachments:
            message.attach(_file(attachment))
        return message.as_bytes()
    except (MessageError, ValueError) as error:
        raise InvalidInput("the email cannot be put together from this content", code="content_invalid") from error


def _part(text: str, subtype: str, charset: str) -> MIMEText:
    """As it is where it is ASCII, else as base64."""
    return MIMEText(text.replace("\n", "\r\n"), subtype, charset, policy=_POLICY)


def _file(attachment: Attachment) -> MIMEBase:
    part = MIMEBase(*attachment.media_type.split("/", 1), policy=_POLICY)
    part.set_payload(attachment.content)
    encode_base64(part)
    name = attachment.name if attachment.name.isascii() else ("utf-8", "", attachment.name)
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part


def _is_plain(text: str) -> bool:
    return text.isascii() and all(len(line) <= _LONGEST_LINE for line in text.split("\n"))


def _mailbox(header: str, name: str, address: str) -> str:
    """RFC 5322's `name-addr`: a name is quoted where it holds specials, and encoded where it is not ASCII."""
    name = _line(name)
    return f"{_encoded(header, name)} <{address}>" if _needs_encoding(name) else formataddr((name, address))


def _encoded(header: str, line: str) -> str:
    """As encoded words (RFC 2047) where it needs them; the header's own name leaves the first one less room."""
    return Header(line, "utf-8", header_name=header).encode(linesep="\r\n") if _needs_encoding(line) else line


def _needs_encoding(line: str) -> bool:
    return len(line) > _LONGEST_LINE or _NOT_PLAIN.search(line) is not None


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
