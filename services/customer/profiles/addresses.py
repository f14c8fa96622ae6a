"""One spelling per kind of contact point: ready for SMTP, in E.164, an https URL, an id of a messenger."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from shared.contracts.customer import ContactKind, ContactPoint, PostalAddress
from shared.errors import InvalidInput

_MOBILE_TYPES = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
_MESSENGER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,127}")
_MAX_EMAIL = 320


def normalise_point(point: ContactPoint, region: str | None, field: str) -> ContactPoint:
    """The point in its one spelling, without what its kind does not have. Raises InvalidInput naming `field`.

    `region` tells in which country a number without `+` is to be read. No message repeats an address: it may be logged.
    """
    if (point.postal is not None) != (point.kind is ContactKind.POSTAL):
        raise InvalidInput(
            "a postal contact point has its parts in `postal`, and no other kind has any",
            code="postal_address_invalid",
            field=f"{field}.postal",
        )
    if (point.push_keys is not None) != (point.kind is ContactKind.WEB_PUSH):
        raise InvalidInput(
            "a web_push contact point has the keys of its subscription in `push_keys`, and no other kind has any",
            code="push_keys_invalid",
            field=f"{field}.push_keys",
        )
    if point.kind is ContactKind.MOBILE:
        address = normalise_mobile(point.address, region, f"{field}.address")
    elif point.postal is not None:
        address = _one_line(point.postal)
    else:
        address = _SPELLINGS[point.kind](point.address, f"{field}.address")
    return point.model_copy(update={"address": address})


def normalise_email(address: str, field: str) -> str:
    """With its domain as it travels (`xn--`), and in ASCII throughout, since few mail servers take anything else."""
    try:
        ascii_form = validate_email(address, check_deliverability=False, allow_smtputf8=False).ascii_email
    except EmailNotValidError as error:
        raise _no_email(field) from error
    if ascii_form is None or len(ascii_form) > _MAX_EMAIL:
        raise _no_email(field)
    return ascii_form


def normalise_mobile(number: str, region: str | None, field: str) -> str:
    country = region[:2] if region else None
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException as error:
        raise InvalidInput(
            "this is not a telephone number"
            if country
            else "this is not a telephone number in international form; begin with + and the country's code, "
            "or set the customer's `region`",
            code="mobile_invalid",
            field=field,
        ) from error
    if not phonenumbers.is_valid_number(parsed):
        raise InvalidInput("no such number can exist: check its digits and country", code="mobile_invalid", field=field)
    if phonenumbers.number_type(parsed) not in _MOBILE_TYPES:
        raise InvalidInput("this number is not a mobile one", code="mobile_invalid", field=field)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _no_email(field: str) -> InvalidInput:
    return InvalidInput(
        "this is not an email address; give it as name@domain, without a display name, the name in ASCII",
        code="email_invalid",
        field=field,
    )


def _https_url(address: str, field: str) -> str:
    """Where it leads is not looked at here: who sends there refuses private addresses, when it sends."""
    try:
        parts = urlsplit(address)
        sound = parts.scheme == "https" and parts.hostname and parts.port != 0 and parts.username is None
    except ValueError:
        sound = False
    if not sound or not address.isascii() or " " in address:
        raise InvalidInput(
            "this is not an https URL; give it as https://host/path, without a user name in it",
            code="url_invalid",
            field=field,
        )
    return address


def _messenger(address: str, field: str) -> str:
    """Somebody's id in the messenger, or the URL of a bot in one of its groups."""
    if address.startswith("https://"):
        return _https_url(address, field)
    return _member_id(address, field)


def _member_id(address: str, field: str) -> str:
    if not _MESSENGER_ID.fullmatch(address):
        raise InvalidInput(
            "this is no id: up to 128 letters, digits and the signs . _ @ -",
            code="contact_id_invalid",
            field=field,
        )
    return address


def _one_line(postal: PostalAddress) -> str:
    """The parts in one line, from the receiver to the country: what tells two addresses apart."""
    parts = (postal.recipient, *postal.lines, postal.locality, postal.postal_code, postal.region, postal.country)
    return ", ".join(part for part in parts if part)


_SPELLINGS: dict[ContactKind, Callable[[str, str], str]] = {
    ContactKind.EMAIL: normalise_email,
    ContactKind.WECOM: _messenger,
    ContactKind.DINGTALK: _messenger,
    ContactKind.FEISHU: _messenger,
    ContactKind.WEBHOOK: _https_url,
    ContactKind.WEB_PUSH: _https_url,
    ContactKind.IN_APP: _member_id,
}
