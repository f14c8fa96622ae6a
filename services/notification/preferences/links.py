"""Links that a customer changes its preferences by, each with a signed token. Pure."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

from services.notification.preferences.tokens import PreferenceToken, read_token, write_token
from shared.contracts.common import Channel, Purpose


@dataclass(frozen=True, slots=True)
class PreferenceLinks:
    """`unsubscribe_url` is where one click arrives, `page_url` where the page is; `secret` signs the tokens.

    After `lifetime` a link serves to say no, and nothing else.
    """

    unsubscribe_url: str
    page_url: str
    secret: str = field(repr=False)
    lifetime: timedelta = timedelta(days=400)

    def one_click(self, customer_id: UUID, channel: Channel, purpose: Purpose, day: date) -> str:
        """For List-Unsubscribe: a POST to it ends what is sent on this channel for this purpose."""
        return self._link(self.unsubscribe_url, PreferenceToken(customer_id, channel, purpose, day))

    def page(self, customer_id: UUID, channel: Channel, purpose: Purpose, day: date) -> str:
        """For a person to open: shows what the customer agreed to, to be changed."""
        return self._link(self.page_url, PreferenceToken(customer_id, channel, purpose, day))

    def read(self, text: str) -> PreferenceToken:
        """Raises InvalidInput (`token_invalid`)."""
        return read_token(text, self.secret)

    def _link(self, url: str, token: PreferenceToken) -> str:
        return f"{url}?{urlencode({'token': write_token(token, self.secret)})}"
