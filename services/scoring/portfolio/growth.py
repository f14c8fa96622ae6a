"""What a customer buys in a year, what the better ones of their peers buy, and what is missing between the two."""

import math
from array import array
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.scoring.facts.measures import Measures, divide
from services.scoring.facts.statistics import Statistics
from services.scoring.policies.policy import GrowthPolicy, QuadrantPolicy
from services.scoring.policies.policy.growth import PeerDimension

Integers = NDArray[np.int64]

YEAR_DAYS: Final = 365
EVERYBODY: Final = ""
"""The peer group of those whose own group is unknown or too small."""

_UNKNOWN: Final = -1

_LARGEST: Final = 10**17
"""What columns carry of a single figure: far more than any sum of ordinary facts."""


class Pattern(NamedTuple):
    """`frequency`: purchase days of the last twelve months; `basket`: the mean realised margin of a purchase day, ever,
    and at least 0; `breadth`: categories bought."""

    frequency: int
    basket: int
    breadth: int


@dataclass(frozen=True, slots=True)
class Peers:
    """The mark that the better `upper_share` of a peer group reach, each figure by itself; `customers` bought within
    the last twelve months."""

    customers: int
    frequency: int
    basket: int
    breadth: int

    @property
    def marks(self) -> Pattern:
        return Pattern(self.frequency, self.basket, self.breadth)


class Gap(NamedTuple):
    """Margin that a year lacks, in minor units, by what is missing; none of it is below 0."""

    frequency: int = 0
    basket: int = 0
    breadth: int = 0
    wallet: int = 0

    @property
    def total(self) -> int:
        return sum(self)


@dataclass(frozen=True, slots=True)
class YearlyMarks:
    """Where quadrants begin: margin of the last twelve months for core and maintain, a year's gap for high potential.
    None where nobody bought within them."""

    core_minimum: int | None = None
    maintain_minimum: int | None = None
    potential_minimum: int | None = None
    peers: dict[str, Peers] = field(default_factory=dict)

    def peers_of(self, group: str) -> Peers | None:
        return self.peers.get(group) or self.peers.get(EVERYBODY)


def pattern_of(statistics: Statistics, today: int) -> Pattern:
    bought = len(statistics.purchase_days)
    return Pattern(
        frequency=statistics.purchase_days_since(today - YEAR_DAYS + 1),
        basket=max(divide(statistics.realised, bought), 0) if bought else 0,
        breadth=len(statistics.categories),
    )


def group_of(statistics: Statistics, dimension: PeerDimension) -> str:
    """The peer group of a customer; everybody's where nothing is known of it."""
    profile = statistics.more.profile
    return EVERYBODY if profile is None or dimension == "none" else getattr(profile, dimension) or EVERYBODY


def wallet_gap(statistics: Statistics, measures: Measures, today: int) -> Gap | None:
    """Of an account whose wallet is known: the margin that the share not yet won would bring a year, at the margin rate
    of its own purchases. None where nothing is known of a wallet, or the policy does not convert its currency."""
    profile = statistics.more.profile
    wallets = () if profile is None else profile.wallets
    yearly = [measures.convert(wallet.yearly, wallet.currency) for wallet in wallets]
    known = sum(one for one in yearly if one is not None)
    if not known or statistics.revenue <= 0:
        return None
    whole = divide(known * max(statistics.margin, 0), statistics.revenue)
    return Gap(wallet=max(whole - statistics.margin_since(today - YEAR_DAYS + 1), 0))


def yearly_gap(statistics: Statistics, peers: Peers, policy: GrowthPolicy, measures: Measures, today: int) -> Gap:
    """What the year lacks: of the wallet where it is known, else against the peers."""
    won = wallet_gap(statistics, measures, today) if statistics.more.profile is not None else None
    return gap_of(pattern_of(statistics, today), peers, policy) if won is None else won


def gap_of(pattern: Pattern, peers: Peers, policy: GrowthPolicy) -> Gap:
    """More often at the own basket; then the better basket at the better frequency; then more categories on top."""
    often, rich = max(pattern.frequency, peers.frequency), max(pattern.basket, peers.basket)
    missing_categories = max(peers.breadth - pattern.breadth, 0)
    return Gap(
        frequency=(often - pattern.frequency) * pattern.basket,
        basket=often * (rich - pattern.basket),
        breadth=divide(missing_categories * policy.category_percent * often * rich, 100),
    )


class YearTable:
    """Everybody who bought within the last twelve months, in columns: a million customers take some 30 MB."""

    def __init__(self, measures: Measures) -> None:
        self._measures = measures
        self._groups: dict[str, int] = {EVERYBODY: 0}
        self._group = array("i")
        self._pattern = (array("q"), array("q"), array("q"))
        self._earned = array("q")
        self._wallet = array("q")

    def add(self, statistics: Statistics, group: str, today: int) -> None:
        pattern = pattern_of(statistics, today)
        if pattern.frequency == 0:
            return
        self._group.append(self._groups.setdefault(group, len(self._groups)))
        for column, value in zip(self._pattern, pattern, strict=True):
            column.append(min(value, _LARGEST))
        won = wallet_gap(statistics, self._measures, today)
        self._wallet.append(_UNKNOWN if won is None else min(won.wallet, _LARGEST))
        self._earned.append(max(-_LARGEST, min(statistics.realised_since(today - YEAR_DAYS + 1), _LARGEST)))

    def mark(self, growth: GrowthPolicy, quadrants: QuadrantPolicy) -> YearlyMarks:
        """Where the quadrants begin, and the marks of each group of peers that is large enough."""
        if not self._earned:
            return YearlyMarks()
        peers = self._peers(growth)
        of_group = {index: peers.get(name, peers[EVERYBODY]) for name, index in self._groups.items()}
        patterns = map(Pattern, *self._pattern)
        gaps = (
            min(gap_of(pattern, of_group[group], growth).total, _LARGEST) if wallet == _UNKNOWN else wallet
            for group, pattern, wallet in zip(self._group, patterns, self._wallet, strict=True)
        )
        earned = np.array(self._earned)
        return YearlyMarks(
            core_minimum=upper_mark(earned, quadrants.core_share),
            maintain_minimum=upper_mark(earned, quadrants.maintain_share),
            potential_minimum=upper_mark(np.fromiter(gaps, dtype=np.int64), quadrants.potential_share),
            peers=peers,
        )

    def _peers(self, policy: GrowthPolicy) -> dict[str, Peers]:
        of, columns = np.array(self._group), [np.array(column) for column in self._pattern]
        peers = {}
        for name, index in sorted(self._groups.items()):
            chosen = slice(None) if name == EVERYBODY else of == index
            members = [column[chosen] for column in columns]
            if name == EVERYBODY or members[0].size >= policy.minimum_peers:
                marks = (upper_mark(member, policy.upper_share) for member in members)
                peers[name] = Peers(members[0].size, *marks)
        return peers


def upper_mark(values: Integers, share: Decimal) -> int:
    """The value that the best `share` of them reach; of the number of those, rounded up, at least one does."""
    reaching = math.ceil(values.size * share)
    return int(np.partition(values, values.size - reaching)[values.size - reaching])
