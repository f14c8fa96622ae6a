"""Customers with statistics, and what they are scored under: policy, models and the portfolio of a shop."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import Final

from benchmarks.load.happenings import CURRENCY, Happening, Story, details_of
from benchmarks.load.history import told_history
from benchmarks.load.population import Population
from services.scoring.facts.fact import Fact
from services.scoring.facts.measures import Measures
from services.scoring.facts.statistics import EMPTY, Statistics, fold
from services.scoring.facts.translation import to_fact
from services.scoring.lifetime.beta_geometric import BgNbd
from services.scoring.lifetime.expectation import LifetimeModel
from services.scoring.lifetime.gamma_gamma import GammaGamma
from services.scoring.policies.queries import read_policy
from services.scoring.portfolio.growth import EVERYBODY, Peers, YearlyMarks
from services.scoring.portfolio.portfolio import Portfolio
from services.scoring.scores.context import Context
from shared.contracts import interaction
from shared.contracts.interaction import InteractionRecorded

SPEND: Final = GammaGamma(6.25, 3.74, 33.0)
MODEL: Final = LifetimeModel(1, BgNbd(0.243, 4.414, 0.793, 2.426), SPEND, None)
_MODELS: Final[dict[str, type[InteractionRecorded]]] = {
    "purchase": interaction.PurchaseRecorded,
    "return": interaction.ReturnRecorded,
    "complaint": interaction.ComplaintOpened,
    "resolution": interaction.ComplaintResolved,
    "visit": interaction.VisitRecorded,
    "survey": interaction.SurveyAnswered,
    "referral": interaction.ReferralMade,
}
_CHUNK = 5_000
_DAYS = 540.0
_MORE_EACH = 3
"""Interactions of all kinds, beside the purchases of their history."""


def make_context() -> Context:
    """With model and portfolio, so that every figure and class is computed."""
    policy = read_policy()
    marks = YearlyMarks(
        core_minimum=60_000,
        maintain_minimum=15_000,
        potential_minimum=25_000,
        peers={EVERYBODY: Peers(customers=900, frequency=5, basket=9_000, breadth=3)},
    )
    portfolio = Portfolio(
        buyers=20_000,
        margin=800_000_000,
        a_minimum=40_000,
        b_minimum=15_000,
        class_sizes=(7_000, 7_000, 6_000),
        recency_bounds=(30, 90, 200, 400),
        frequency_bounds=(1, 2, 3, 5),
        monetary_bounds=(8_000, 15_000, 30_000, 60_000),
        top_customers=4_000,
        top_margin_share=5_800,
        year=marks,
    )
    return Context(policy, Measures(policy), MODEL, portfolio, 1)


def make_customers(customers: int, context: Context, *, until: datetime, seed: int) -> list[Statistics]:
    """With a history of purchases and some interactions of every kind; the same for the same seed."""
    return [fold(EMPTY, group, context.measures) for group in make_facts(customers, until=until, seed=seed)]


def make_facts(customers: int, *, until: datetime, seed: int, more_each: int = _MORE_EACH) -> list[list[Fact]]:
    """Of each customer: a history of purchases, and on the average `more_each` interactions of all kinds."""
    population = Population(customers)
    history = told_history(population, mean_purchases=3.0, days=_DAYS, seed=seed, until=until, chunk=_CHUNK)
    more = Story(population=population, count=more_each * customers, seed=seed, until=until, days=_DAYS)
    facts: dict[str, list[Fact]] = {customer: [] for customer in population.ids}
    for one in chain.from_iterable(chain(history, more.told(_CHUNK))):
        facts[one.customer].append(_fact(one, until))
    return list(facts.values())


def _fact(one: Happening, recorded_at: datetime) -> Fact:
    def money(minor: int) -> dict[str, object]:
        return {"minor": minor, "currency": CURRENCY}

    return to_fact(
        _MODELS[one.kind].model_validate(
            {
                "interaction_id": one.identity,
                "customer_id": one.customer,
                "source": "shop",
                "source_id": one.identity,
                "occurred_at": one.occurred_at,
                "recorded_at": recorded_at,
                **details_of(one, money),
            }
        )
    )


def batches(customers: list[Statistics], size: int) -> Iterable[list[Statistics]]:
    for start in range(0, len(customers), size):
        yield customers[start : start + size]
