"""Fitting the real purchases through the service, end to end: requested, fitted, used, and refused when too few."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from deploy.local.cdnow import CdnowPurchase
from services.scoring.lifetime import use_cases
from shared.clock import wall_now
from tests.support.answers import problem
from tests.support.factories.scoring import cdnow_events, customer_event, days, interaction_event
from tests.support.scoring_service import ScoringService

END_OF_CALIBRATION = datetime(1997, 9, 30, 15, 59, 59, tzinfo=UTC)
"""The last second of that day in the policy's time zone."""


async def apply_calibration(scoring: ScoringService, purchases: list[CdnowPurchase]) -> None:
    scoring.clock.move_to(END_OF_CALIBRATION)
    events = zip(purchases, cdnow_events(purchases), strict=True)
    await scoring.apply(*(event for one, event in events if one.date <= END_OF_CALIBRATION.date()))


async def test_the_service_fits_the_published_model(
    scoring: ScoringService, cdnow_purchases: list[CdnowPurchase]
) -> None:
    await apply_calibration(scoring, cdnow_purchases)
    asked = await scoring.post("/v1/models/fit", 202)
    assert asked["state"] == "queued"
    await scoring.fit()
    fit = await scoring.read(f"/v1/models/fits/{asked['fit_id']}")
    assert (fit["state"], fit["model_version"], fit["observed_until"]) == ("done", 1, "1997-09-30")

    model = await scoring.read("/v1/models/1")
    assert model["purchases"] == pytest.approx({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, abs=5e-4)
    assert model["log_likelihood"] == pytest.approx(-9582.4, abs=0.05)
    assert (model["customers"], model["repeat_customers"]) == (2357, 946)
    # Margins are 30 % of the amounts, at 7.10 to the dollar; rounding each to the fen moves the rest a little.
    assert model["spend"]["p"] == pytest.approx(6.25, abs=0.02)
    assert model["spend"]["q"] == pytest.approx(3.74, abs=0.02)
    assert model["spend"]["gamma"] == pytest.approx(15.44 * 0.3 * 7.10, rel=0.005)
    assert [one["version"] for one in (await scoring.read("/v1/models"))["items"]] == [1]

    status = await scoring.read("/v1/status")
    assert (status["facts"], status["customers"]) == (
        sum(p.date.month <= 9 and p.date.year == 1997 for p in cdnow_purchases),
        2357,
    )


async def test_a_model_tells_how_it_would_have_predicted(
    scoring: ScoringService, cdnow_purchases: list[CdnowPurchase]
) -> None:
    scoring.clock.move_to(datetime(1998, 6, 30, 4, tzinfo=UTC))
    await scoring.apply(*cdnow_events(cdnow_purchases))
    await scoring.post("/v1/models/fit", 202)
    await scoring.fit()

    model = await scoring.read("/v1/models/1")
    assert (model["purchase_model"], model["grounds"], model["checked"]) == ("bg_nbd", "reference", True)
    assert [one["model"] for one in model["candidates"]] == ["bg_nbd", "mbg_nbd", "pareto_nbd"]
    assert model["candidates"][0]["log_likelihood"] == model["log_likelihood"]
    report = await scoring.read("/v1/models/1/report")
    assert (report["calibrated_until"], report["held_out_until"]) == ("1997-10-01", "1998-06-30")
    assert report["parameters"] == pytest.approx({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, rel=0.02)
    groups = report["hold_out"]["groups"]
    assert sum(group["customers"] for group in groups) == 2357
    assert groups[0]["actual"] / groups[0]["customers"] == pytest.approx(0.237, abs=0.01)
    assert groups[0]["expected"] / groups[0]["customers"] == pytest.approx(0.225, abs=0.01)
    coverage = report["coverage"]
    assert coverage["value"] == pytest.approx(coverage["value_aimed"], abs=0.05)
    plot = await scoring.client.get("/v1/models/1/report.svg")
    assert plot.headers["content-type"] == "image/svg+xml"
    assert plot.text.startswith("<svg")


async def test_segments_have_models_and_reports_of_their_own(
    scoring: ScoringService, cdnow_purchases: list[CdnowPurchase]
) -> None:
    """Three customers in four are persons, one in eight an organisation, of the others nobody has told."""
    scoring.clock.move_to(datetime(1998, 6, 30, 4, tzinfo=UTC))
    kinds = {one.customer: "organisation" if one.customer % 8 == 0 else "person" for one in cdnow_purchases}
    told = {number: kind for number, kind in kinds.items() if number % 8 != 1}
    await scoring.know(*(customer_event(UUID(int=number, version=4), kind=kind) for number, kind in told.items()))
    await scoring.apply(*cdnow_events(cdnow_purchases))
    await scoring.post("/v1/models/fit", 202)
    await scoring.fit()

    model = await scoring.read("/v1/models/1")
    (persons,), (accounts,) = model["segments"], model["segments_lacking"]
    number = sum(kind == "person" for kind in told.values())
    assert (model["segment_by"], persons["segment"], persons["customers"]) == ("kind", "person", number)
    assert persons["purchases"] != model["purchases"]
    lacking = (accounts["segment"], accounts["reason"], accounts["needed"])
    assert lacking == ("organisation", "too_few_customers", 1000)
    report = await scoring.read("/v1/models/1/report", segment="person")
    assert (report["segment"], report["hold_out"]["customers"]) == ("person", number)
    assert (await scoring.read("/v1/models/1/report"))["hold_out"]["customers"] == 2357
    missing = await scoring.client.get("/v1/models/1/report", params={"segment": "organisation"})
    assert problem(missing)[:2] == (404, "segment_without_model")

    shown = {}
    for place in (3, 8, 1):
        shown[place] = (await scoring.score(UUID(int=place, version=4), language="en"))["current_value"]["model"]
    assert [shown[place]["segment"] for place in (3, 8, 1)] == ["person", None, None]
    assert shown[3]["reason"]["sentence"] == "The model of the customer's own segment is used: persons."
    assert [shown[place]["reason"]["rule"] for place in (8, 1)] == ["model_segment_too_small", "model_segment_unknown"]


async def test_a_fit_shows_how_far_it_is_and_keeps_its_lease(scoring: ScoringService) -> None:
    asked = await scoring.post("/v1/models/fit", 202)
    assert (asked["phase"], asked["percent"], asked["cause"]) == (None, 0, "asked")
    wall = wall_now()
    async with scoring.database.transaction() as session:
        claim = await use_cases.claim_fit(session, wall=wall)
    assert claim is not None
    async with scoring.database.transaction() as session:
        renewed = await use_cases.report_progress(
            session, claim=claim, phase="fitting bg_nbd", share=0.347, wall=wall + days(1)
        )
    fit = await scoring.read(f"/v1/models/fits/{asked['fit_id']}")
    assert (fit["state"], fit["phase"], fit["percent"]) == ("running", "fitting bg_nbd", 35)
    async with scoring.database.transaction() as session:
        assert await use_cases.claim_fit(session, wall=wall + days(1)) is None
        # Whoever holds the old lease has lost it, and changes nothing.
        stale = await use_cases.report_progress(session, claim=claim, phase="lost", share=1.0, wall=wall + days(2))
    assert stale == claim != renewed
    assert (await scoring.read(f"/v1/models/fits/{asked['fit_id']}"))["phase"] == "fitting bg_nbd"


async def test_drift_is_noticed_and_asks_for_a_new_model(
    scoring: ScoringService, cdnow_purchases: list[CdnowPurchase]
) -> None:
    """In the 39 weeks after, customers bought 14 % more often than BG/NBD expected of them."""
    await apply_calibration(scoring, cdnow_purchases)
    await scoring.post("/v1/models/fit", 202)
    await scoring.fit()
    await scoring.check_drift()
    assert (await scoring.read("/v1/models/1"))["drift"] is None

    scoring.clock.move_to(datetime(1998, 6, 30, 4, tzinfo=UTC))
    await scoring.apply(*cdnow_events(cdnow_purchases))
    await scoring.check_drift()
    await scoring.check_drift()
    drift = (await scoring.read("/v1/models"))["items"][0]["drift"]
    assert (drift["customers"], drift["actual"], drift["drifted"]) == (2357, 1882, False)
    assert drift["ratio"] == pytest.approx(1 / 0.8785, abs=0.001)
    assert await scoring.count("model_checks") == 1

    strict = replace(scoring.policies.first.lifetime, drift_tolerance=0.1)
    scoring.policies.first = replace(scoring.policies.first, lifetime=strict)
    scoring.clock.move_to(datetime(1998, 7, 8, 4, tzinfo=UTC))
    await scoring.check_drift()
    assert (await scoring.read("/v1/models/1"))["drift"]["drifted"] is True
    assert await scoring.count("model_fits WHERE cause = 'drift' AND state = 'queued'") == 1


async def test_a_new_model_is_told_in_batches_with_progress(
    scoring: ScoringService, cdnow_purchases: list[CdnowPurchase]
) -> None:
    await apply_calibration(scoring, cdnow_purchases)
    assert (await scoring.read("/v1/scores"))["items"] == []
    await scoring.post("/v1/models/fit", 202)
    await scoring.post("/v1/portfolio", 201)
    await scoring.fit()
    assert await scoring.rescore(batch=1000) == 3
    rescoring = (await scoring.read("/v1/status"))["rescoring"]
    assert rescoring == {
        "policy_version": 1,
        "model_version": 1,
        "portfolio_version": 1,
        "customers": 2357,
        "scored": 2357,
        "told": 2357,
        "skipped": 0,
        "done": True,
    }
    assert await scoring.rescore() == 1
    top = (await scoring.read("/v1/scores", limit=5))["items"]
    values = [one["current_value"]["minor"] for one in top]
    assert values == sorted(values, reverse=True)
    for one in top:
        shown = await scoring.read(f"/v1/customers/{one['customer_id']}/score")
        current = shown["current_value"]
        assert current["value"]["minor"] == one["current_value"]["minor"]
        assert current["value_interval"]["low"]["minor"] <= current["value_interval"]["high"]["minor"]
        assert 0 < current["probability_active_interval"]["low"] <= current["probability_active"]


async def test_an_unfinished_rescoring_is_not_called_done(scoring: ScoringService) -> None:
    await scoring.apply(interaction_event())
    await scoring.rescore()
    assert (await scoring.read("/v1/status"))["rescoring"]["done"] is True
    await scoring.apply(*(interaction_event(customer_id=uuid4()) for _ in range(30)))
    await scoring.post("/v1/portfolio", 201)
    assert (await scoring.read("/v1/status"))["rescoring"]["done"] is False
    await scoring.rescore()
    assert (await scoring.read("/v1/status"))["rescoring"]["done"] is True


async def test_scores_of_the_past_are_under_the_model_of_the_past(
    scoring: ScoringService, cdnow_purchases: list[CdnowPurchase]
) -> None:
    await apply_calibration(scoring, cdnow_purchases)
    customer = cdnow_events(cdnow_purchases[:1])[0].customer_id
    scoring.clock.move_to(END_OF_CALIBRATION + days(1))
    await scoring.post("/v1/models/fit", 202)
    await scoring.fit()
    assert (await scoring.score(customer))["model_version"] == 1
    before = await scoring.score(customer, as_of=END_OF_CALIBRATION.isoformat())
    assert (before["model_version"], before["current_value"]["missing"]["rule"]) == (None, "missing_no_model")


async def test_too_little_data_is_an_answer(scoring: ScoringService) -> None:
    await scoring.apply(interaction_event())
    asked = await scoring.post("/v1/models/fit", 202)
    await scoring.fit()
    fit = await scoring.read(f"/v1/models/fits/{asked['fit_id']}")
    assert (fit["state"], fit["reason"], fit["found"], fit["needed"]) == ("refused", "too_few_customers", 1.0, 200.0)
    assert (await scoring.read("/v1/models"))["items"] == []


async def test_requests_that_wait_become_one_of_all_that_is_known_by_then(scoring: ScoringService) -> None:
    first = await scoring.post("/v1/models/fit", 202)
    scoring.clock.move_to(scoring.clock.now() + days(28))
    second = await scoring.post("/v1/models/fit", 202)
    assert second["fit_id"] == first["fit_id"]
    assert second["observed_until"] > first["observed_until"]
    async with scoring.database.transaction() as session:
        claim = await use_cases.claim_fit(session, wall=wall_now())
    assert claim is not None
    assert claim.observed_until.isoformat() == second["observed_until"]
    begun = await scoring.post("/v1/models/fit", 202)
    assert begun["fit_id"] != first["fit_id"]


async def test_a_request_is_fitted_by_one_worker_and_survives_its_death(scoring: ScoringService) -> None:
    await scoring.post("/v1/models/fit", 202)
    wall = wall_now()
    async with scoring.database.transaction() as session:
        claim = await use_cases.claim_fit(session, wall=wall)
    assert claim is not None
    async with scoring.database.transaction() as session:
        assert await use_cases.claim_fit(session, wall=wall) is None
    async with scoring.database.transaction() as session:
        again = await use_cases.claim_fit(session, wall=wall + days(1))
    assert again is not None
    assert again.fit_id == claim.fit_id


@pytest.mark.parametrize(
    "address",
    [
        "/v1/models/7",
        "/v1/models/7/report",
        "/v1/models/7/report.svg",
        "/v1/models/fits/00000000-0000-4000-8000-000000000009",
    ],
)
async def test_what_is_not_there_is_not_found(scoring: ScoringService, address: str) -> None:
    assert (await scoring.client.get(address)).status_code == 404


@pytest.mark.parametrize("address", ["/v1/models/0", "/v1/models/x", "/v1/models/99999999999", "/v1/models/fits/x"])
async def test_what_is_no_version_is_refused(scoring: ScoringService, address: str) -> None:
    assert (await scoring.client.get(address)).status_code in (400, 422)


async def test_a_portfolio_needs_buyers(scoring: ScoringService) -> None:
    assert problem(await scoring.client.get("/v1/portfolio"))[:2] == (404, "portfolio_missing")
    assert problem(await scoring.client.post("/v1/portfolio"))[:2] == (409, "too_few_customers")


async def test_the_portfolio_is_shown(scoring: ScoringService, cdnow_purchases: list[CdnowPurchase]) -> None:
    scoring.clock.move_to(datetime(1998, 7, 1, tzinfo=UTC))
    await scoring.apply(*cdnow_events(cdnow_purchases))
    taken = await scoring.post("/v1/portfolio", 201)
    assert await scoring.read("/v1/portfolio") == taken
    assert taken["customers"] == 2357
    assert sum(taken[name]["customers"] for name in "abc") == 2357
    assert taken["top"] == {"share_of_customers": "0.20", "customers": 472, "share_of_margin": "0.6745"}
    assert taken["margin"]["currency"] == "CNY"
