"""A version of a template: the words for one language, for one channel or for any. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.notification.values import Attached
from shared.contracts.common import Channel

SHIPPED_VERSION = 1
"""The files in `library/`: they come with the service, and are always there to go back to."""

ANY = "any"
"""In the place of a channel: for all that have no words of their own."""


@dataclass(frozen=True, slots=True, order=True)
class TemplateKey:
    """What has versions: a template in a language, for a channel or, without one, for any."""

    template: str
    language: str
    channel: Channel | None = None

    @property
    def channel_text(self) -> str:
        return self.channel.value if self.channel is not None else ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateVersion:
    """`html` is what MJML was compiled to, where `mjml` is given. `defaults` are the facts that may be missing, with
    what is shown instead; without one of the others a message is not sent. `attachments` travel with it by email, and
    each message gets a `coupon` of its own where a list of them is named.
    """

    key: TemplateKey
    version: int
    subject: str
    text: str
    html: str
    mjml: str | None = None
    defaults: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attached, ...] = ()
    coupon_list: str | None = None


def key_of(template: str, language: str, channel: str) -> TemplateKey:
    """As it is kept in tables."""
    return TemplateKey(template, language, None if channel == ANY else Channel(channel))


def version_of(row: Any) -> TemplateVersion:
    """From a row with the columns of `template_versions`."""
    return TemplateVersion(
        key=key_of(row.template, row.language, row.channel),
        version=row.version,
        subject=row.subject,
        text=row.body_text,
        html=row.body_html,
        mjml=row.mjml,
        defaults=row.defaults,
        attachments=tuple(Attached(**one) for one in row.attachments),
        coupon_list=row.coupon_list,
    )
