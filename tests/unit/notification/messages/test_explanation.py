"""Every way a decision may have gone is said in both languages, with nothing left blank that is known."""

import itertools
from uuid import uuid4

import pytest

from services.notification.messages.explanation import explain
from services.notification.values import Outcome, Reason

DETAIL = {
    "decision_id": str(uuid4()),
    "rule": "birthday",
    "at": "2026-03-02T12:00:00+00:00",
    "until": "2026-03-03T00:00:00+00:00",
    "at_most": 3,
    "hours": 168,
    "event": "complaint_resolved",
    "event_id": "e-1",
}
OF_MESSAGES = (Reason.NO_CONSENT, Reason.FREQUENCY_CAP)
"""Of those whose sentence names the purpose of a message."""

EVERY = [
    *itertools.product([Outcome.SUPPRESSED], Reason),
    *((outcome, None) for outcome in Outcome if outcome is not Outcome.SUPPRESSED),
]


@pytest.mark.parametrize(("outcome", "reason"), EVERY)
def test_every_outcome_and_reason_has_its_sentence(outcome: Outcome, reason: Reason | None) -> None:
    said = explain(
        rule="holiday",
        outcome=outcome,
        reason=reason,
        channel="email",
        purpose="marketing",
        due_at="2026-03-03T00:00:00+00:00",
        detail=DETAIL,
    )
    assert said["en"].endswith(".")
    assert said["zh-CN"].endswith("。")
    for sentence in said.values():
        assert "—" not in sentence
        assert "{" not in sentence
    assert (outcome is Outcome.PLANNED) == ("email" in said["en"])


@pytest.mark.parametrize("because", [{}, {"because": "no_assignee"}])
@pytest.mark.parametrize(("outcome", "reason"), [one for one in EVERY if one[1] not in OF_MESSAGES])
def test_of_tasks_too(outcome: Outcome, reason: Reason | None, because: dict[str, str]) -> None:
    detail = DETAIL | {"assignee": "am-17", "assignee_kind": "employee"} | because
    due_at = "2026-03-03T00:00:00+00:00"
    said = explain(
        rule="warning", outcome=outcome, reason=reason, channel=None, purpose=None, due_at=due_at, detail=detail
    )
    assert "—" not in said["en"] + said["zh-CN"]
    assert (outcome is Outcome.PLANNED) == ("am-17" in said["en"]) == ("am-17" in said["zh-CN"])
    assert (outcome is Outcome.PLANNED and bool(because)) == ("has no owner" in said["en"])


def test_sentence_names_what_took_its_place() -> None:
    said = explain(
        rule="holiday",
        outcome=Outcome.SUPPRESSED,
        reason=Reason.MERGED,
        channel="email",
        purpose="care",
        due_at=None,
        detail=DETAIL,
    )
    assert said["en"].startswith("Not sent by holiday: one message a day is enough: birthday took its place")
    assert said["zh-CN"].startswith("规则 holiday 未发送：同日只发一条消息：由规则 birthday 代替")
