"""Rules put in force over HTTP, as those who keep them do."""

from typing import Any

from tests.support.notification_service import NotificationService


def rule_on(
    trigger: str, *, template: str, purpose: str = "care", channels: tuple[str, ...] = ("inbox",), **parts: Any
) -> dict[str, Any]:
    """A document; `trigger` is a kind of event."""
    message = {"template": template, "purpose": purpose, "channels": list(channels)}
    return {"description": "a test", "on": {"event": trigger}, "message": message, **parts}


def task_on(trigger: str, *, template: str = "follow_up_call", **parts: Any) -> dict[str, Any]:
    """A document that gives a task; `task` among the parts says more about it."""
    task = {"template": template, **parts.pop("task", {})}
    return {"description": "a test", "on": {"event": trigger}, "task": task, **parts}


def rule_on_holidays(*codes: str, lead_days: int = 0, region: str | None = None, **parts: Any) -> dict[str, Any]:
    """A greeting by mail, else into the inbox."""
    day = {"occasion": "holiday", "holidays": list(codes), "lead_days": lead_days, "region": region}
    message = {"template": "holiday_greeting", "purpose": "care", "channels": ["email", "inbox"]}
    return {"description": "a test", "on": day, "message": message, **parts}


async def activate_rule(service: NotificationService, name: str, document: dict[str, Any]) -> dict[str, Any]:
    drafted = await service.client.put(f"/v1/rules/{name}/draft", json={"document": document, "reason": "a test"})
    assert drafted.status_code == 200, drafted.text
    answer = await service.client.post(
        f"/v1/rules/{name}/activate",
        json={"reason": "a test", "confirm": True},
        headers={"If-Match": drafted.headers["ETag"]},
    )
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read
