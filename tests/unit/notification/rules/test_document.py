"""Rules as documents: what is shipped can be kept and sent, what could never be sent is refused with its place."""

from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from services.notification.rules.book import RuleBook
from services.notification.rules.checking import check_rule
from services.notification.rules.document import Rule, RuleDocument, read_rule
from services.notification.rules.kinds import EVENTS, KIND_OF, shown_of, subject_of, tells_of
from services.notification.rules.shipped import shipped_rules
from services.notification.rules.vocabulary import inputs_from, plain_inputs, vocabulary_of
from services.notification.templates.catalogue import CATALOGUE
from services.notification.values import RuleName
from shared.contracts.common import Money
from shared.contracts.interaction import PurchaseLine
from shared.errors import InvalidInput
from tests.support.factories.notification import complaint, purchase, score_changed

THANKS: dict[str, Any] = {
    "description": "a test",
    "on": {"event": "visit"},
    "message": {"template": "visit_thanks", "purpose": "care"},
}

TASK: dict[str, Any] = {"template": "follow_up_call"}
TASK_ALONE: dict[str, Any] = {"message": None, "task": TASK}


def test_everything_shipped_can_be_sent_and_survives_being_stored() -> None:
    assert set(shipped_rules()) <= set(RuleName)
    for rule in shipped_rules().values():
        check_rule(rule.document, CATALOGUE)
        assert read_rule(rule.name, rule.version, rule.document.model_dump_json()).document == rule.document


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"on": {}}, "on"),
        ({"on": {"event": "visit", "occasion": "birthday"}}, "on"),
        ({"on": {"event": "visitt"}}, "on"),
        ({"on": {"occasion": "name_day"}}, "on"),
        ({"on": {"occasion": "holiday"}}, "at least one of the holidays"),
        ({"on": {"occasion": "holiday", "holidays": ["midautumn"]}}, "there is no holiday 'midautumn'"),
        ({"on": {"occasion": "holiday", "holidays": ["qixi", "qixi"]}}, "each holiday is named once"),
        ({"on": {"occasion": "holiday", "holidays": ["qixi"], "region": "China"}}, "on.region"),
        ({"on": {"occasion": "holiday", "holidays": ["qixi"], "lead_days": 61}}, "on.lead_days"),
        ({"on": {"occasion": "birthday", "holidays": ["qixi"]}}, "are for the occasion holiday"),
        ({"on": {"event": "visit", "region": "CN"}}, "are for the occasion holiday"),
        ({"when": {"field": "event.plaice", "is": "store"}}, "did you mean event.place"),
        ({"when": {"all": [{"field": "event.amount_minor", "at_least": 1}]}}, "when.all[0].field"),
        ({"when": {"field": "score.churn_risk", "is": "high"}}, "when.is"),
        ({"message": {"template": "visit_thanks", "purpose": "care", "channels": []}}, "channels"),
        ({"message": {"template": "visit_thanks", "purpose": "care", "channels": ["email", "email"]}}, "each channel"),
        ({"priority": 101}, "priority"),
        ({"cancel_when": ["complaint_resolved"]}, "nothing waits"),
        ({"delay": "P1D", "cancel_when": ["complaint_solved"]}, "complaint_solved"),
        ({"wait_until": {"start": "18:00", "end": "09:00"}}, "the window ends after it starts"),
        ({"delay": "P400D"}, "delay"),
        ({"prioritty": 1}, "prioritty"),
        ({"task": TASK}, "either message or task"),
        ({"message": None}, "either message or task"),
        ({"message": None, "task": TASK, "merge": True}, "merge and apology_first are for messages"),
        ({"message": None, "task": TASK | {"assign_to": {}}}, "either employee or role"),
        ({"message": None, "task": TASK | {"due_within": "PT0S"}}, "due_within"),
    ],
)
def test_what_no_rule_can_say_is_refused(change: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as refused:
        RuleDocument.model_validate(THANKS | change)
    assert place in str(refused.value)


@pytest.mark.parametrize(
    ("message", "trigger", "code"),
    [("no_such_words", "visit", "template_unknown"), ("purchase_thanks", "visit", "template_unsuitable")],
)
def test_rule_without_words_is_refused(message: str, trigger: str, code: str) -> None:
    document = RuleDocument.model_validate(
        THANKS | {"on": {"event": trigger}, "message": {"template": message, "purpose": "care"}}
    )
    with pytest.raises(InvalidInput) as refused:
        check_rule(document, CATALOGUE)
    assert (refused.value.code, refused.value.field) == (code, "document.message.template")


@pytest.mark.parametrize(
    ("action", "place"),
    [
        ({"message": {"template": "follow_up_call", "purpose": "care"}}, "document.message.template"),
        ({"message": None, "task": {"template": "visit_thanks"}}, "document.task.template"),
        ({"message": None, "task": {"template": "churn_warning"}}, "document.task.template"),
    ],
)
def test_words_for_staff_and_for_customers_are_not_mistaken_for_each_other(action: dict[str, Any], place: str) -> None:
    """The last one shows the churn risk, which a visit does not tell."""
    with pytest.raises(InvalidInput) as refused:
        check_rule(RuleDocument.model_validate(THANKS | action), CATALOGUE)
    assert (refused.value.code, refused.value.field) == ("template_unsuitable", place)


def test_rule_with_a_message_is_kept_as_releases_without_tasks_and_holidays_read_it() -> None:
    message, task = RuleDocument.model_validate(THANKS), RuleDocument.model_validate(THANKS | TASK_ALONE)
    wishes = RuleDocument.model_validate(THANKS | {"on": {"occasion": "holiday", "holidays": ["qixi"], "lead_days": 1}})
    assert not {"task", "lane"} & message.kept().keys()
    assert message.kept()["on"] == {"event": "visit", "occasion": None}
    for document in (message, task, wishes):
        assert RuleDocument.model_validate(document.kept()) == document


def test_sets_are_shown_by_name_and_what_is_empty_is_not() -> None:
    kind = EVENTS["score_changed"]
    told = tells_of(kind, score_changed(uuid4(), churn_risk=0.0, churn_reasons=("usage_down", "competitor")).data)
    shown = shown_of(kind, told)
    assert (shown["churn_risk"], shown["churn_reasons"]) == ("0.0", "competitor, usage_down")
    assert "churn_reasons" not in shown_of(kind, tells_of(kind, score_changed(uuid4()).data))


def test_book_finds_rules_by_trigger_with_the_highest_priority_first() -> None:
    def rule(name: str, priority: int, **options: bool) -> Rule:
        return Rule(name, 1, RuleDocument.model_validate(THANKS | {"priority": priority}), **options)

    book = RuleBook([rule("low", 10), rule("b_high", 90), rule("a_high", 90), rule("old", 99, is_retired=True)])
    assert [one.name for one in book.on_event("visit")] == ["a_high", "b_high", "low"]
    assert book.on_event("purchase") == book.on_occasion("birthday") == ()
    old = book.find("old")
    assert old is not None
    assert old.is_retired


def test_latest_of_a_name_stands_in_the_book() -> None:
    shipped, other = shipped_rules()["visit_thanks"], RuleDocument.model_validate(THANKS | {"priority": 1})
    assert RuleBook([shipped, Rule("visit_thanks", 2, other)]).on_event("visit")[0].version == 2


def test_events_tell_what_their_kind_says_by_plain_values() -> None:
    amount = Money(minor=100, currency="CNY")
    lines = tuple(PurchaseLine(category=name, quantity=1, amount=amount) for name in ("rings", "watches", "rings"))
    event = purchase(uuid4(), lines=lines)
    told = tells_of(EVENTS["purchase"], event.data)
    assert told["categories"] == {"rings", "watches"}
    assert inputs_from(plain_inputs(told)) == told
    assert subject_of(EVENTS["purchase"], event.data) == "order_id:test:A-1"
    opened = complaint(uuid4())
    assert tells_of(EVENTS["complaint_opened"], opened.data) == {
        "case": "C-1",
        "category": "delivery",
        "severity": "medium",
    }
    assert tells_of(EVENTS["score_changed"], score_changed(uuid4()).data)["changed"] == {"loyalty_level"}


def test_every_kind_reads_fields_that_its_events_have() -> None:
    for kind in EVENTS.values():
        assert KIND_OF[kind.data] is kind
        for told in kind.tells:
            assert told.path.split(".")[0] in kind.data.model_fields, (kind.name, told.name)
        assert set(vocabulary_of(kind.name).fields) > {f"event.{told.name}" for told in kind.tells}
