"""Links that a customer changes its preferences by, each with a signed token. Pure."""

from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from services.notification.preferences.tokens import PreferenceToken, write_token
from shared.contracts.common import Channel, Purpose


@dataclass(frozen=True, slots=True)
class PreferenceLinks:
    """`unsubscribe_url` is where one click arrives, `secret` what its tokens are signed with."""

    unsubscribe_url: str
    secret: str = field(repr=False)

    def one_click(self, customer_id: UUID, channel: Channel, purpose: Purpose) -> str:
        """For List-Unsubscribe: a POST to it ends what is sent on this channel for this purpose."""
        token = write_token(PreferenceToken(customer_id, channel, purpose), self.secret)
        return f"{self.unsubscribe_url}?{urlencode({'token': token})}"
