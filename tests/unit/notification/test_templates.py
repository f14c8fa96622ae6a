"""The shipped templates: complete, in the right language, and harmless whatever the data holds."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.templates.catalogue import CATALOGUE, SAMPLE_INSTANT
from services.notification.templates.formats import format_amount
from services.notification.templates.library import LIBRARY, TemplateLibrary
from services.notification.values import RuleName
from shared.errors import InvalidInput
from tests.support.factories.notification import member

TEMPLATES = TemplateLibrary(brand="Test Shop", default_language="en", default_time_zone="UTC")


@pytest.mark.parametrize("rule", list(RuleName))
@pytest.mark.parametrize("language", TEMPLATES.languages)
def test_each_rule_renders_in_each_language(rule: RuleName, language: str) -> None:
    rendered = TEMPLATES.render(
        rule, member=member(language=language), facts=CATALOGUE[rule].facts, happened_at=SAMPLE_INSTANT
    )
    assert rendered.language == language
    assert ("Test Shop" in rendered.text) != CATALOGUE[rule].for_staff  # no letter to oneself
    assert "Test Customer" in rendered.text
    assert "Test Customer" in rendered.html
    assert rendered.subject
    assert "Test Customer" not in rendered.subject


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [("zh-CN", "zh-CN"), ("zh-Hant-TW", "zh-CN"), ("zh", "zh-CN"), ("en-GB", "en"), ("fr", "en"), ("", "en")],
)
def test_language_falls_back_to_kin_and_then_to_the_default(wanted: str, spoken: str) -> None:
    assert TEMPLATES.language_for(wanted) == spoken


def test_default_language_is_the_policy_s_choice() -> None:
    chinese = TemplateLibrary(brand="Test Shop", default_language="zh-CN", default_time_zone="UTC")
    assert chinese.language_for("fr") == "zh-CN"


def test_default_language_without_templates_is_refused_at_start() -> None:
    with pytest.raises(InvalidInput, match="default language"):
        TemplateLibrary(brand="Test Shop", default_language="fr", default_time_zone="UTC")


def test_broken_template_is_refused_at_start(tmp_path: Path) -> None:
    for source in LIBRARY.glob("en/*"):
        copy = tmp_path / "en" / source.name
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(source.read_text())
    (tmp_path / "en" / "birthday.txt").write_text("Dear {{ customer.nmae }}")
    with pytest.raises(InvalidInput, match=r"en/birthday\.txt"):
        TemplateLibrary(tmp_path, brand="Test Shop", default_language="en", default_time_zone="UTC")


def test_day_is_the_customer_s_own() -> None:
    late_evening = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    rendered = TEMPLATES.render(
        RuleName.VISIT_THANKS,
        member=member(time_zone="Asia/Shanghai"),
        facts={"place": "store"},
        happened_at=late_evening,
    )
    assert "2 March 2026" in rendered.text


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (2933, "CNY", "29.33 CNY"),
        (123_456_789, "EUR", "1,234,567.89 EUR"),
        (500, "JPY", "500 JPY"),
        (1500, "KWD", "1.500 KWD"),
    ],
)
def test_amount_has_the_digits_of_its_currency(minor: int, currency: str, text: str) -> None:
    assert format_amount(minor, currency) == text


def test_missing_fact_is_named() -> None:
    with pytest.raises(InvalidInput, match="case"):
        TEMPLATES.render(
            RuleName.COMPLAINT_RECEIPT, member=member(), facts={"category": "x"}, happened_at=SAMPLE_INSTANT
        )


def test_amount_that_is_no_number_is_named() -> None:
    facts = {"order_id": "A", "amount_minor": "much", "currency": "CNY"}
    with pytest.raises(InvalidInput) as caught:
        TEMPLATES.render(RuleName.PURCHASE_THANKS, member=member(), facts=facts, happened_at=SAMPLE_INSTANT)
    assert caught.value.field == "facts.amount_minor"


@settings(deadline=None)
@given(name=st.text(min_size=1, max_size=2000), case=st.text(max_size=2000))
def test_data_from_outside_shapes_neither_subject_nor_page(name: str, case: str) -> None:
    rendered = TEMPLATES.render(
        RuleName.COMPLAINT_RECEIPT,
        member=member(display_name=name),
        facts={"case": case, "category": "<b>{{ 7*7 }}</b>"},
        happened_at=SAMPLE_INSTANT,
    )
    assert rendered.subject.isprintable()
    assert len(rendered.subject) <= 400
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in rendered.html
    assert len(rendered.text.splitlines()) == len(_plain_rendering().splitlines())


def test_the_longest_case_number_still_fits_the_subject() -> None:
    rendered = TEMPLATES.render(
        RuleName.COMPLAINT_RECEIPT,
        member=member(),
        facts={"case": "C" * 2000, "category": "delivery"},
        happened_at=SAMPLE_INSTANT,
    )
    assert "CCC…" in rendered.subject
    assert len(rendered.subject) <= 400


def _plain_rendering() -> str:
    return TEMPLATES.render(
        RuleName.COMPLAINT_RECEIPT,
        member=member(),
        facts={"case": "C-1", "category": "delivery"},
        happened_at=SAMPLE_INSTANT,
    ).text
