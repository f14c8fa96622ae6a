"""Settings of the notification service, from the environment."""

from datetime import timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, TypeAdapter, ValidationError, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from services.notification.channels.addresses import check_web_address
from services.notification.channels.configuration import ProvidersDocument
from services.notification.channels.dkim import DkimSigner, create_signer
from services.notification.policy import CarePolicy
from shared.errors import InvalidInput
from shared.settings import ServiceSettings, SettingsError

_POLICY: TypeAdapter[CarePolicy] = TypeAdapter(CarePolicy)
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


class NotificationSettings(ServiceSettings):
    """Beside the common ones: the care policy, the mail server, and how deliveries are tried."""

    model_config = SettingsConfigDict(env_prefix="RAPPORT_NOTIFICATION_")

    port: int = Field(8004, ge=0, le=65535, description="port of the HTTP API")
    ops_port: int = Field(9004, ge=0, le=65535, description="port of a worker's /livez, /readyz and /metrics")

    brand: str = Field("Rapport", min_length=1, max_length=100, description="whom messages come from, in their words")
    policy_file: Path | None = Field(
        None, description="the care policy, a JSON document; without one the shipped policy applies"
    )

    rules_confirm_share: float = Field(
        0.2, ge=0, le=1, description="a rule that reaches more than this share of the customers has to be confirmed"
    )
    history_days: int = Field(
        400, ge=31, le=3660, description="how long events are kept for rules to be tried on; erasure ends it sooner"
    )
    providers_file: Path | None = Field(
        None, description="which providers serve which channel, a JSON document; without one email alone, by SMTP_HOST"
    )
    public_url: str | None = Field(
        None,
        description="where customers and providers reach this service's API from outside, without a slash at the end",
        examples=["https://care.shop.example"],
    )
    smtp_host: str = Field("127.0.0.1", min_length=1, description="the mail server that takes our messages")
    smtp_port: int = Field(8025, ge=1, le=65535)
    smtp_tls: Literal["none", "starttls", "tls"] = Field("none", description="none is for a server on this machine")
    smtp_ca_file: Path | None = Field(None, description="certificate authorities trusted for the mail server, PEM")
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_connections: int = Field(8, ge=1, le=100, description="emails sent at once, each over its own connection")
    smtp_timeout_seconds: float = Field(15.0, gt=0, le=60, description="how long the server may take for each answer")
    from_address: str = Field(
        "care@rapport.example", description="the sender of every email", examples=["Shop <care@shop.example>"]
    )
    message_id_domain: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$",
        description="right half of each Message-ID, by default the sender's domain; never change it while mail is due",
    )
    dkim_selector: str | None = Field(
        None, pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$", description="of the key that signs our mail"
    )
    dkim_domain: str | None = Field(None, description="that signs our mail, by default the sender's")
    dkim_private_key: SecretStr | None = Field(None, description="the key that signs our mail: RSA or Ed25519, in PEM")
    unsubscribe_url: str | None = Field(
        None,
        pattern=r"/unsubscribe$",
        description="takes one click to unsubscribe (RFC 8058), with the preferences page beside it; by default "
        "/v1/preferences/unsubscribe under PUBLIC_URL",
        examples=["https://care.shop.example/v1/preferences/unsubscribe"],
    )
    preferences_secret: SecretStr | None = Field(
        None, min_length=32, description="signs the links to preferences; a new one makes all of them void"
    )
    preferences_link_days: int = Field(
        400, ge=1, le=3650, description="for how long a link opens the preferences page; to say no it serves for ever"
    )
    reports_maildir: Path | None = Field(
        None, description="a Maildir into which a mail server delivers bounces and complaints, read by the worker"
    )
    unsubscribe_mailbox: str | None = Field(
        None, description="a mailbox that takes requests to unsubscribe, named in List-Unsubscribe where it is set"
    )

    delivery_urgent_places: int = Field(
        1, ge=0, le=50, description="of what a provider is sent at once, kept free for urgent messages"
    )
    delivery_uncertain: Literal["resend", "hold"] = Field(
        "resend", description="when it is not known whether an email was accepted: send it again, or hold it for review"
    )
    delivery_max_resends: int = Field(3, ge=0, le=20, description="resends of one message, after which it is held")
    delivery_max_deferrals: int = Field(10, ge=0, le=100, description="temporary refusals, after which it has failed")
    delivery_first_delay_seconds: float = Field(2.0, gt=0, le=3600)
    delivery_longest_delay_seconds: float = Field(900.0, gt=0, le=86400)
    delivery_lease_seconds: float = Field(
        150.0, gt=0, le=3600, description="after which an attempt nobody reported on counts as uncertain"
    )

    @field_validator("public_url", "unsubscribe_url")
    @classmethod
    def _is_a_web_address(cls, value: str | None) -> str | None:
        return None if value is None else check_web_address(value).rstrip("/")

    @field_validator("from_address", "unsubscribe_mailbox")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is not None:
            parse_sender(value)
        return value

    @model_validator(mode="after")
    def _keep_the_password_secret(self) -> "NotificationSettings":
        if (self.smtp_username is None) != (self.smtp_password is None):
            raise ValueError("set RAPPORT_NOTIFICATION_SMTP_USERNAME and RAPPORT_NOTIFICATION_SMTP_PASSWORD together")
        if self.smtp_password is not None and self.smtp_tls == "none" and self.smtp_host not in _LOCAL_HOSTS:
            raise ValueError(
                "a password would travel in the clear: set RAPPORT_NOTIFICATION_SMTP_TLS to starttls or tls"
            )
        if (self.dkim_selector is None) != (self.dkim_private_key is None):
            raise ValueError(
                "set RAPPORT_NOTIFICATION_DKIM_SELECTOR and RAPPORT_NOTIFICATION_DKIM_PRIVATE_KEY together"
            )
        if self.unsubscribe_url is not None and self.preferences_secret is None:
            raise ValueError(
                "RAPPORT_NOTIFICATION_UNSUBSCRIBE_URL needs RAPPORT_NOTIFICATION_PREFERENCES_SECRET to sign its tokens"
            )
        self.dkim_signer()  # a key that cannot be used is found out at the start
        if self.delivery_urgent_places >= self.smtp_connections:
            raise ValueError(
                "RAPPORT_NOTIFICATION_DELIVERY_URGENT_PLACES must be less than RAPPORT_NOTIFICATION_SMTP_CONNECTIONS: "
                "what is not urgent needs a place, too"
            )
        if self.lease < self.send_timeout * 1.5:
            raise ValueError(
                "RAPPORT_NOTIFICATION_DELIVERY_LEASE_SECONDS must be at least 9 times the SMTP timeout, which one send "
                "may need six times over"
            )
        return self

    def dkim_signer(self) -> DkimSigner | None:
        """Raises ValueError for a key that cannot be used."""
        if self.dkim_selector is None or self.dkim_private_key is None:
            return None
        try:
            return create_signer(
                domain=self.dkim_domain or parse_sender(self.from_address).domain,
                selector=self.dkim_selector,
                private_key=self.dkim_private_key.get_secret_value(),
            )
        except ValueError as error:
            raise ValueError(f"RAPPORT_NOTIFICATION_DKIM_PRIVATE_KEY {error}") from None

    @property
    def unsubscribe_address(self) -> str | None:
        """Where one click arrives, as customers reach it."""
        if self.unsubscribe_url is not None or self.public_url is None:
            return self.unsubscribe_url
        return f"{self.public_url}/v1/preferences/unsubscribe"

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.delivery_lease_seconds)

    @property
    def send_timeout(self) -> timedelta:
        """Connecting, greeting, MAIL, RCPT, DATA and its end may each take the server's whole time."""
        return timedelta(seconds=6 * self.smtp_timeout_seconds)

    def providers(self) -> ProvidersDocument:
        """Raises SettingsError when the document cannot be read or names what there is not."""
        if self.providers_file is None:
            return ProvidersDocument()
        try:
            return ProvidersDocument.model_validate_json(self.providers_file.read_bytes())
        except (OSError, ValidationError) as error:
            raise SettingsError(
                f"RAPPORT_NOTIFICATION_PROVIDERS_FILE: {self.providers_file} is no providers document: {error}",
                code="settings_invalid",
            ) from None

    def policy(self) -> CarePolicy:
        """Raises SettingsError when the document cannot be read or says what no policy can."""
        if self.policy_file is None:
            return CarePolicy()
        try:
            return _POLICY.validate_json(self.policy_file.read_bytes())
        except (OSError, ValidationError, InvalidInput) as error:
            raise SettingsError(
                f"RAPPORT_NOTIFICATION_POLICY_FILE: {self.policy_file} is no care policy: {error}",
                code="settings_invalid",
            ) from error


def parse_sender(text: str) -> Address:
    """`Shop <care@shop.example>` or the bare address. Raises ValueError."""
    name, address = parseaddr(text)
    try:
        return Address(display_name=name, addr_spec=address)
    except (MessageError, ValueError, IndexError) as error:
        raise ValueError("must be an email address, for example Shop <care@shop.example>") from error
