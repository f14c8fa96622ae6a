"""One spelling, and so one identity, for each address. Pure."""

from uuid import UUID, uuid5

from shared.contracts.common import Channel

_NAMESPACE = UUID("8d0c3a1e-41a5-5d0f-8f0e-0a3f6c1d7b52")


def normalised(channel: Channel, address: str) -> str:
    """Mail addresses are compared without regard to case, as every large provider delivers them."""
    text = address.strip()
    return text.lower() if channel is Channel.EMAIL else text


def suppression_id_of(channel: Channel, address: str) -> UUID:
    return uuid5(_NAMESPACE, f"{channel}\n{normalised(channel, address)}")
