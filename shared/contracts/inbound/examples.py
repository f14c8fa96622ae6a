"""Examples of what other systems may publish."""

from typing import Any

from shared.contracts import inbound
from shared.contracts.envelope import EventData
from shared.contracts.example_values import CNY_128_TEXT, SHOP

_LINES = [{"category": "tea", "quantity": 2, "amount": CNY_128_TEXT}]


def _inbound(**more: Any) -> dict[str, Any]:
    return {"customer": {"source": SHOP, "external_id": "0042"}, "channel": "store", "actor": "till-3"} | more


def _case(**more: Any) -> dict[str, Any]:
    return _inbound(case="case-55", **more)


DATA: dict[type[EventData], dict[str, Any] | None] = {
    inbound.InboundPurchase: _inbound(order_id="order-1001", amount=CNY_128_TEXT, lines=_LINES),
    inbound.InboundReturn: _inbound(order_id="order-1001", amount=CNY_128_TEXT, reason="the tin was dented"),
    inbound.InboundPayment: _inbound(invoice="invoice-31", status="paid", amount=CNY_128_TEXT, due_on="2026-02-20"),
    inbound.InboundUsage: _inbound(metric="energy", value="412.5", unit="kWh"),
    inbound.InboundService: _inbound(service="maintenance", item="the blue van"),
    inbound.InboundComplaint: _case(severity="high", category="delivery", department="logistics"),
    inbound.InboundComplaintAssignment: _case(department="logistics", handler="agent-4"),
    inbound.InboundComplaintResponse: _case(handler="agent-4"),
    inbound.InboundComplaintResolution: _case(outcome="delivered again", cause="packing"),
    inbound.InboundComplaintFollowUp: _case(satisfied=True, score=5),
    inbound.InboundComplaintClosure: _case(),
    inbound.InboundComplaintReopening: _case(reason="it came broken again"),
    inbound.InboundVisit: _inbound(place="store", purpose="tasting", next_step="send a sample"),
    inbound.InboundSurvey: _inbound(instrument="nps", score=9, comment="quick and friendly"),
    inbound.InboundReferral: _inbound(referred_label="a colleague"),
    inbound.InboundCall: _inbound(direction="outbound", duration_seconds=312, about="half-yearly"),
    inbound.InboundCorrespondence: _inbound(direction="inbound", subject="your spring offer"),
    inbound.InboundMention: _inbound(sentiment="negative", site="a forum", reach=2400),
    inbound.InboundEngagement: _inbound(activity="rsvp", about="spring tasting", answer="yes"),
    inbound.InboundCompetitor: _inbound(sign="offer", competitor="Example Rival", category="tea"),
    inbound.InboundNote: _inbound(text="prefers to be called after four"),
    inbound.InboundVoid: _inbound(original={"id": "order-1000"}, reason="entered twice"),
}
