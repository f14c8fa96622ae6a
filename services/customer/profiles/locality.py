"""Where a customer is at home: a time zone that exists and a region that is a country, with or without subdivision."""

import re
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

import phonenumbers

from shared.errors import InvalidInput

_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_NOT_A_PLACE = frozenset({"Factory", "localtime", "posixrules"})


@dataclass(frozen=True, slots=True)
class HomeDefaults:
    """What is assumed of a customer who does not say."""

    language: str
    time_zone: str


def check_time_zone(name: str) -> None:
    """Raises InvalidInput unless `name` is in the IANA database."""
    if name not in _time_zones():
        raise InvalidInput(
            "there is no such time zone; give its IANA name, for example `Asia/Shanghai`",
            code="time_zone_unknown",
            field="time_zone",
        )


def check_region(region: str) -> None:
    """Raises InvalidInput unless `region` is an ISO 3166 country, alone or with one of its subdivisions."""
    if not _REGION.fullmatch(region) or region[:2] not in phonenumbers.SUPPORTED_REGIONS:
        raise InvalidInput(
            "there is no such region; give an ISO 3166 code, for example `CN` or `CN-BJ`",
            code="region_unknown",
            field="region",
        )


@cache
def _time_zones() -> frozenset[str]:
    # Read once: the search through the database's files takes milliseconds.
    return frozenset(available_timezones()) - _NOT_A_PLACE
