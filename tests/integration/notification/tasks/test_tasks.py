"""Tasks for staff: given once, to the right one, in both languages; done, dismissed, overtaken or forgotten."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.contracts.customer import AccountManager
from shared.contracts.notification import MessageSuppressed, TaskClosed, TaskCreated, TaskState
from tests.support.factories.notification import (
    NOON,
    complaint,
    profile_erased,
    profile_updated,
    resolution,
    score_changed,
    visit,
)
from tests.support.notification_service import NotificationService
from tests.support.rules import activate_rule, task_on

OWNER = AccountManager(id="am-17", name="Example Manager")
RISEN: dict[str, Any] = {
    "churn_risk": 72.5,
    "churn_reasons": ("silence_model", "complaint_pending"),
    "changed": ("churn_risk", "churn_reasons"),
}


async def tasks_of(service: NotificationService, customer_id: UUID, **filters: Any) -> list[dict[str, Any]]:
    page = await service.get("/v1/tasks", customer_id=customer_id, **filters)
    return list(page["items"])


async def change(service: NotificationService, task: dict[str, Any], action: str, **body: Any) -> httpx.Response:
    headers = {"If-Match": f'"{task["version"]}"'}
    return await service.client.post(f"/v1/tasks/{task['task_id']}/{action}", json=body, headers=headers)


async def warned(service: NotificationService) -> tuple[UUID, dict[str, Any]]:
    """A customer with an owner, who was warned that it may leave."""
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id, owner=OWNER, consents=()))
    await service.handle(score_changed(customer_id, **RISEN))
    (task,) = await tasks_of(service, customer_id)
    return customer_id, task


async def test_owner_is_warned_once_in_both_languages_with_the_reasons(service: NotificationService) -> None:
    customer_id = uuid4()
    event = score_changed(customer_id, **RISEN)
    await service.handle(profile_updated(customer_id, owner=OWNER, consents=()))
    await service.handle(event)
    await service.handle(event)
    await service.handle(score_changed(customer_id, **RISEN | {"churn_risk": 80.0}))  # again within 30 days
    (listed,) = await tasks_of(service, customer_id)
    assert listed["title"] == {
        "en": "A customer may leave (churn risk 72.5)",
        "zh-CN": "客户流失预警（风险 72.5）",
    }
    assert listed["assignee"] == {"kind": "employee", "id": "am-17", "name": "Example Manager"}
    assert (listed["priority"], listed["state"], listed["reason"]) == ("high", "open", None)
    assert datetime.fromisoformat(listed["due_at"]) == NOON + timedelta(days=2)
    read = await service.get(f"/v1/tasks/{listed['task_id']}")
    assert "a complaint is open, late or was reopened" in read["text"]["en"]
    assert "沉默时间已超出该客户的正常间隔" in read["text"]["zh-CN"]
    decisions = await service.get(f"/v1/customers/{customer_id}/decisions")
    second, first = sorted(decisions["items"], key=lambda one: str(one["outcome"]), reverse=True)
    assert (first["decision_id"], first["action"], first["channel"]) == (listed["task_id"], "task", None)
    assert first["explanation"]["en"] == "A task by churn_warning, for the employee am-17."
    assert (second["reason"], second["explanation"]["zh-CN"][:16]) == ("duplicate", "规则 churn_warning")
    (told,) = [one.data for one in await service.published() if isinstance(one.data, TaskCreated)]
    assert (str(told.task_id), told.title, told.assignee.id) == (listed["task_id"], listed["title"], "am-17")
    assert not any(isinstance(one.data, MessageSuppressed) for one in await service.published())


@pytest.mark.parametrize(
    ("profile", "score", "tasks"),
    [
        ({}, {}, 0),
        ({}, {"abc_class": "A"}, 1),
        ({"owner": OWNER}, {"churn_risk": 59.9}, 0),
        ({"owner": OWNER}, {"changed": ("rfm",)}, 0),
        ({"owner": OWNER}, {"silent": True}, 0),
    ],
)
async def test_who_is_warned_of(
    service: NotificationService, profile: dict[str, Any], score: dict[str, Any], tasks: int
) -> None:
    customer_id = uuid4()
    await service.handle(score_changed(customer_id, **RISEN | score))  # before the profile
    await service.handle(profile_updated(customer_id, **profile))
    assert len(await tasks_of(service, customer_id)) == tasks


async def test_without_an_owner_a_role_has_it_and_says_why(service: NotificationService) -> None:
    customer_id = uuid4()
    await activate_rule(service, "follow_up", task_on("visit"))
    await service.handle(profile_updated(customer_id))
    await service.handle(visit(customer_id))
    (task,) = await tasks_of(service, customer_id, role="account_management")
    assert task["reason"] == "no_assignee"
    assert not await tasks_of(service, customer_id, assignee="account_management")
    (decision,) = (await service.get("/v1/decisions", rule="follow_up"))["items"]
    assert "has no owner to give it to" in decision["explanation"]["en"]
    (told,) = [one.data for one in await service.published() if isinstance(one.data, TaskCreated)]
    assert told.reason == "no_assignee"


async def test_task_is_reassigned_and_done_by_who_read_it_last(service: NotificationService) -> None:
    _, task = await warned(service)
    moved = await change(service, task, "reassign", employee="am-21", name="Another Manager", note="on leave")
    assert (moved.status_code, moved.headers["ETag"]) == (200, '"2"')
    assert moved.json()["assignee"] == {"kind": "employee", "id": "am-21", "name": "Another Manager"}
    stale = await change(service, task, "complete")
    assert (stale.status_code, stale.json()["code"]) == (412, "version_conflict")
    done = await change(service, moved.json(), "complete", note="called; all is well")
    assert (done.json()["state"], done.json()["closed_by"], done.json()["note"]) == (
        "done",
        "tester",
        "called; all is well",
    )
    assert [(one["action"], one["from_assignee"], one["to_assignee"]) for one in done.json()["changes"]] == [
        ("reassigned", "employee:am-17", "employee:am-21"),
        ("completed", None, None),
    ]
    again = await change(service, done.json(), "dismiss", note="no")
    assert (again.status_code, again.json()["code"]) == (409, "task_closed")
    (told,) = [one.data for one in await service.published() if isinstance(one.data, TaskClosed)]
    assert (told.state, told.closed_by, told.assignee.id) == (TaskState.DONE, "tester", "am-21")


async def test_what_cannot_be_done_to_a_task_is_refused(service: NotificationService) -> None:
    _, task = await warned(service)
    unread = await service.client.post(f"/v1/tasks/{task['task_id']}/complete", json={})
    assert (unread.status_code, unread.json()["code"]) == (428, "if_match_required")
    nobody = await change(service, task | {"task_id": str(uuid4())}, "complete")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "task_unknown")
    for action, body in (("dismiss", {}), ("reassign", {}), ("reassign", {"employee": "a", "role": "b"})):
        assert (await change(service, task, action, **body)).status_code == 422
    assert (await change(service, task, "dismiss", note="moves abroad")).json()["state"] == "dismissed"


async def test_open_task_is_cancelled_by_what_its_rule_names_about_the_same_case(service: NotificationService) -> None:
    customer_id = uuid4()
    await activate_rule(service, "apologise", task_on("complaint_opened", cancel_when=["complaint_resolved"]))
    await service.handle(profile_updated(customer_id, owner=OWNER))
    await service.handle(complaint(customer_id), complaint(customer_id, case="C-2"))
    later = NOON + timedelta(hours=1)
    solved = resolution(customer_id, occurred_at=later, recorded_at=later)
    await service.handle(solved)
    await service.handle(solved)
    (open_task,) = await tasks_of(service, customer_id, state="open")
    (cancelled,) = await tasks_of(service, customer_id, state="cancelled")
    assert open_task["title"]["en"].endswith("(C-2)")
    assert (cancelled["reason"], cancelled["closed_by"]) == ("cancelled", None)
    read = await service.get(f"/v1/tasks/{cancelled['task_id']}")
    assert read["cause"]["event_id"] == solved.envelope.id
    (told,) = [one.data for one in await service.published() if isinstance(one.data, TaskClosed)]
    assert (told.state, told.reason) == (TaskState.CANCELLED, "cancelled")
    (decision,) = (await service.get("/v1/decisions", rule="apologise", reason="cancelled"))["items"]
    assert decision["explanation"]["en"].startswith("No task by apologise: what it waited for has been overtaken")


async def test_erasure_closes_tasks_and_empties_their_texts(service: NotificationService) -> None:
    customer_id, task = await warned(service)
    other_id, other = await warned(service)
    await change(service, other, "complete", note="private words")
    await service.handle(profile_erased(customer_id), profile_erased(other_id))
    read = await service.get(f"/v1/tasks/{task['task_id']}")
    assert (read["state"], read["reason"], read["title"], read["text"]) == ("cancelled", "erased", {}, {})
    kept = await service.get(f"/v1/tasks/{other['task_id']}")
    assert (kept["state"], kept["note"], kept["changes"][0]["note"], kept["text"]) == ("done", None, None, {})
    assert await service.scalar("SELECT staff FROM customers WHERE customer_id = :id", id=customer_id) == {}


async def test_task_is_given_even_where_its_words_fail(service: NotificationService) -> None:
    """The rule's description stands in for words that ask for what the event did not tell."""
    customer_id = uuid4()
    await activate_rule(
        service, "warn", task_on("score_changed", template="churn_warning", description="Look at this customer")
    )
    await service.handle(profile_updated(customer_id))
    await service.handle(score_changed(customer_id))  # tells no churn risk
    (task,) = await tasks_of(service, customer_id)
    assert task["title"]["en"] == "Look at this customer"
    assert "churn_risk" in (await service.get(f"/v1/tasks/{task['task_id']}"))["text"]["en"]


async def test_tasks_are_listed_by_what_is_due_first_in_pages(service: NotificationService) -> None:
    await activate_rule(service, "soon", task_on("visit", task={"due_within": "PT4H", "assign_to": {"role": "desk"}}))
    await activate_rule(service, "late", task_on("visit", task={"due_within": "P3D", "assign_to": {"employee": "e-1"}}))
    customers = [uuid4() for _ in range(3)]
    await service.handle(*map(profile_updated, customers))
    await service.handle(*map(visit, customers))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await service.get("/v1/tasks", limit=2, **cursor)
        seen += [one["rule"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == ["soon"] * 3 + ["late"] * 3
    before = (NOON + timedelta(days=1)).isoformat()
    for filters, count in (({"due_before": before}, 3), ({"assignee": "e-1"}, 3), ({"rule": "soon", "role": "x"}, 0)):
        assert len((await service.get("/v1/tasks", **filters))["items"]) == count


async def test_dry_run_counts_tasks_and_gives_none(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id, consents=()))
    await service.handle(visit(customer_id), visit(customer_id))
    window = {"from": (NOON - timedelta(days=1)).isoformat(), "to": (NOON + timedelta(days=1)).isoformat()}
    answer = await service.client.post(
        "/v1/rules/follow_up/dry-run", json={**window, "document": task_on("visit", not_again_within="P1D")}
    )
    tried = answer.json()
    assert (tried["triggered"], tried["sent"], tried["customers"]) == (2, 1, 1)
    assert [(one["channel"], one["outcome"], one["messages"]) for one in tried["counts"]] == [
        (None, "planned", 1),
        (None, "suppressed", 1),
    ]
    assert not await tasks_of(service, customer_id)
