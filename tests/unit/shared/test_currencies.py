from collections import Counter

import pytest

from shared.currencies import MINOR_UNIT_DIGITS


@pytest.mark.parametrize(
    ("code", "digits"),
    [("CNY", 2), ("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("HUF", 2), ("DEM", 2), ("ITL", 0)],
)
def test_digits_are_those_of_iso_4217(code: str, digits: int) -> None:
    assert MINOR_UNIT_DIGITS[code] == digits


def test_the_list_in_force_is_whole_and_every_code_is_well_formed() -> None:
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in MINOR_UNIT_DIGITS)
    assert Counter(MINOR_UNIT_DIGITS.values()) == {0: 17 + 13, 2: 139 + 40, 3: 7, 4: 2}


@pytest.mark.parametrize("code", ["XAU", "XDR", "XXX", "XTS", "cny"])
def test_what_is_no_money_has_no_digits(code: str) -> None:
    assert code not in MINOR_UNIT_DIGITS
