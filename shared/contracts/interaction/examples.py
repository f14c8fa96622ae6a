"""Examples of what the interaction service publishes."""

from typing import Any

from shared.contracts import interaction
from shared.contracts.envelope import EventData
from shared.contracts.example_values import AT, CNY_128, CUSTOMER_ID, INTERACTION_ID, RECORDED_AT, SHOP

_LINES = [{"category": "tea", "quantity": 2, "amount": CNY_128}]
_CNY_20 = {"minor": 2000, "currency": "CNY"}
_PROMISE = {"respond_by": "2026-03-02T04:12:30Z", "resolve_by": "2026-03-03T04:12:30Z"}


def _interaction(source_id: str, **more: Any) -> dict[str, Any]:
    return {
        "interaction_id": INTERACTION_ID,
        "customer_id": CUSTOMER_ID,
        "source": SHOP,
        "source_id": source_id,
        "occurred_at": AT,
        "recorded_at": RECORDED_AT,
        "channel": "store",
        "actor": "till-3",
    } | more


def _case(step: str, **more: Any) -> dict[str, Any]:
    return _interaction(f"case-55-{step}", case="case-55", **more)


DATA: dict[type[EventData], dict[str, Any] | None] = {
    interaction.PurchaseRecorded: _interaction("order-1001", order_id="order-1001", amount=CNY_128, lines=_LINES),
    interaction.ReturnRecorded: _interaction(
        "return-7", order_id="order-1001", amount=CNY_128, reason="the tin was dented"
    ),
    interaction.PaymentRecorded: _interaction(
        "payment-31", invoice="invoice-31", status="paid", amount=CNY_128, due_on="2026-02-20", overdue_days=9
    ),
    interaction.UsageRecorded: _interaction("meter-8/2026-02", metric="energy", value="412.5", unit="kWh"),
    interaction.ServicePerformed: _interaction("job-12", service="maintenance", item="the blue van"),
    interaction.ComplaintOpened: _interaction(
        "case-55", case="case-55", severity="high", category="delivery", department="logistics", **_PROMISE
    ),
    interaction.ComplaintAssigned: _case("assigned", department="logistics", handler="agent-4"),
    interaction.ComplaintResponded: _case("answered", handler="agent-4"),
    interaction.ComplaintResolved: _case("resolved", outcome="delivered again", compensation=_CNY_20, cause="packing"),
    interaction.ComplaintFollowedUp: _case("asked", satisfied=True, score=5),
    interaction.ComplaintClosed: _case("closed"),
    interaction.ComplaintReopened: _case("reopened", reason="it came broken again", **_PROMISE),
    interaction.VisitRecorded: _interaction("visit-9", place="store", purpose="tasting", next_step="send a sample"),
    interaction.SurveyAnswered: _interaction("survey-3", instrument="nps", score=9, comment="quick and friendly"),
    interaction.ReferralMade: _interaction("referral-2", referred_label="a colleague"),
    interaction.CallRecorded: _interaction("call-77", direction="outbound", duration_seconds=312, about="half-yearly"),
    interaction.CorrespondenceRecorded: _interaction("mail-4", direction="inbound", subject="your spring offer"),
    interaction.MentionRecorded: _interaction("post-6", sentiment="negative", site="a forum", reach=2400),
    interaction.EngagementRecorded: _interaction("rsvp-19", activity="rsvp", about="spring tasting", answer="yes"),
    interaction.CompetitorNoticed: _interaction("sign-2", sign="offer", competitor="Example Rival", category="tea"),
    interaction.NoteRecorded: _interaction("note-5", text="prefers to be called after four"),
    interaction.InteractionVoided: _interaction(
        "order-1001-void", voided_interaction_id="5b1c1a52-6b53-5a53-9d36-2f6d9a5b1c99", reason="entered twice"
    ),
}
