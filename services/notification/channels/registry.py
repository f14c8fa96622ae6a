"""Which providers serve which channel, in the order they are preferred in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.notification.channels.buckets import Rate
from services.notification.channels.port import Cost, Provider, SendResult, SendStatus
from shared.contracts.common import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Mounted:
    """A provider in its place. `concurrency` is what it is sent at once; None leaves that to the delivery."""

    provider: Provider
    rate: Rate | None = None
    concurrency: int | None = None
    unit_cost: Cost | None = None

    def cost_of(self, result: SendResult) -> Cost | None:
        """What an accepted message costs by the price list; refusals are free."""
        if self.unit_cost is None or result.status is not SendStatus.ACCEPTED:
            return None
        return Cost(self.unit_cost.micros * result.units, self.unit_cost.currency)


class Providers:
    """All that is configured. The inbox needs no provider: it lies in this service's own database."""

    def __init__(self, by_channel: Mapping[Channel, Sequence[Mounted]]) -> None:
        self._orders = {
            channel: tuple(one.provider.name for one in mounted) for channel, mounted in by_channel.items() if mounted
        }
        self._mounted = {one.provider.name: one for mounted in by_channel.values() for one in mounted}

    @property
    def channels(self) -> frozenset[Channel]:
        return frozenset(self._orders)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._mounted)

    def order(self, channel: Channel) -> tuple[str, ...]:
        """The names of those that serve `channel`, best first."""
        return self._orders.get(channel, ())

    def mounted(self, name: str) -> Mounted:
        """Raises KeyError for what is not configured."""
        return self._mounted[name]

    def honours_key(self, name: str | None) -> bool:
        mounted = self._mounted.get(name) if name is not None else None
        return mounted is not None and mounted.provider.capabilities.honours_key

    def is_judged(self, name: str | None) -> bool:
        """Whether failures say something about the provider itself."""
        mounted = self._mounted.get(name) if name is not None else None
        return mounted is not None and not mounted.provider.capabilities.many_hosts

    def has_alternative(self, channel: Channel, name: str) -> bool:
        return any(other != name for other in self.order(channel))

    async def close(self) -> None:
        for mounted in self._mounted.values():
            await mounted.provider.close()


def serving(channel: Channel, providers: Iterable[Provider]) -> Providers:
    """One channel, served by these as they are."""
    return Providers({channel: [Mounted(provider=provider) for provider in providers]})
