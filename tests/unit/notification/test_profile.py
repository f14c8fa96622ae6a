"""What is kept of a profile: the latest word on each consent, and the address that was meant."""

from datetime import timedelta

from services.notification.audience.profile import email_of, granted_by, parse_permission, permission_text
from services.notification.values import Permission
from shared.contracts.common import Channel, Purpose
from shared.contracts.customer import Consent, ContactPoint
from tests.support.factories.notification import ALL_PERMISSIONS, NOON


def consent(granted: bool, *, hours: int, purpose: Purpose = Purpose.CARE) -> Consent:
    return Consent(channel=Channel.EMAIL, purpose=purpose, granted=granted, at=NOON + timedelta(hours=hours))


def test_without_a_word_there_is_no_consent() -> None:
    assert granted_by(()) == frozenset()


def test_latest_word_counts_wherever_it_stands() -> None:
    assert granted_by((consent(False, hours=2), consent(True, hours=1))) == frozenset()
    assert granted_by((consent(True, hours=2), consent(False, hours=1))) == {Permission(Channel.EMAIL, Purpose.CARE)}


def test_of_two_words_of_one_instant_the_withdrawal_counts() -> None:
    given, withdrawn = consent(True, hours=1), consent(False, hours=1)
    assert granted_by((given, withdrawn)) == granted_by((withdrawn, given)) == frozenset()


def test_purposes_are_consented_to_apart() -> None:
    given = (consent(True, hours=0), consent(False, hours=0, purpose=Purpose.MARKETING))
    assert granted_by(given) == {Permission(Channel.EMAIL, Purpose.CARE)}


def test_primary_email_is_preferred_and_numbers_are_none() -> None:
    mobile = ContactPoint(kind="mobile", address="+8613800138000")
    second = ContactPoint(kind="email", address="second@example.com", primary=False)
    first = ContactPoint(kind="email", address="first@example.com", primary=True)
    assert email_of((mobile, second, first)) == "first@example.com"
    assert email_of((mobile, second)) == "second@example.com"
    assert email_of((mobile,)) is None


def test_permissions_survive_being_written_down() -> None:
    assert {parse_permission(permission_text(one)) for one in ALL_PERMISSIONS} == ALL_PERMISSIONS
