"""A customer as segments see them: the words of the vocabulary, each with what is known; None where nothing is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.scoring.facts.measures import Measures, from_microseconds
from services.scoring.facts.profile import Profile
from services.scoring.facts.statistics import Statistics
from services.scoring.scores.satisfaction import is_open
from services.scoring.scores.telling import MONEY_FIGURES, TENTHS, Told

Subject = dict[str, Any]

_CLASSES: Final = ("loyalty_level", "lifecycle_stage", "abc_class", "quadrant", "partnership_stage")
_RFM: Final = ("recency", "frequency", "monetary")


@dataclass(frozen=True, slots=True)
class Source:
    """What is kept of one customer in several places. `traits`: the row of that table; `told`: the score as last
    told."""

    customer_id: UUID
    statistics: Statistics | None = None
    told: Told | None = None
    profile: Profile | None = None
    registered_at: datetime | None = None
    traits: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Units:
    """How what is counted in whole numbers is written: days of which zone, money with how many decimals."""

    measures: Measures
    digits: int

    def money(self, minor: int | None) -> Decimal | None:
        return None if minor is None else Decimal(minor).scaleb(-self.digits)


def describe(source: Source, units: Units) -> Subject:
    """Values by the names of the vocabulary."""
    return {
        **_who(source, units),
        **(_score(source.told, units) if source.told is not None else {}),
        **(_behaviour(source.statistics, units) if source.statistics is not None else {}),
    }


def _who(source: Source, units: Units) -> Subject:
    profile = source.profile
    if profile is None and source.statistics is not None:
        profile = source.statistics.more.profile
    known: Subject = {"registered_at": source.registered_at}
    if source.traits is not None:
        known.update({name: value for name, value in source.traits.items() if name not in ("customer_id", "version")})
        known["tags"] = frozenset(known["tags"])
        known["coverage_risks"] = frozenset(known["coverage_risks"])
    if profile is not None:
        wallets = [units.measures.convert(one.yearly, one.currency) for one in profile.wallets]
        convertible = [wallet for wallet in wallets if wallet is not None]
        known.update(
            kind=profile.kind,
            region=profile.region,
            industry=profile.industry,
            key_account=profile.key_account,
            wallet=units.money(sum(convertible)) if convertible else None,
            main_contact_gone=profile.main_contact_gone,
            abuse_flags=profile.abuse_flags,
        )
    return known


def _score(told: Told, units: Units) -> Subject:
    shown: Subject = {name: units.money(getattr(told, name)) for name in MONEY_FIGURES}
    for name in TENTHS:
        tenths = getattr(told, name)
        shown[name] = None if tenths is None else Decimal(tenths) / 10
    probability = told.probability_active
    shown["probability_active"] = None if probability is None else Decimal(str(probability))
    shown.update({name: getattr(told, name) for name in _CLASSES})
    shown.update(zip(_RFM, told.rfm or (None, None, None), strict=True))
    shown["churn_reasons"] = frozenset(told.churn_reasons)
    return shown


def _behaviour(statistics: Statistics, units: Units) -> Subject:
    first, last, measures = statistics.first_day, statistics.last_day, units.measures
    more, seen = statistics.more, statistics.facts > 0
    return {
        "purchases": statistics.purchases,
        "purchase_days": len(statistics.purchase_days),
        "revenue": units.money(statistics.revenue),
        "first_purchase_on": None if first is None else measures.date(first),
        "last_purchase_on": None if last is None else measures.date(last),
        "categories": frozenset(statistics.categories),
        "category_count": len(statistics.categories),
        "returns": statistics.returns,
        "visits": statistics.visits,
        "referrals": statistics.referrals,
        "surveys": sum(one.answers for one in statistics.surveys),
        "complaints": sum(case.opened_first is not None for case in statistics.cases),
        "open_complaints": sum(map(is_open, statistics.cases)),
        "late_invoices": len(more.late_invoices),
        "competitor_signs": sum(sign.facts for sign in more.signs),
        "first_interaction_at": from_microseconds(statistics.first_at) if seen else None,
        "last_interaction_at": from_microseconds(statistics.last_at) if seen else None,
    }
