"""What ends the waiting of a message: a later event of a named kind, about the same."""

from datetime import timedelta

import pytest

from services.notification.messages.ending import Happening, ending_of
from services.notification.rules.document import Rule, RuleDocument
from tests.support.factories.notification import NOON

RULE = Rule(
    "chase",
    1,
    RuleDocument.model_validate(
        {
            "description": "a test",
            "on": {"event": "complaint_opened"},
            "message": {"template": "complaint_receipt", "purpose": "service"},
            "delay": "P1D",
            "cancel_when": ["complaint_resolved", "complaint_closed"],
        }
    ),
)


@pytest.mark.parametrize(
    ("kind", "hours", "about", "ends"),
    [
        ("complaint_resolved", 1, "case:test:C-1", True),
        ("complaint_closed", 0, "case:test:C-1", True),
        ("complaint_resolved", -1, "case:test:C-1", False),
        ("complaint_resolved", 1, "case:test:C-2", False),
        ("complaint_resolved", 1, None, True),
        ("complaint_resolved", 1, "order_id:test:O-1", True),
        ("complaint_reopened", 1, "case:test:C-1", False),
    ],
)
def test_only_a_later_event_about_the_same_ends_the_waiting(
    kind: str, hours: int, about: str | None, ends: bool
) -> None:
    happening = Happening(kind, "e-1", NOON + timedelta(hours=hours), about)
    assert ending_of(RULE, NOON, "case:test:C-1", [happening]) == (happening if ends else None)


def test_the_first_that_ended_it_is_named() -> None:
    later, first = (
        Happening("complaint_resolved", f"e-{hours}", NOON + timedelta(hours=hours), None) for hours in (2, 1)
    )
    assert ending_of(RULE, NOON, None, [later, first]) is first
