"""What the conditions of rules may speak of, and the facts they are held against. Pure."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from services.notification.rules.kinds import EVENTS, OF_OCCASIONS, Told
from services.notification.values import Member
from shared.conditions.condition import All, AnyOf, Comparison, Condition, Not
from shared.conditions.vocabulary import Field, FieldType, Value, Vocabulary
from shared.contracts.scoring import AbcClass, LifecycleStage, LoyaltyLevel, PartnershipStage, Quadrant

_TEXT, _TEXTS, _NUMBER = FieldType.TEXT, FieldType.TEXTS, FieldType.NUMBER
_BOOLEAN, _INSTANT = FieldType.BOOLEAN, FieldType.INSTANT

OF_CUSTOMERS = (
    Field("customer.is_person", _BOOLEAN, "a person, not an organisation"),
    Field("customer.language", _TEXT, "as told in the profile, for example zh-CN"),
    Field("customer.time_zone", _TEXT, "for example Asia/Shanghai"),
    Field("customer.region", _TEXT, "as the business names regions"),
    Field("customer.lifecycle", _TEXT, "of the record: prospect, target, active, lapsed, won_back"),
    Field("customer.gender", _TEXT, "as told", choices=("female", "male", "other")),
    Field("customer.occupation", _TEXT, "as told"),
    Field("customer.industry", _TEXT, "as told"),
    Field("customer.income_band", _TEXT, "as the business sorts incomes"),
    Field("customer.source", _TEXT, "how the customer came"),
    Field("customer.interests", _TEXTS, "as told"),
    Field("customer.tags", _TEXTS, "as set"),
    Field("customer.segments", _TEXTS, "ids of the segments that the customer belongs to"),
    Field("customer.key_account", _BOOLEAN, "a key account"),
    Field("customer.has_owner", _BOOLEAN, "somebody looks after the customer"),
    Field("customer.registered_at", _INSTANT, "when the customer was registered"),
)
OF_SCORES = (
    Field("score.loyalty_level", _TEXT, "rung of the ladder", tuple(LoyaltyLevel)),
    Field("score.lifecycle_stage", _TEXT, "stage of the relationship", tuple(LifecycleStage)),
    Field("score.abc_class", _TEXT, "class by margin", tuple(AbcClass)),
    Field("score.quadrant", _TEXT, "value and potential", tuple(Quadrant)),
    Field("score.partnership_stage", _TEXT, "of organisations", tuple(PartnershipStage)),
    Field("score.churn_risk", _NUMBER, "how likely it leaves", unit="0-100"),
    Field("score.satisfaction", _NUMBER, "as scored", unit="0-100"),
    Field("score.loyalty", _NUMBER, "as scored", unit="0-100"),
    Field("score.probability_active", _NUMBER, "that the customer still buys", unit="0-1"),
    Field("score.rfm_recency", _NUMBER, "fifth by how recently it bought, 5 the latest", unit="1-5"),
    Field("score.rfm_frequency", _NUMBER, "fifth by how often it bought, 5 the most", unit="1-5"),
    Field("score.rfm_monetary", _NUMBER, "fifth by what it brought, 5 the most", unit="1-5"),
    Field("score.realised_value_minor", _NUMBER, "margin to date", unit="minor units of the reporting currency"),
    Field("score.last_12_months_minor", _NUMBER, "of them, the last twelve months'", unit="as realised_value_minor"),
)


@lru_cache(maxsize=64)
def vocabulary_of(event: str | None) -> Vocabulary:
    """The fields for rules on this kind of event, or (None) on a day."""
    told = OF_OCCASIONS if event is None else EVENTS[event].tells
    return Vocabulary([*map(_field_of, told), *OF_CUSTOMERS, *OF_SCORES])


def _field_of(told: Told) -> Field:
    return Field(f"event.{told.name}", told.type, told.description, told.choices, told.unit)


def facts_for(inputs: Mapping[str, Value], member: Member) -> dict[str, Value]:
    """What is known when a rule is asked: `inputs` is what the trigger tells."""
    facts: dict[str, Value] = {f"event.{name}": value for name, value in inputs.items()}
    facts.update((f"customer.{name}", value) for name, value in member.traits.items())
    facts.update((f"score.{name}", value) for name, value in member.figures.items())
    facts["customer.segments"] = member.segments or None
    facts["customer.is_person"] = member.is_person
    facts["customer.language"] = member.language or None
    facts["customer.time_zone"] = member.time_zone or None
    return facts


def about_customers(condition: Condition, *, doubtful: bool = True) -> Condition:
    """The part of a condition that speaks of customers: what it asks of the trigger is taken as granted."""
    match condition:
        case All(parts):
            return All(tuple(about_customers(part, doubtful=doubtful) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(about_customers(part, doubtful=doubtful) for part in parts))
        case Not(part):
            return Not(about_customers(part, doubtful=not doubtful))
        case Comparison(field) if field.name.startswith("event."):
            return All(()) if doubtful else Not(All(()))
    return condition


def plain_inputs(inputs: Mapping[str, Value]) -> dict[str, Any]:
    """Inputs as JSON."""
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in inputs.items()}


def inputs_from(plain: Mapping[str, Any]) -> dict[str, Value]:
    return {name: frozenset(value) if isinstance(value, list) else value for name, value in plain.items()}
