"""How much a worker has in hand, and so how much more it takes: by channel, lane and provider."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from services.notification.channels.breaker import HEALTHY, Health
from services.notification.channels.registry import Providers
from services.notification.messages.jobs.options import DeliveryOptions, in_hand_limit, urgent_limit
from services.notification.messages.jobs.places import Places
from services.notification.messages.repository.deliveries import Queue
from services.notification.messages.use_cases.claiming import Claim, Hand
from services.notification.values import Lane
from shared.contracts.common import Channel

_ITEMS_AT_ONCE = 100


class Hands:
    """One per worker. Mass mailings fill at most half of the hands, so that the daily round is not kept waiting."""

    def __init__(self, providers: Providers, options: DeliveryOptions) -> None:
        self._providers = providers
        self._options = options
        self._queues: Counter[Queue] = Counter()
        self._by_provider: Counter[str] = Counter()
        self._places = {name: Places(self._concurrency(name), reserved=options.reserved) for name in providers.names}

    @property
    def total(self) -> int:
        return self._by_provider.total()

    def places(self, provider: str) -> Places:
        return self._places[provider]

    def take(self, claim: Claim) -> None:
        self._queues[claim.message.channel, claim.lane] += 1
        self._by_provider[claim.provider] += 1

    def put_down(self, claim: Claim) -> None:
        self._queues[claim.message.channel, claim.lane] -= 1
        self._by_provider[claim.provider] -= 1

    def room(self, healths: Mapping[str, Health], wall: datetime) -> Hand:
        """What may be claimed now; a provider that is down is in it nowhere, one on probation with one message."""
        capacity = {
            name: self._capacity(name, health.is_half_open(wall))
            for name in self._providers.names
            if not (health := healths.get(name, HEALTHY)).is_open(wall)
        }
        queues: dict[Queue, int] = dict.fromkeys(((Channel.INBOX, lane) for lane in Lane), _ITEMS_AT_ONCE)
        for channel in self._providers.channels:
            able = [name for name in self._providers.order(channel) if name in capacity]
            queues |= self._room_of(channel, able, sum(capacity[name] for name in able))
        return Hand(
            queues=queues,
            capacity=capacity,
            lease=self._options.lease,
            retry_after=timedelta(seconds=self._options.poll_seconds),
        )

    def are_full(self, hand: Hand) -> bool:
        """Whether asking again at once would be in vain, so far as providers go."""
        return not any(limit for (channel, lane), limit in hand.queues.items() if _can_wait(channel, lane))

    def _room_of(self, channel: Channel, able: list[str], capacity: int) -> dict[Queue, int]:
        """Once half a handful is free: a claim of one would cost nearly as much as a claim of many."""
        limit = sum(in_hand_limit(self._concurrency(name)) for name in able)
        bulk, normal = self._queues[channel, Lane.BULK], self._queues[channel, Lane.NORMAL]
        room = limit - bulk - normal if bulk + normal <= limit // 2 else 0
        urgent = sum(urgent_limit(self._concurrency(name)) for name in able) - self._queues[channel, Lane.URGENT]
        wanted = {Lane.URGENT: urgent, Lane.NORMAL: room, Lane.BULK: min(room, limit // 2 - bulk)}
        return {(channel, lane): max(0, min(count, capacity)) for lane, count in wanted.items()}

    def _capacity(self, name: str, is_half_open: bool) -> int:
        held = self._by_provider[name]
        if is_half_open:
            return 0 if held else 1
        concurrency = self._concurrency(name)
        return max(0, in_hand_limit(concurrency) + urgent_limit(concurrency) - held)

    def _concurrency(self, name: str) -> int:
        return self._providers.mounted(name).concurrency or self._options.concurrency


def _can_wait(channel: Channel, lane: Lane) -> bool:
    return channel is not Channel.INBOX and lane is not Lane.URGENT
