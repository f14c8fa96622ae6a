"""Settings that cannot work are refused at start, each with the way out."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.notification.app import delivery_options, smtp_options
from services.notification.policy import LeapDayRule
from services.notification.settings import NotificationSettings
from shared.settings import SettingsError

NEEDED: dict[str, Any] = {
    "database_url": "postgresql://localhost/notification",
    "broker_database_url": "postgresql://localhost/broker",
    "jwt_issuer": "https://issuer.test",
    "jwks_url": "https://issuer.test/jwks.json",
}


def settings(**changes: Any) -> NotificationSettings:
    return NotificationSettings.model_validate(NEEDED | changes)


def test_defaults_make_a_working_laptop() -> None:
    options = smtp_options(settings())
    assert (options.host, options.port, options.tls) == ("127.0.0.1", 8025, "none")
    assert options.message_id_domain == "rapport.example"
    assert delivery_options(settings()).concurrency == options.max_connections


def test_sender_may_have_a_name() -> None:
    options = smtp_options(settings(from_address="Test Shop <care@shop.example>", message_id_domain="id.shop.example"))
    assert str(options.sender) == "Test Shop <care@shop.example>"
    assert options.message_id_domain == "id.shop.example"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"from_address": "nobody"}, "must be an email address"),
        ({"unsubscribe_mailbox": "stop"}, "must be an email address"),
        ({"message_id_domain": "a b"}, "pattern"),
        ({"smtp_username": "us"}, "together"),
        ({"smtp_host": "mail.example", "smtp_username": "us", "smtp_password": "test-only"}, "in the clear"),
        ({"delivery_lease_seconds": 100}, "9 times"),
        ({"delivery_urgent_places": 8}, "needs a place"),
        ({"dkim_selector": "s1"}, "together"),
        ({"dkim_selector": "s1", "dkim_private_key": "nonsense"}, "no unencrypted private key"),
        ({"unsubscribe_url": "https://care.shop.example/unsubscribe"}, "PREFERENCES_SECRET"),
        ({"unsubscribe_url": "https://care.shop.example"}, "pattern"),
        ({"public_url": "http://care.shop.example"}, "must be https"),
        ({"delivery_uncertain": "guess"}, "resend"),
    ],
)
def test_what_cannot_work_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        settings(**changes)


def test_password_may_travel_encrypted() -> None:
    options = smtp_options(
        settings(smtp_host="mail.example", smtp_tls="starttls", smtp_username="us", smtp_password="test-only")
    )
    assert options.password == "test-only"


def test_policy_comes_from_its_file(tmp_path: Path) -> None:
    document = tmp_path / "policy.json"
    document.write_text('{"version": 7, "birthday": {"leap_day": "march_1"}}')
    policy = settings(policy_file=document).policy()
    assert (policy.version, policy.birthday.leap_day) == (7, LeapDayRule.MARCH_1)


@pytest.mark.parametrize("text", [None, "{", '{"rules": {}}', '{"unknown": 1}'])
def test_policy_that_cannot_be_read_is_refused_by_the_name_of_its_variable(tmp_path: Path, text: str | None) -> None:
    document = tmp_path / "policy.json"
    if text is not None:
        document.write_text(text)
    with pytest.raises(SettingsError, match="RAPPORT_NOTIFICATION_POLICY_FILE"):
        settings(policy_file=document).policy()
