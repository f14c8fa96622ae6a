"""The Chinese calendar from the motions of sun and moon: an oracle that shares no table with the code under test.

Rules: a month begins on the day of the new moon in China (UTC+8); the eleventh month holds the winter solstice; where
thirteen months lie between two eleventh ones, the first without a principal solar term is a leap month and repeats the
number before it. New moons after Meeus, Astronomical Algorithms (2nd ed.), chapter 49; the sun's longitude after
chapter 25; the earth's slowing by Espenak and Meeus's polynomials.
"""

import functools
from datetime import date, timedelta
from math import cos, floor, radians, sin
from typing import NamedTuple

CHINA_HOURS = 8
_SYNODIC_MONTH = 29.530588861
_UNIX_EPOCH_JD = 2440587.5


class LunarMonth(NamedTuple):
    first_day: date
    year: int
    month: int
    leap: bool


def _delta_t_seconds(year: float) -> float:
    if year < 1920:
        t = year - 1900
        return -2.79 + 1.494119 * t - 0.0598939 * t**2 + 0.0061966 * t**3 - 0.000197 * t**4
    if year < 1941:
        t = year - 1920
        return 21.20 + 0.84493 * t - 0.0761 * t**2 + 0.0020936 * t**3
    if year < 1961:
        t = year - 1950
        return 29.07 + 0.407 * t - t**2 / 233 + t**3 / 2547
    if year < 1986:
        t = year - 1975
        return 45.45 + 1.067 * t - t**2 / 260 - t**3 / 718
    if year < 2005:
        t = year - 2000
        return 63.86 + 0.3345 * t - 0.060374 * t**2 + 0.0017275 * t**3 + 0.000651814 * t**4 + 0.00002373599 * t**5
    if year < 2050:
        t = year - 2000
        return 62.92 + 0.32217 * t + 0.005589 * t**2
    return -20 + 32 * ((year - 1820) / 100) ** 2 - 0.5628 * (2150 - year)


def _china_day(jde: float) -> date:
    year = 2000 + (jde - 2451545.0) / 365.25
    days = jde - _delta_t_seconds(year) / 86400 + CHINA_HOURS / 24 - _UNIX_EPOCH_JD
    return date(1970, 1, 1) + timedelta(days=floor(days))


# Coefficient, power of E, and multiples of M, M', F, omega.
_NEW_MOON_TERMS = (
    (-0.40720, 0, 0, 1, 0, 0),
    (0.17241, 1, 1, 0, 0, 0),
    (0.01608, 0, 0, 2, 0, 0),
    (0.01039, 0, 0, 0, 2, 0),
    (0.00739, 1, -1, 1, 0, 0),
    (-0.00514, 1, 1, 1, 0, 0),
    (0.00208, 2, 2, 0, 0, 0),
    (-0.00111, 0, 0, 1, -2, 0),
    (-0.00057, 0, 0, 1, 2, 0),
    (0.00056, 1, 1, 2, 0, 0),
    (-0.00042, 0, 0, 3, 0, 0),
    (0.00042, 1, 1, 0, 2, 0),
    (0.00038, 1, 1, 0, -2, 0),
    (-0.00024, 1, -1, 2, 0, 0),
    (-0.00017, 0, 0, 0, 0, 1),
    (-0.00007, 0, 2, 1, 0, 0),
    (0.00004, 0, 0, 2, -2, 0),
    (0.00004, 0, 3, 0, 0, 0),
    (0.00003, 0, 1, 1, -2, 0),
    (0.00003, 0, 0, 2, 2, 0),
    (-0.00003, 0, 1, 1, 2, 0),
    (0.00003, 0, -1, 1, 2, 0),
    (-0.00002, 0, -1, 1, -2, 0),
    (-0.00002, 0, 1, 3, 0, 0),
    (0.00002, 0, 0, 4, 0, 0),
)
_PLANETARY_TERMS = (
    (299.77, 0.107408, 0.000325),
    (251.88, 0.016321, 0.000165),
    (251.83, 26.651886, 0.000164),
    (349.42, 36.412478, 0.000126),
    (84.66, 18.206239, 0.000110),
    (141.74, 53.303771, 0.000062),
    (207.14, 2.453732, 0.000060),
    (154.84, 7.306860, 0.000056),
    (34.52, 27.261239, 0.000047),
    (207.19, 0.121824, 0.000042),
    (291.34, 1.844379, 0.000040),
    (161.72, 24.198154, 0.000037),
    (239.56, 25.513099, 0.000035),
    (331.55, 3.592518, 0.000023),
)


def _new_moon(k: int) -> float:
    """The Julian ephemeris day of the new moon number `k` after that of 6 January 2000."""
    t = k / 1236.85
    jde = 2451550.09766 + _SYNODIC_MONTH * k + 0.00015437 * t**2 - 0.000000150 * t**3 + 0.00000000073 * t**4
    e = 1 - 0.002516 * t - 0.0000074 * t**2
    sun = radians(2.5534 + 29.10535670 * k - 0.0000014 * t**2)
    moon = radians(201.5643 + 385.81693528 * k + 0.0107582 * t**2 + 0.00001238 * t**3)
    latitude = radians(160.7108 + 390.67050284 * k - 0.0016118 * t**2 - 0.00000227 * t**3)
    node = radians(124.7746 - 1.56375588 * k + 0.0020672 * t**2)
    for size, power, a, b, c, d in _NEW_MOON_TERMS:
        jde += size * e**power * sin(a * sun + b * moon + c * latitude + d * node)
    for start, rate, size in _PLANETARY_TERMS:
        argument = start + rate * k - (0.009173 * t**2 if start == 299.77 else 0)
        jde += size * sin(radians(argument))
    return jde


def _sun_longitude(jde: float) -> float:
    """Apparent geocentric longitude in degrees, to about 0.01."""
    t = (jde - 2451545.0) / 36525
    mean = 280.46646 + 36000.76983 * t + 0.0003032 * t**2
    anomaly = radians(357.52911 + 35999.05029 * t - 0.0001537 * t**2)
    center = (
        (1.914602 - 0.004817 * t - 0.000014 * t**2) * sin(anomaly)
        + (0.019993 - 0.000101 * t) * sin(2 * anomaly)
        + 0.000289 * sin(3 * anomaly)
    )
    node = radians(125.04 - 1934.136 * t)
    # Venus, Jupiter, the moon and a long inequality, after chapter 25 of the first edition.
    perturbations = (
        0.00134 * cos(radians(153.23 + 22518.7541 * t))
        + 0.00154 * cos(radians(216.57 + 45037.5082 * t))
        + 0.00200 * cos(radians(312.69 + 32964.3577 * t))
        + 0.00179 * sin(radians(350.74 + 445267.1142 * t))
        + 0.00178 * sin(radians(251.19 + 20.20 * t))
    )
    return (mean + center + perturbations - 0.00569 - 0.00478 * sin(node)) % 360


def _principal_term(index: int) -> float:
    """When the sun reaches `index` times 30 degrees; index 0 is the equinox of March 2000, 9 that year's solstice."""
    jde = 2451623.80984 + index * 365.242189 / 12
    for _ in range(8):
        error = (index * 30 - _sun_longitude(jde) + 180) % 360 - 180
        jde += error * 365.242189 / 360
    return jde


@functools.cache
def _term_day(index: int) -> date:
    return _china_day(_principal_term(index))


@functools.cache
def _moon_day(k: int) -> date:
    return _china_day(_new_moon(k))


def _eleventh_month(solar_year: int) -> int:
    """The number of the new moon that begins the month with the winter solstice of `solar_year`."""
    solstice = _term_day(9 + 12 * (solar_year - 2000))
    k = floor((solstice - date(2000, 1, 6)).days / _SYNODIC_MONTH) + 1
    while _moon_day(k) > solstice:
        k -= 1
    return k


def _has_principal_term(k: int) -> bool:
    first, following = _moon_day(k), _moon_day(k + 1)
    near = round((first - date(2000, 3, 20)).days / (365.242189 / 12))
    return any(first <= _term_day(index) < following for index in range(near - 1, near + 4))


def months_between_solstices(solar_year: int) -> list[LunarMonth]:
    """The months from the eleventh of lunar `solar_year` - 1 up to that of `solar_year`."""
    start, end = _eleventh_month(solar_year - 1), _eleventh_month(solar_year)
    needs_leap = end - start == 13
    months: list[LunarMonth] = []
    number, year = 10, solar_year - 1
    for k in range(start, end):
        leap = needs_leap and not _has_principal_term(k)
        if leap:
            needs_leap = False
        else:
            number = number % 12 + 1
            year = solar_year if number == 1 else year
        months.append(LunarMonth(_moon_day(k), year, number, leap))
    return months


def sun_reaches(degrees: int, solar_year: int) -> date:
    """The day in China on which the sun comes to this longitude, up to 280 degrees: 15 is 清明, 270 is 冬至."""
    jde = 2451623.80984 + (degrees / 360 + solar_year - 2000) * 365.242189
    for _ in range(8):
        jde += ((degrees - _sun_longitude(jde) + 180) % 360 - 180) * 365.242189 / 360
    return _china_day(jde)
