"""Addresses and numbers come out in one spelling, or are refused without being repeated."""

import pytest

from services.customer.profiles.contact_points import normalise_contact_points
from shared.contracts.customer import ContactPoint
from shared.errors import InvalidInput


def email(address: str, *, primary: bool = False) -> ContactPoint:
    return ContactPoint(kind="email", address=address, primary=primary)


def mobile(number: str, *, primary: bool = False) -> ContactPoint:
    return ContactPoint(kind="mobile", address=number, primary=primary)


@pytest.mark.parametrize(
    ("number", "region", "expected"),
    [
        ("138 0013 8000", "CN", "+8613800138000"),
        ("138-0013-8000", "CN-BJ", "+8613800138000"),
        ("+86 138 0013 8000", None, "+8613800138000"),
        ("+44 7911 123456", "CN", "+447911123456"),
        ("(202) 555-0123", "US", "+12025550123"),
    ],
)
def test_mobile_is_kept_in_e164(number: str, region: str | None, expected: str) -> None:
    assert normalise_contact_points([mobile(number)], region) == (mobile(expected, primary=True),)


@pytest.mark.parametrize(
    ("number", "region", "words"),
    [
        ("138 0013 8000", None, "begin with +"),
        ("138 0013 80", "CN", "no such number"),
        ("not a number", "CN", "not a telephone number"),
        ("010 6255 2233", "CN", "not a mobile"),
    ],
)
def test_mobile_is_refused_when_it_cannot_be_one(number: str, region: str | None, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        normalise_contact_points([email("a@example.com"), mobile(number)], region)
    assert (caught.value.code, caught.value.field) == ("mobile_invalid", "contact_points[1].address")


def test_email_is_kept_with_its_domain_in_lower_case() -> None:
    assert normalise_contact_points([email("Test.One@EXAMPLE.com")], None)[0].address == "Test.One@example.com"


def test_email_has_its_domain_as_mail_servers_want_it() -> None:
    assert normalise_contact_points([email("one@例え.jp")], None)[0].address == "one@xn--r8jz45g.jp"


@pytest.mark.parametrize(
    "address",
    ["nobody", "a@", "@example.com", "Test <a@example.com>", "a@localhost", "a b@c.de", "用户@example.com"],
)
def test_email_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        normalise_contact_points([email(address)], None)
    assert (caught.value.code, caught.value.field) == ("email_invalid", "contact_points[0].address")
    assert address not in caught.value.detail.split()


def test_first_of_a_kind_becomes_primary_when_none_says_so() -> None:
    points = [email("a@example.com"), mobile("+8613800138000"), email("b@example.com")]
    assert [point.primary for point in normalise_contact_points(points, None)] == [True, True, False]


def test_the_one_that_says_so_is_primary() -> None:
    points = [email("a@example.com"), email("b@example.com", primary=True)]
    assert [point.primary for point in normalise_contact_points(points, None)] == [False, True]


def test_second_primary_is_refused_naming_the_first() -> None:
    points = [email("a@example.com", primary=True), email("b@example.com", primary=True)]
    with pytest.raises(InvalidInput, match=r"contact_points\[0\]") as caught:
        normalise_contact_points(points, None)
    assert caught.value.field == "contact_points[1].primary"


def test_same_address_twice_is_refused_however_it_is_spelt() -> None:
    with pytest.raises(InvalidInput) as caught:
        normalise_contact_points([mobile("138 0013 8000"), mobile("+8613800138000")], "CN")
    assert (caught.value.code, caught.value.field) == ("contact_point_repeated", "contact_points[1].address")


def test_normalising_twice_changes_nothing() -> None:
    once = normalise_contact_points([email("A@EXAMPLE.com"), mobile("138 0013 8000")], "CN")
    assert normalise_contact_points(once, None) == once
