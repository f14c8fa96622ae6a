"""What conditions may ask of a customer: some of its profile and its scores, as plain values by name. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.conditions.vocabulary import Value
from shared.contracts.customer import ProfileUpdated
from shared.contracts.scoring import ScoreChanged

_FIGURES = (
    "loyalty_level",
    "lifecycle_stage",
    "abc_class",
    "quadrant",
    "partnership_stage",
    "churn_risk",
    "satisfaction",
    "loyalty",
    "probability_active",
)
_MONEY = ("realised_value", "last_12_months")
"""Told in minor units, as `…_minor`; their currency is the reporting one of all scores."""
_RFM = ("rfm_recency", "rfm_frequency", "rfm_monetary")
_COUNTED = (*(f"{name}_minor" for name in _MONEY), *_RFM)
_NUMBERS = ("churn_risk", "satisfaction", "loyalty", "probability_active", *_COUNTED)
_SETS = ("interests", "tags")
_TYPES = {"key_account": "boolean", "has_owner": "boolean", "registered_at": "timestamptz"}
_TRAITS = (
    "region",
    "lifecycle",
    "gender",
    "occupation",
    "industry",
    "income_band",
    "source",
    "key_account",
    "has_owner",
    "registered_at",
)

CONDITION_COLUMNS: Mapping[str, str] = {
    "customer.is_person": "c.is_person",
    "customer.language": "nullif(c.language, '')",
    "customer.time_zone": "nullif(c.time_zone, '')",
    **{f"customer.{name}": f"(c.traits ->> '{name}')::{_TYPES.get(name, 'text')}" for name in _TRAITS},
    **{
        f"customer.{name}": f"CASE WHEN c.traits ? '{name}' "
        f"THEN ARRAY(SELECT jsonb_array_elements_text(c.traits -> '{name}')) END"
        for name in _SETS
    },
    "customer.segments": "nullif(ARRAY(SELECT m.segment_id::text FROM memberships AS m "
    "WHERE m.customer_id = c.customer_id AND m.inside), '{}')",
    **{
        f"score.{name}": f"(s.figures ->> '{name}')" + ("::numeric" if name in _NUMBERS else "")
        for name in (*_FIGURES, *_COUNTED)
    },
}
"""The same as SQL over `customers AS c` and `scores AS s`, by the names that conditions know them under."""


def traits_of(profile: ProfileUpdated) -> dict[str, Any]:
    """As JSON, without what is not known. Names, addresses and days are not among them."""
    told: dict[str, Any] = {
        "region": profile.region,
        "lifecycle": profile.lifecycle,
        "gender": profile.gender.value if profile.gender else None,
        "occupation": profile.occupation,
        "industry": profile.industry,
        "income_band": profile.income_band,
        "source": profile.acquisition_source,
        "interests": list(profile.interests) or None,
        "tags": list(profile.tags) or None,
        "key_account": profile.key_account,
        "has_owner": profile.owner is not None,
        "registered_at": profile.registered_at.isoformat(),
    }
    return {name: value for name, value in told.items() if value is not None}


def traits_from(kept: Mapping[str, Any]) -> dict[str, Value]:
    """The same as conditions take them: lists as sets, the instant as one."""
    traits: dict[str, Value] = {
        name: frozenset(value) if isinstance(value, list) else value for name, value in kept.items()
    }
    if "registered_at" in kept:
        traits["registered_at"] = datetime.fromisoformat(kept["registered_at"])
    return traits


def figures_of(score: ScoreChanged) -> dict[str, Any]:
    figures = {name: getattr(score, name) for name in _FIGURES}
    for name in _MONEY:
        money = getattr(score, name)
        figures[f"{name}_minor"] = money.minor if money is not None else None
    figures |= zip(_RFM, score.rfm or (), strict=False)
    return {name: value for name, value in figures.items() if value is not None}
