"""An explained score as the API shows it: figures written out, reasons as sentences, facts as event ids."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from services.scoring.facts.fact import Fact
from services.scoring.lifetime.expectation import Interval
from services.scoring.policies.policy import MoneyPolicy
from services.scoring.scores.reason import Reason
from services.scoring.scores.satisfaction import CASE_FACTS
from services.scoring.scores.sentences import Language, say, write_money

Unit = Literal["points", "money", "none"]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes reasons in one language; `facts` of the customer, where event ids were asked for."""

    money: MoneyPolicy
    language: Language
    facts: Sequence[Fact] | None
    most_events: int

    def reasons(self, reasons: Iterable[Reason], unit: Unit = "none") -> list[dict[str, object]]:
        return [self.reason(reason, unit) for reason in reasons]

    def reason(self, reason: Reason, unit: Unit = "none") -> dict[str, object]:
        currency, digits = self.money.currency, self.money.digits
        amount = reason.amount or 0
        written = write_money(amount, currency, digits) if unit == "money" else f"{amount / 10:g}"
        shown: dict[str, object] = {
            "rule": reason.rule,
            "sentence": say(reason, self.language, amount=written, currency=currency, digits=digits),
            "evidence": dict(reason.evidence),
        }
        if unit == "points":
            shown["points"] = amount / 10
        elif unit == "money":
            shown["money"] = self.amount(amount)
        if self.facts is not None:
            events = [fact.event_id for fact in self.facts if _stands_behind(fact, reason)]
            shown.update(event_count=len(events), events=events[: -self.most_events - 1 : -1])
        return shown

    def say(self, rule: str) -> str:
        return str(self.reason(Reason(rule, None))["sentence"])

    def amount(self, minor: int) -> dict[str, object]:
        return {"minor": minor, "currency": self.money.currency}

    def interval(self, interval: Interval | None) -> dict[str, object] | None:
        return None if interval is None else {"low": round(interval.low, 4), "high": round(interval.high, 4)}

    def money_interval(self, interval: Interval | None) -> dict[str, object] | None:
        """From major units, as the model has them."""
        if interval is None:
            return None
        factor = 10**self.money.digits
        return {"low": self.amount(round(interval.low * factor)), "high": self.amount(round(interval.high * factor))}


def _stands_behind(fact: Fact, reason: Reason) -> bool:
    if fact.kind not in reason.facts:
        return False
    if reason.case is not None and fact.kind in CASE_FACTS:
        return (fact.detail.source, fact.detail.case) == reason.case
    return True
