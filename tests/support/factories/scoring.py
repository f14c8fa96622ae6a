"""Interactions, facts and models for tests of scoring; name what matters to the test."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st

from deploy.local.cdnow import CdnowPurchase
from services.scoring.facts.fact import Detail, Fact, FactKind, Instrument
from services.scoring.facts.measures import Measures
from services.scoring.facts.statistics import EMPTY, Statistics, fold
from services.scoring.lifetime.beta_geometric import BgNbd
from services.scoring.lifetime.expectation import LifetimeModel
from services.scoring.lifetime.gamma_gamma import GammaGamma
from services.scoring.policies.queries import read_policy
from services.scoring.portfolio.growth import EVERYBODY, Peers, YearlyMarks
from services.scoring.portfolio.portfolio import Portfolio
from services.scoring.scores.context import Context
from shared.contracts import interaction
from shared.contracts.common import Money
from shared.contracts.customer import CustomerRegistered
from shared.contracts.envelope import Envelope, Event, EventData
from shared.contracts.interaction import InteractionRecorded

NOW = datetime(1998, 7, 1, 4, 0, tzinfo=UTC)
START = datetime(1997, 1, 1, 4, 0, tzinfo=UTC)
CUSTOMER = UUID("00000000-0000-4000-8000-000000000001")

POLICY = read_policy()
MEASURES = Measures(POLICY)
MODEL = LifetimeModel(
    version=1,
    purchases=BgNbd(0.2426, 4.4136, 0.7929, 2.4259),
    spend=GammaGamma(6.25, 3.744, 15.44),
    covariance=None,
)
PORTFOLIO = Portfolio(
    buyers=2357,
    margin=51_991_606,
    a_minimum=16_224,
    b_minimum=5_693,
    class_sizes=(777, 804, 776),
    recency_bounds=(153, 443, 487, 513),
    frequency_bounds=(1, 1, 2, 4),
    monetary_bounds=(3_272, 6_805, 12_620, 27_794),
    top_customers=471,
    top_margin_share=6_740,
    year=YearlyMarks(
        core_minimum=40_000,
        maintain_minimum=9_000,
        potential_minimum=25_000,
        peers={EVERYBODY: Peers(customers=905, frequency=5, basket=8_000, breadth=2)},
    ),
)
CONTEXT = Context(POLICY, MEASURES, MODEL, PORTFOLIO, 1)


def make_fact(kind: FactKind = FactKind.PURCHASE, at: datetime = START, **values: Any) -> Fact:
    defaults: dict[str, Any] = {"customer_id": CUSTOMER, "event_id": uuid4(), "kind": kind, "occurred_at": at}
    if kind in (FactKind.PURCHASE, FactKind.RETURN):
        defaults |= {"amount": 10_000, "currency": "CNY"}
    if kind in (FactKind.COMPLAINT, FactKind.RESOLUTION):
        defaults["detail"] = Detail(source="shop", case="c-1", severity=1 if kind == FactKind.COMPLAINT else None)
    if kind in (FactKind.RESPONSE, FactKind.FOLLOW_UP, FactKind.CLOSURE, FactKind.REOPENING):
        defaults["detail"] = Detail(source="shop", case="c-1", points=100 if kind == FactKind.FOLLOW_UP else None)
    if kind == FactKind.SURVEY:
        defaults["detail"] = Detail(instrument=Instrument.NPS, points=90)
    return Fact(**(defaults | values))


def statistics_of(*facts: Fact) -> Statistics:
    return fold(EMPTY, facts, MEASURES)


def days(number: float) -> timedelta:
    return timedelta(days=number)


COUNTED = tuple(kind for kind in FactKind if kind is not FactKind.VOID)
"""What adds to statistics; a void takes away, so that they are made anew."""

_cases = st.sampled_from(["c-1", "c-2"])
_shop = st.just("shop")
_details = {
    FactKind.RESPONSE: st.builds(Detail, _shop, _cases),
    FactKind.CLOSURE: st.builds(Detail, _shop, _cases),
    FactKind.REOPENING: st.builds(Detail, _shop, _cases, st.none() | st.integers(0, 3)),
    FactKind.FOLLOW_UP: st.builds(Detail, _shop, _cases, points=st.sampled_from([None, 0, 50, 100])),
    FactKind.PAYMENT: st.builds(
        Detail, st.just("erp"), st.sampled_from(["i-1", "i-2", "i-3"]), overdue_days=st.integers(0, 60)
    ),
    FactKind.USAGE: st.builds(
        Detail, variant=st.sampled_from(["energy", "water"]), value=st.integers(0, 9).map(lambda one: one * 10**8)
    ),
    FactKind.COMPETITOR: st.builds(Detail, variant=st.sampled_from(["presence", "offer", "poaching", "switched"])),
    FactKind.MENTION: st.builds(Detail, instrument=st.just(Instrument.MENTION), points=st.sampled_from([None, 0, 100])),
    FactKind.VISIT: st.builds(
        Detail,
        variant=st.sampled_from(["store", "on_site", "remote"]),
        cost=st.none() | st.integers(0, 9_000),
        cost_currency=st.just("USD"),
    ),
    FactKind.PURCHASE: st.builds(
        Detail, categories=st.lists(st.sampled_from(["books", "music", "tea"]), max_size=2, unique=True).map(tuple)
    ),
    FactKind.COMPLAINT: st.builds(
        Detail, source=st.just("shop"), case=st.sampled_from(["c-1", "c-2"]), severity=st.integers(0, 3)
    ),
    FactKind.RESOLUTION: st.builds(Detail, source=st.just("shop"), case=st.sampled_from(["c-1", "c-2"])),
    FactKind.SURVEY: st.builds(
        Detail, instrument=st.sampled_from(Instrument), points=st.sampled_from(range(0, 101, 10))
    ),
}


@st.composite
def facts(draw: st.DrawFn, kinds: Sequence[FactKind] = COUNTED) -> Fact:
    """Any fact of one customer within 18 months, purchases the likeliest."""
    kind = draw(st.sampled_from((*kinds, *(FactKind.PURCHASE,) * 4)))
    amounts = {FactKind.PURCHASE: (0, 500_000), FactKind.RETURN: (0, 50_000), FactKind.RESOLUTION: (0, 5_000)}
    amount = draw(st.integers(*amounts[kind])) if kind in amounts else None
    margin = draw(st.none() | st.integers(-1_000, 100_000)) if kind == FactKind.PURCHASE else None
    return Fact(
        customer_id=CUSTOMER,
        event_id=draw(st.uuids(version=4)),
        kind=kind,
        occurred_at=START + timedelta(minutes=draw(st.integers(0, 540 * 24 * 60))),
        amount=amount,
        margin=margin,
        currency=None if amount is None else draw(st.sampled_from(["CNY", "USD", "JPY"])),
        detail=draw(_details[kind]) if kind in _details else Detail(),
    )


def histories(kinds: Sequence[FactKind] = COUNTED, *, min_size: int = 1) -> st.SearchStrategy[list[Fact]]:
    """Distinct facts of one customer, in any order."""
    return st.lists(facts(kinds), min_size=min_size, max_size=14, unique_by=lambda fact: fact.event_id)


def event_of(data: EventData, recorded_at: datetime | None = None) -> Event[Any]:
    """As it comes from the topic."""
    subject = data.customer_id if isinstance(data, InteractionRecorded | CustomerRegistered) else CUSTOMER
    identity = str(data.interaction_id) if isinstance(data, InteractionRecorded) else str(uuid4())
    at = data.occurred_at if isinstance(data, InteractionRecorded) else START
    return Event(
        Envelope(
            id=identity,
            source="rapport/interaction",
            type=data.event_type,
            time=at,
            subject=str(subject),
            recordedtime=recorded_at,
        ),
        data,
    )


def interaction_event(
    model: type[InteractionRecorded] = interaction.PurchaseRecorded,
    at: datetime = START,
    customer_id: UUID = CUSTOMER,
    **values: Any,
) -> Event[Any]:
    """A recorded interaction of any kind; money in fen."""
    own: dict[type[InteractionRecorded], dict[str, Any]] = {
        interaction.PurchaseRecorded: {"order_id": "o-1", "amount": Money(minor=10_000, currency="CNY")},
        interaction.ReturnRecorded: {"order_id": "o-1", "amount": Money(minor=2_000, currency="CNY")},
        interaction.ComplaintOpened: {"case": "c-1", "severity": "medium", "category": "delivery"},
        interaction.ComplaintResolved: {"case": "c-1"},
        interaction.VisitRecorded: {"place": "store"},
        interaction.SurveyAnswered: {"instrument": "nps", "score": 9},
        interaction.ReferralMade: {"referred_label": "a neighbour"},
        interaction.ComplaintAssigned: {"case": "c-1", "handler": "agent-4"},
        interaction.ComplaintResponded: {"case": "c-1"},
        interaction.ComplaintFollowedUp: {"case": "c-1", "satisfied": True},
        interaction.ComplaintClosed: {"case": "c-1"},
        interaction.ComplaintReopened: {"case": "c-1"},
        interaction.PaymentRecorded: {
            "invoice": "i-1",
            "status": "paid",
            "amount": Money(minor=10_000, currency="CNY"),
            "overdue_days": 9,
        },
        interaction.UsageRecorded: {"metric": "energy", "value": "412.5", "unit": "kWh"},
        interaction.ServicePerformed: {"service": "repair"},
        interaction.CallRecorded: {"direction": "outbound"},
        interaction.CorrespondenceRecorded: {"direction": "inbound"},
        interaction.MentionRecorded: {"sentiment": "positive"},
        interaction.EngagementRecorded: {"activity": "login"},
        interaction.CompetitorNoticed: {"sign": "offer"},
        interaction.NoteRecorded: {"text": "prefers tea"},
        interaction.InteractionVoided: {"voided_interaction_id": CUSTOMER},
    }
    identity = values.pop("interaction_id", uuid4())
    common = {"interaction_id": identity, "customer_id": customer_id, "source": "shop", "source_id": str(identity)}
    return event_of(model.model_validate({**common, "occurred_at": at, "recorded_at": at, **own[model], **values}))


def customer_event(customer_id: UUID = CUSTOMER, version: int = 1, kind: str = "person") -> Event[Any]:
    return event_of(
        CustomerRegistered.model_validate(
            {
                "customer_id": customer_id,
                "version": version,
                "kind": kind,
                "lifecycle": "active",
                "language": "en",
                "time_zone": "Asia/Shanghai",
                "registered_at": START,
            }
        )
    )


def cdnow_events(purchases: Sequence[CdnowPurchase]) -> list[Event[Any]]:
    """The real purchases as interactions, at noon of their local day."""
    return [
        interaction_event(
            at=datetime(one.date.year, one.date.month, one.date.day, 4, tzinfo=UTC),
            customer_id=UUID(int=one.customer, version=4),
            interaction_id=UUID(int=number, version=4),
            amount=Money(minor=int(one.amount * 100), currency="USD"),
        )
        for number, one in enumerate(purchases, start=1)
    ]
