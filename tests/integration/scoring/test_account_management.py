"""Key figures, movers and risks over HTTP, against sums that a reader can redo by hand."""

import csv
import io
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from services.scoring.lifetime.models import FittedModel
from shared.contracts import interaction
from shared.contracts.common import Money
from shared.contracts.customer import CustomerChanged
from tests.support.answers import problem
from tests.support.factories.scoring import MODEL, START, days, event_of, interaction_event
from tests.support.policy_api import put_in_force
from tests.support.scoring_service import ScoringService

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
APRIL: dict[str, Any] = {"first": "1997-04-01", "last": "1997-04-30"}


def owned(customer_id: UUID, owner_id: str | None, **values: Any) -> Any:
    facts = {
        "customer_id": customer_id,
        "version": 2,
        "kind": "organisation",
        "lifecycle": "active",
        "language": "zh-CN",
        "time_zone": "Asia/Shanghai",
        "registered_at": START,
        "owner_id": owner_id,
    }
    return event_of(CustomerChanged.model_validate(facts | values))


def cny(yuan: int) -> Money:
    return Money(minor=100 * yuan, currency="CNY")


async def trade(scoring: ScoringService) -> None:
    """March: ONE buys for 1,000. April: ONE for 1,500 and gives 300 back, TWO for 400 for the first time; a void takes
    900 back. ONE owes 800 from March to 11 April, and 200 from 20 April on."""
    await scoring.know(
        owned(ONE, "m-1", wallet=[{"category": "tea", "yearly": cny(29_200)}]), owned(TWO, "m-2"), owned(THREE, None)
    )
    march, april = START + days(70), START + days(100)
    taken = interaction_event(customer_id=TWO, at=april, amount=cny(900))
    await scoring.apply(
        interaction_event(customer_id=ONE, at=march, amount=cny(1_000), margin=cny(250)),
        interaction_event(customer_id=ONE, at=april, amount=cny(1_500)),
        interaction_event(interaction.ReturnRecorded, april + days(1), ONE, amount=cny(300)),
        interaction_event(customer_id=TWO, at=april, amount=cny(400), margin=cny(100)),
        taken,
        interaction_event(interaction.InteractionVoided, april, TWO, voided_interaction_id=taken.data.interaction_id),
        interaction_event(interaction.SurveyAnswered, april, ONE, score=10),
        interaction_event(interaction.SurveyAnswered, april, ONE, score=5),
        interaction_event(interaction.PaymentRecorded, march, ONE, status="due", amount=cny(800), overdue_days=None),
        interaction_event(interaction.PaymentRecorded, april, ONE, amount=cny(800)),
        interaction_event(
            interaction.PaymentRecorded, START + days(109), ONE, invoice="i-2", status="due", amount=cny(200)
        ),
        *(
            interaction_event(
                interaction.ServicePerformed,
                april + days(late),
                ONE,
                service="delivery",
                promised_on="1997-04-11",
            )
            for late in (-1, 0, 1)
        ),
    )
    scoring.clock.move_to(START + days(125))


async def table(scoring: ScoringService, address: str, **parameters: Any) -> list[dict[str, str]]:
    answer = await scoring.client.get(address, params={"format": "csv", **parameters})
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_key_figures_are_those_of_the_facts(scoring: ScoringService) -> None:
    await trade(scoring)
    report = await scoring.read("/v1/portfolio/kpis", **APRIL)
    assert report["previous"] == {"first": "1997-03-01", "last": "1997-03-31"}
    now, then = report["all"]["current"], report["all"]["previous"]
    assert (now["sales"], then["sales"]) == (160_000, 100_000)
    assert (now["margin"], then["margin"]) == (45_000 - 9_000 + 10_000, 25_000)
    assert (now["growth"], then["growth"]) == ("0.6000", None)
    assert now["receivables_turnover"] == "0.4000"  # 200 / ((800 + 200) / 2)
    assert now["satisfaction"] == "75.0"
    assert now["order_punctuality"] == "0.6667"
    assert (now["new_customer_rate"], now["retention_rate"]) == ("0.5000", "1.0000")
    assert (now["customers"], now["buyers"], now["forecast_accuracy"]) == (3, 2, None)
    first, second, nobody = report["owners"]
    assert [first["owner_id"], second["owner_id"], nobody["owner_id"]] == ["m-1", "m-2", None]
    assert first["current"]["share_of_wallet"] == "0.5000"  # 1,200 x 365 / 30 of 29,200
    assert (first["change"]["sales"], second["current"]["sales"]) == ("20000", 40_000)
    rows = await table(scoring, "/v1/portfolio/kpis", **APRIL)
    assert [(row["owner_id"], row["first"], row["sales"]) for row in rows[:3]] == [
        ("*", "1997-04-01", "160000"),
        ("*", "1997-03-01", "100000"),
        ("m-1", "1997-04-01", "120000"),
    ]


def stored_model(fitted_at: datetime) -> FittedModel:
    r, alpha, a, b = MODEL.purchases.as_array().tolist()
    return FittedModel(
        fit_id=uuid4(),
        policy_version=1,
        fitted_at=fitted_at,
        observed_until=fitted_at.date(),
        customers=2357,
        repeat_customers=1000,
        purchase_model="bg_nbd",
        grounds="reference",
        r=r,
        alpha=alpha,
        a=a,
        b=b,
        log_likelihood=-1.0,
        goodness={},
    )


async def test_a_forecast_is_held_against_what_was_bought(scoring: ScoringService) -> None:
    """The model of 1 April expects of ONE, who bought on two days of January, so much of April; three days came."""
    await scoring.apply(
        *(interaction_event(customer_id=ONE, at=START + days(day)) for day in (0, 14, 91, 100, 110, 150)),
        interaction_event(customer_id=TWO, at=START + days(95)),
    )
    async with scoring.database.transaction() as session:
        session.add(stored_model(START + days(50)))
    scoring.clock.move_to(START + days(160))
    report = await scoring.read("/v1/portfolio/kpis", **APRIL)
    weeks = np.array([[1.0], [14 / 7], [89 / 7], [30 / 7]])
    expected = float(MODEL.purchases.expected_purchases(*weeks)[0])
    accuracy = max(0.0, 1 - abs(3 - expected) / expected)
    assert float(report["all"]["current"]["forecast_accuracy"]) == pytest.approx(accuracy, abs=1e-4)
    assert report["all"]["previous"]["forecast_accuracy"] is not None


async def test_movers_are_compared_with_what_was_told_before(scoring: ScoringService) -> None:
    await trade(scoring)
    scoring.clock.move_to(START + days(125))
    await scoring.apply(
        interaction_event(customer_id=ONE, at=START + days(124), amount=cny(2_000)),
        interaction_event(interaction.ReturnRecorded, START + days(124), TWO, amount=cny(100)),
        interaction_event(customer_id=THREE, at=START + days(124)),
    )
    found = await scoring.read("/v1/portfolio/movers", figure="realised_value")
    assert [(one["customer_id"], one["owner_id"], one["change"]) for one in found["up"]] == [(str(ONE), "m-1", "60000")]
    assert [(one["customer_id"], one["before"], one["after"]) for one in found["down"]] == [(str(TWO), 10_000, 7_000)]
    mine = await scoring.read("/v1/portfolio/movers", figure="realised_value", owner_id="m-2")
    assert (mine["up"], len(mine["down"])) == ([], 1)
    rows = await table(scoring, "/v1/portfolio/movers", figure="realised_value")
    assert [row["direction"] for row in rows] == ["up", "down"]
    since: dict[str, Any] = {"from": START.isoformat()}
    levels = await scoring.read("/v1/portfolio/movers", figure="loyalty_level", **since)
    assert levels["up"] == []
    await put_in_force(scoring, {"money": {"currency": "EUR", "rates": {"EUR": "1", "CNY": "0.1"}}})
    past: dict[str, Any] = {"from": START.isoformat(), "to": (START + days(120)).isoformat()}
    then = await scoring.read("/v1/portfolio/movers", figure="realised_value", **past)
    assert then["currency"] == "CNY"
    while await scoring.rescore() > 1:
        pass
    across = await scoring.read("/v1/portfolio/movers", figure="realised_value")
    assert (across["currency"], across["up"], across["down"]) == ("EUR", [], [])
    assert await scoring.read("/v1/portfolio/movers", figure="realised_value", **past) == then
    refused = await scoring.client.get("/v1/portfolio/movers", params={"from": "2031-01-01T00:00:00Z"})
    assert problem(refused) == (422, "period_reversed", "from")


async def test_the_most_to_lose_comes_first(scoring: ScoringService) -> None:
    await trade(scoring)
    await scoring.apply(*(interaction_event(interaction.ComplaintOpened, START + days(124), one) for one in (ONE, TWO)))
    page = await scoring.read("/v1/portfolio/risks", churn_risk_from=1, limit=1)
    rest = await scoring.read("/v1/portfolio/risks", churn_risk_from=1, cursor=page["next_cursor"])
    risks = page["items"] + rest["items"]
    everybody = await table(scoring, "/v1/portfolio/risks", churn_risk_from=1, limit=1)
    assert [row["customer_id"] for row in everybody] == [one["customer_id"] for one in risks]
    assert {one["customer_id"] for one in risks} == {str(ONE), str(TWO)}
    assert all("complaint_pending" in one["churn_reasons"] for one in risks)
    assert [one["at_risk"]["minor"] for one in risks] == sorted(
        (one["at_risk"]["minor"] for one in risks), reverse=True
    )
    assert [
        row["owner_id"] for row in await table(scoring, "/v1/portfolio/risks", churn_risk_from=1, owner_id="m-2")
    ] == ["m-2"]


async def test_a_period_that_makes_no_sense_is_refused(scoring: ScoringService) -> None:
    for asked, code in (
        ({"last": "1997-01-01"}, "period_incomplete"),
        ({"first": "1997-02-01", "last": "1997-01-01"}, "period_out_of_range"),
        ({"first": "0001-01-01", "last": "0001-02-01"}, "period_out_of_range"),
    ):
        assert problem(await scoring.client.get("/v1/portfolio/kpis", params=asked)) == (422, code, "first")
    assert (await scoring.read("/v1/portfolio/kpis"))["period"] == {"first": "1996-10-01", "last": "1996-12-31"}
