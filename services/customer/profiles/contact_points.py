"""Ways to reach a customer, in one spelling each: an address ready for SMTP, a number in E.164."""

from collections.abc import Sequence

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from shared.contracts.customer import ContactPoint
from shared.errors import InvalidInput

_MOBILE_TYPES = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def normalise_contact_points(points: Sequence[ContactPoint], region: str | None) -> tuple[ContactPoint, ...]:
    """Spelling made uniform, exactly one primary per kind. Raises InvalidInput naming the point by its index.

    A point counts as primary when it says so; where none of a kind does, the first one becomes it. `region` tells in
    which country a number without `+` is to be read. No message repeats an address: it may be logged.
    """
    seen: set[tuple[str, str]] = set()
    result: list[ContactPoint] = []
    for index, point in enumerate(points):
        field = f"contact_points[{index}].address"
        address = _email(point.address, field) if point.kind == "email" else _mobile(point.address, region, field)
        if (point.kind, address) in seen:
            raise InvalidInput(f"this {point.kind} is given twice", code="contact_point_repeated", field=field)
        seen.add((point.kind, address))
        result.append(point.model_copy(update={"address": address}))
    return _with_one_primary_each(result)


def _with_one_primary_each(points: Sequence[ContactPoint]) -> tuple[ContactPoint, ...]:
    primaries: dict[str, int] = {}
    for index, point in enumerate(points):
        if not point.primary:
            continue
        if point.kind in primaries:
            raise InvalidInput(
                f"`contact_points[{primaries[point.kind]}]` is the primary {point.kind} already; "
                "set `primary` to false in all others",
                code="contact_point_second_primary",
                field=f"contact_points[{index}].primary",
            )
        primaries[point.kind] = index
    for index, point in enumerate(points):
        primaries.setdefault(point.kind, index)
    return tuple(
        point.model_copy(update={"primary": primaries[point.kind] == index}) for index, point in enumerate(points)
    )


def _email(address: str, field: str) -> str:
    """With its domain as it travels (`xn--`), and in ASCII throughout, since few mail servers take anything else."""
    try:
        ascii_form = validate_email(address, check_deliverability=False, allow_smtputf8=False).ascii_email
    except EmailNotValidError as error:
        raise _no_email(field) from error
    if ascii_form is None:
        raise _no_email(field)
    return ascii_form


def _no_email(field: str) -> InvalidInput:
    return InvalidInput(
        "this is not an email address; give it as name@domain, without a display name, the name in ASCII",
        code="email_invalid",
        field=field,
    )


def _mobile(number: str, region: str | None, field: str) -> str:
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
