"""Whose a task is, by rule and profile; and until when it is due, weekends left out."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.notification.rules.document import TaskAction
from services.notification.tasks.assigning import assign, due_after
from services.notification.values import Employee, Member, Reason
from shared.contracts.notification import AssigneeKind
from tests.support.factories.notification import member

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
OWNER, BACKUP = Employee("am-17", "Example Manager"), Employee("am-21")


def assigned(who: Member, assign_to: Any = "owner") -> tuple[str, str, str | None, Reason | None]:
    action = TaskAction.model_validate({"template": "churn_warning", "assign_to": assign_to})
    given = assign(action, who, "account_management")
    return given.kind.value, given.id, given.name, given.reason


@pytest.mark.parametrize(
    ("staff", "expected"),
    [
        ({"owner": OWNER, "backup_owner": BACKUP}, ("employee", "am-17", "Example Manager", None)),
        ({"backup_owner": BACKUP}, ("employee", "am-21", None, None)),
        ({}, ("role", "account_management", None, Reason.NO_ASSIGNEE)),
    ],
)
def test_owner_has_it_else_the_backup_else_the_role_of_the_policy(staff: dict[str, Any], expected: Any) -> None:
    assert assigned(member(**staff)) == expected


def test_whom_the_rule_names_has_it_whoever_the_owner_is() -> None:
    assert assigned(member(owner=OWNER), {"employee": "am-5"}) == ("employee", "am-5", None, None)
    assert assigned(member(owner=OWNER), {"role": "retention"}) == (AssigneeKind.ROLE, "retention", None, None)


def local(day: int, hour: int, zone: ZoneInfo = SHANGHAI, *, minute: int = 0) -> datetime:
    """A local time of March 2026, whose first is a Sunday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("given", "within", "due"),
    [
        (local(2, 12), timedelta(days=2), local(4, 12)),
        (local(6, 15), timedelta(days=1), local(9, 15)),
        (local(6, 23), timedelta(hours=4), local(9, 3)),
        (local(7, 10), timedelta(hours=1), local(9, 1)),
        (local(8, 23, minute=59), timedelta(days=5), local(14, 0)),
        (local(5, 9), timedelta(days=10), local(19, 9)),
    ],
)
def test_time_stands_still_over_the_weekend(given: datetime, within: timedelta, due: datetime) -> None:
    assert due_after(given, within, SHANGHAI) == due


def test_weekend_is_that_of_the_zone_and_its_change_of_clocks_is_in_it() -> None:
    sunday_night = datetime(2026, 3, 8, 20, tzinfo=UTC)  # Monday 04:00 in Shanghai
    assert due_after(sunday_night, timedelta(hours=2), SHANGHAI) == sunday_night + timedelta(hours=2)
    assert due_after(local(27, 12, BERLIN), timedelta(days=1), BERLIN) == local(30, 12, BERLIN)
