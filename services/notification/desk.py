"""What the use cases of this service work with, put together once by the composition root."""

from dataclasses import dataclass

from services.notification.channels.print_file import PrintHouse
from services.notification.policy import CarePolicy
from services.notification.preferences.links import PreferenceLinks
from services.notification.templates.library import TemplateLibrary
from shared.clock import Clock
from shared.contracts.common import Channel
from shared.messaging.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Desk:
    """The policy in force, business time, the way out for events, the words, and the channels that are configured.

    A rule that reaches more than `confirm_share` of the customers has to be confirmed.
    """

    policy: CarePolicy
    clock: Clock
    outbox: Outbox
    templates: TemplateLibrary
    links: PreferenceLinks | None = None
    confirm_share: float = 0.2
    sms_signature: str | None = None
    """What the preferred provider of text messages puts before each, as 【…】."""
    print_house: PrintHouse | None = None
    """By whom letters go, where they are gathered for a file."""
    channels: frozenset[Channel] = frozenset({Channel.EMAIL, Channel.INBOX})
