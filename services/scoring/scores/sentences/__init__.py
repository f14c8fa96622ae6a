"""Reasons as sentences, in the languages of the people who read them."""

import re
from typing import Any, Final

from services.scoring.scores.reason import Reason
from services.scoring.scores.sentences import classes, lifts, opinions
from services.scoring.scores.sentences import value as values
from services.scoring.scores.sentences.languages import WORDS, Language, Phrase, choose_language

__all__ = ["Language", "choose_language", "say", "write_money"]

_MONEY = frozenset({
    "revenue", "returned", "bought", "mean_margin", "realised", "a_minimum", "b_minimum", "own_basket", "mark_basket",
    "yearly", "last_year", "yearly_gap", "core_minimum", "maintain_minimum", "potential_minimum", "margin",
})  # fmt: skip
"""Evidence that is minor units of the reporting currency."""

_ONE: Final = re.compile(
    r"(?<![\d.,])1 (?P<between>(?:[a-z]+ ){0,2})"
    r"(?P<noun>purchases|returns|days|weeks|years|points|categories|recommendations|answers|invoices|signs|complaints|times)\b"
)
"""Sentences are written for many; of one thing English speaks otherwise."""

_SENTENCES: Final[dict[str, Phrase]] = {
    **values.SENTENCES,
    **opinions.SENTENCES,
    **classes.SENTENCES,
    **lifts.SENTENCES,
}


def say(reason: Reason, language: Language, *, amount: str, currency: str, digits: int) -> str:
    """The reason as one sentence; `amount` is its part of the figure, written as the figure is."""
    written: dict[str, Any] = {"amount": amount}
    for name, value in reason.evidence.items():
        if name in _MONEY and isinstance(value, int):
            written[name] = write_money(value, currency, digits)
        elif isinstance(value, str) and value in WORDS and name != "case":
            written[name] = WORDS[value][language]
        else:
            written[name] = value
    said = _SENTENCES[reason.rule][language].format_map(written)
    return _ONE.sub(_singular, said) if language == "en" else said


def _singular(one: re.Match[str]) -> str:
    noun = one["noun"]
    return f"1 {one['between']}{noun[:-3]}y" if noun.endswith("ies") else f"1 {one['between']}{noun[:-1]}"


def write_money(minor: int, currency: str, digits: int) -> str:
    """`-1,234.50 CNY`."""
    sign, whole = ("-" if minor < 0 else ""), abs(minor)
    major, rest = divmod(whole, 10**digits)
    return f"{sign}{major:,}{f'.{rest:0{digits}d}' if digits else ''} {currency}"
