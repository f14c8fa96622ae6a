"""What scoring needs to know of who a customer is, as the customer service last told it."""

from typing import Any

from msgspec import Struct


class Wallet(Struct, frozen=True, array_like=True, gc=False):
    """What the customer is thought to spend in a year, with everybody; minor units of `currency`."""

    yearly: int
    currency: str


class Profile(Struct, frozen=True, array_like=True, gc=False):
    """`main_contact_gone`: the last main contact of an organisation has left. `abuse_flags`: those in force."""

    version: int
    kind: str
    region: str | None = None
    industry: str | None = None
    key_account: bool = False
    wallets: tuple[Wallet, ...] = ()
    main_contact_gone: bool = False
    abuse_flags: int = 0


def profile_of(data: Any) -> Profile:
    """From what the customer service tells of a customer."""
    gone = data.contacts is not None and data.contacts.main == "gone"
    return Profile(
        version=data.version,
        kind=data.kind.value,
        region=data.region,
        industry=data.industry,
        key_account=data.key_account,
        wallets=tuple(Wallet(one.yearly.minor, one.yearly.currency) for one in data.wallet),
        main_contact_gone=gone,
        abuse_flags=data.abuse_flags_active,
    )


def newer(one: Profile | None, other: Profile | None) -> Profile | None:
    """The one of the higher version; versions tell of a customer once, so that two of the same are equal."""
    if one is None or other is None:
        return one or other
    return one if one.version >= other.version else other
