"""What a report says: from figures, reasons and facts to a document in one language."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.scoring.facts.fact import Fact, FactKind
from services.scoring.facts.measures import Measures
from services.scoring.policies.policy import MoneyPolicy
from services.scoring.scores.schemas.shapes import ScoreRead
from services.scoring.scores.sentences import Language, write_money
from services.scoring.value_reports.document import Block, Bullets, Chart, Document, Figures, Grid, Section
from services.scoring.value_reports.quarters import Quarter
from services.scoring.value_reports.wording import say, say_class, say_day, say_quarter
from shared.contracts.common import Money
from shared.currencies import MINOR_UNIT_DIGITS

_MOST_EVENTS: Final = 30
_ROUTINE: Final = frozenset({FactKind.USAGE, FactKind.NOTE, FactKind.ENGAGEMENT, FactKind.ASSIGNMENT})
"""Counted, but nothing that a report tells one by one."""
_GIVEN: Final = frozenset({
    FactKind.VISIT, FactKind.SERVICE, FactKind.CALL, FactKind.CORRESPONDENCE, FactKind.RESPONSE, FactKind.RESOLUTION,
    FactKind.FOLLOW_UP, FactKind.ENGAGEMENT,
})  # fmt: skip
"""What the business did for the customer."""


@dataclass(frozen=True, slots=True)
class Material:
    """All that a report is made of: the score at `as_of`, the last local day looked at, and the last quarters."""

    title: str | None
    score: ScoreRead
    as_of: date
    quarters: Sequence[Quarter]
    measures: Measures
    money: MoneyPolicy
    language: Language

    def say(self, name: str, *values: object) -> str:
        return say(name, self.language, *values)

    def amount(self, minor: int) -> str:
        return write_money(minor, self.money.currency, self.money.digits)

    def money_of(self, money: Money | None) -> str:
        """In its own currency: a score of the past is of the policy of then."""
        if money is None:
            return self.say("unknown")
        return write_money(money.minor, money.currency, MINOR_UNIT_DIGITS[money.currency])


def compose(material: Material) -> Document:
    score, quarter = material.score, material.quarters[-1]
    versions = score.policy_version, score.model_version, score.realised_value.value.currency
    return Document(
        language=material.language,
        title=material.title or material.say("title"),
        lines=(
            *((material.say("title"),) if material.title else ()),
            material.say("customer", score.customer_id),
            material.say(
                "period", say_quarter(quarter.period, material.language), say_day(material.as_of, material.language)
            ),
        ),
        sections=(
            Section(material.say("summary"), (_summary(material),)),
            Section(material.say("quarters"), tuple(_quarters(material))),
            Section(material.say("gained"), (_gained(material, quarter),)),
            Section(material.say("standing"), tuple(_standing(material))),
            Section(material.say("growth"), (_growth(material),)),
            Section(material.say("serving"), (_serving(material),)),
            Section(material.say("events"), tuple(_events(material, quarter))),
            Section(material.say("next"), (_next(material),)),
        ),
        notes=(material.say("no_model" if score.model_version is None else "versions", *versions),),
    )


def _summary(material: Material) -> Figures:
    score, language = material.score, material.language
    abc = None if score.abc_class is None else score.abc_class.value
    quadrant = None if score.quadrant is None else score.quadrant.value
    values = {
        "realised": material.money_of(score.realised_value.value),
        "last_year": material.money_of(score.realised_value.last_12_months),
        "current": material.money_of(score.current_value.value),
        "potential": material.money_of(score.growth_potential.value),
        "clp": material.money_of(score.lifetime_profit),
        "cost": material.money_of(score.cost_to_serve.value),
        "satisfaction": f"{score.satisfaction.value:g}",
        "loyalty": f"{score.loyalty.value:g}",
        "risk": material.say("unknown") if score.churn_risk is None else f"{score.churn_risk.value:g}",
        "level": say_class(score.loyalty_level.value, language),
        "stage": say_class(score.lifecycle_stage.value, language),
        "abc": say_class(abc, language),
        "quadrant": say_class(quadrant, language),
    }
    return Figures([(material.say(name), value) for name, value in values.items()])


def _quarters(material: Material) -> Iterator[Block]:
    names = [say_quarter(one.period, material.language) for one in material.quarters]
    margins = [float(one.statistics.realised / 10**material.money.digits) for one in material.quarters]
    title = material.say("margin_chart", material.money.currency)
    yield Chart(title, names, [(material.say("margin"), margins)])
    rows = []
    for name, one in zip(names, material.quarters, strict=True):
        found = one.statistics
        counts = (found.purchases, found.returns, sum(case.opened_first is not None for case in found.cases))
        sales = material.amount(found.revenue - found.returned_revenue)
        rows.append([name, sales, material.amount(found.realised), *map(str, counts)])
    columns = ("quarter", "revenue", "margin", "purchases", "returns", "complaints")
    yield Grid([material.say(column) for column in columns], rows)


def _gained(material: Material, quarter: Quarter) -> Block:
    counts = Counter(fact.kind for fact in quarter.facts if fact.kind in _GIVEN)
    if not counts:
        return Bullets([material.say("nothing")])
    rows = [[material.say(kind.name.lower()), str(counts[kind])] for kind in sorted(counts)]
    return Grid([material.say("kind"), material.say("times")], rows)


def _standing(material: Material) -> Iterator[Block]:
    names = [say_quarter(one.period, material.language) for one in material.quarters]
    series = [
        (material.say(name), [getattr(one.standing, figure) for one in material.quarters])
        for name, figure in (("satisfaction", "satisfaction"), ("loyalty", "loyalty"), ("risk", "churn_risk"))
    ]
    if any(value is not None for _, values in series for value in values):
        yield Chart(material.say("points_chart"), names, series, drawn="lines")
    score = material.score
    yield Bullets(
        [
            *(reason.sentence for reason in score.satisfaction.reasons),
            *(reason.sentence for reason in score.loyalty.reasons),
            *(reason.sentence for reason in score.loyalty_level.reasons),
            *(material.say("lacking", reason.sentence) for reason in score.loyalty_level.lacking),
        ]
    )


def _growth(material: Material) -> Bullets:
    current, potential = material.score.current_value, material.score.growth_potential
    lines = [one.sentence for one in (current.missing, potential.missing) if one is not None]
    if current.value_interval is not None:
        low, high = current.value_interval.low, current.value_interval.high
        lines.append(
            material.say("interval", material.money_of(low), material.money_of(high), f"{current.interval:.0%}")
        )
    lines += [reason.sentence for reason in (*current.reasons, *potential.reasons)]
    return Bullets(lines)


def _serving(material: Material) -> Bullets:
    reasons = material.score.cost_to_serve.reasons
    return Bullets([reason.sentence for reason in reasons] or [material.say("unknown")])


def _events(material: Material, quarter: Quarter) -> Iterator[Block]:
    told = [fact for fact in quarter.facts if fact.kind not in _ROUTINE]
    if not told:
        yield Bullets([material.say("nothing")])
        return
    columns = [material.say(name) for name in ("day", "kind", "amount")]
    yield Grid(columns, [_event(material, fact) for fact in told[: -_MOST_EVENTS - 1 : -1]])
    if len(told) > _MOST_EVENTS:
        yield Bullets([material.say("more_events", len(told) - _MOST_EVENTS)])


def _event(material: Material, fact: Fact) -> list[str]:
    day = say_day(material.measures.date(material.measures.day(fact.occurred_at)), material.language)
    amount = "" if fact.amount is None else material.amount(material.measures.revenue(fact))
    return [day, material.say(fact.kind.name.lower()), amount]


def _next(material: Material) -> Bullets:
    score = material.score
    lines = []
    if score.quadrant is not None:
        lines.append(material.say("service_rule", score.quadrant.service.text))
    if score.churn_risk is not None:
        risky = (reason for reason in score.churn_risk.reasons if (reason.points or 0) > 0)
        lines += [material.say("risk_reason", reason.sentence) for reason in risky]
    classes = (score.loyalty_level, score.lifecycle_stage, score.abc_class, score.quadrant)
    lifts = (lift for one in classes if one is not None for lift in one.lifts or ())
    lines += [material.say("lift", lift.sentence) for lift in lifts]
    return Bullets(lines or [material.say("unknown")])
