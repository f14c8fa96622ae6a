"""What templates may not do: loop without end, reach for Python, build what is huge; and what they may."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.templates.catalogue import CATALOGUE, SAMPLE_INSTANT
from services.notification.templates.library import TemplateLibrary
from services.notification.templates.mjml import MOST_TAGS, compile_mjml
from services.notification.templates.sandbox import BoundedEnvironment
from services.notification.templates.version import TemplateKey, TemplateVersion
from services.notification.values import RuleName
from shared.contracts.common import Channel
from shared.errors import InvalidInput
from tests.support.factories.notification import member

TEMPLATES = TemplateLibrary(brand="Test Shop", default_language="en", default_time_zone="UTC")
THANKS = TemplateVersion(
    key=TemplateKey(RuleName.PURCHASE_THANKS, "en"),
    version=2,
    subject="Thanks",
    text="Thanks",
    html="<p>Thanks</p>",
)
FACTS = CATALOGUE[RuleName.PURCHASE_THANKS].facts


def said(source: str, facts: Mapping[str, str] = FACTS, **more: object) -> str:
    version = replace(THANKS, text=source, **more)  # type: ignore[arg-type]
    return TEMPLATES.render_version(version, member=member(), facts=facts, happened_at=SAMPLE_INSTANT).text


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{% for i in range(10**9) %}{% endfor %}", "pow"),
        ("{% for i in range(1000000000) %}{% endfor %}", "1000000000 numbers"),
        ("{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}", "steps"),
        ("{% for i in range(9999) if false %}{% endfor %}{% for i in range(9999) if false %}{% endfor %}", "steps"),
        ("{% for i in range(3000) %}" + "{% set x = order_id|upper %}" * 500 + "{% endfor %}", "steps"),
        ("{% for i in brand recursive %}{{ loop(i) }}{% endfor %}", "recursive"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "macro"),
        ("{{ 'x' * 1000000000 }}", "for numbers"),
        ("{{ [1] * 1000000000 }}", "for numbers"),
        ("{{ '%1000000000d' % 1 }}", "for numbers"),
        ("{{ '{:1000000000}'.format(1) }}", "called"),
        ("{{ 'x'|center(1000000000) }}", "no filter"),
        ("{{ 'x'|safe }}", "no filter"),
        ("{% set a = 'x' ~ 'y' %}", "concat"),
        ("{% set a = '" + "x" * 1500 + "' %}{% set b = a + a %}", "more than 2000 characters"),
        ("{% set n = 99 %}" + "{% set n = n * n %}" * 60, "for numbers"),
        ("{{ brand.__class__ }}", "__class__"),
        ("{{ customer['__class__'] }}", "__class__"),
        ("{{ brand|attr('__class__') }}", "no filter"),
        ("{{ self }}", "self"),
        ("{{ _step }}", "_step"),
        ("{% include 'en/birthday.txt' %}", "include"),
        ("{% extends brand %}", "extends"),
        ("{{ 1 / 0 }}", "zero"),
        ("{{ brand < 1 }}", "not supported"),
        ("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "recursion"),
        ("{{ order_number }}", "order_number"),
        ("{% set a = 'x' %}" + "{% set a = [a, a]|join %}" * 36, "cannot be kept"),
        ("{% set a = [brand] if true else [] %}", "cannot be kept"),
        ("{{ [[brand, brand], brand] }}", "cannot hold lists"),
        ("{{ [brand, brand] }}", "cannot be shown"),
        ("{{ [order_id, order_id, order_id, order_id, order_id, order_id, order_id]|join }}", "more than 2000"),
        ("{{ 2|round(1000000000, 'floor') }}", "positional argument"),
        ("{% if %}", "line 1"),
        ("{{ order_id }}" * 200, "grew"),
    ],
    ids=lambda value: value[:40],
)
def test_what_no_template_may_do_is_stopped_with_its_reason(source: str, told: str) -> None:
    facts = dict(FACTS) | {"order_id": "A" * 300}
    with pytest.raises(InvalidInput) as stopped:
        said(source, facts)
    assert told in stopped.value.detail
    assert stopped.value.code in ("template_invalid", "template_failed")


def test_what_templates_need_is_allowed() -> None:
    source = (
        "{% set who = customer.name|upper %}{{ who }}: {{ amount }}{% if currency == 'CNY' %} ¥{% endif %} "
        "{% for i in range(3) if i is odd or i < 3 %}{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %}"
        " {{ order_id[:2] + '!' }} {{ 2 * 3 - 1 }} {{ [brand, order_id]|join('/') }} {{ note|default('none') }}"
    )
    assert said(source) == "TEST CUSTOMER: 29.33 CNY ¥ 1, 2, 3 A-! 5 Test Shop/A-1001 none"


@settings(deadline=2000, max_examples=200)
@given(st.text(alphabet="{}%|()[]'.~*+-=_ forinelsdataxyz0129", max_size=120))
def test_any_source_is_refused_or_rendered_within_its_bounds(source: str) -> None:
    try:
        rendered = said(source)
    except InvalidInput:
        return
    assert len(rendered) <= 20_000


def test_fact_that_may_be_missing_has_its_default_and_no_other_has_one() -> None:
    facts = {name: value for name, value in FACTS.items() if name != "order_id"}
    assert said("{{ order_id }}", facts, defaults={"order_id": "your order"}) == "your order"
    assert said("{{ order_id }}", defaults={"order_id": "your order"}) == "A-1001"
    with pytest.raises(InvalidInput, match="order_id"):
        said("{{ order_id }}", facts, defaults={"currency": "CNY"})


def test_own_words_of_a_channel_come_before_those_for_any_and_before_the_shipped() -> None:
    library = TemplateLibrary(brand="Test Shop", default_language="en", default_time_zone="UTC")
    for_sms = replace(THANKS, key=TemplateKey(RuleName.PURCHASE_THANKS, "en", Channel.SMS), version=3, text="Short")
    broken = replace(THANKS, key=TemplateKey(RuleName.VISIT_THANKS, "en"), text="{{ nothing() }}")
    library.adopt([THANKS, for_sms, broken], generation=2)
    spoken = {
        channel: library.render(
            RuleName.PURCHASE_THANKS, member=member(), facts=FACTS, happened_at=SAMPLE_INSTANT, channel=channel
        ).text
        for channel in (Channel.SMS, Channel.EMAIL)
    }
    assert spoken == {Channel.SMS: "Short", Channel.EMAIL: "Thanks"}
    assert library.in_force(RuleName.PURCHASE_THANKS, "zh-CN", None) == 1
    with pytest.raises(InvalidInput):
        library.render(RuleName.VISIT_THANKS, member=member(), facts={"place": "store"}, happened_at=SAMPLE_INSTANT)


def test_mjml_becomes_html_with_its_statements_untouched() -> None:
    html = compile_mjml(
        "<mjml><mj-body><mj-section><mj-column><mj-text>{% if amount %}{{ customer.name }}{% endif %}</mj-text>"
        "</mj-column></mj-section></mj-body></mjml>"
    )
    assert html.lower().startswith("<!doctype html>")
    assert "{% if amount %}{{ customer.name }}{% endif %}" in html
    rendered = TEMPLATES.render_version(
        replace(THANKS, html=html), member=member(display_name="<b>"), facts=FACTS, happened_at=SAMPLE_INSTANT
    )
    assert "&lt;b&gt;" in rendered.html


@pytest.mark.parametrize(
    "source",
    [
        "",
        "hello",
        "<mjml>",
        "<mjml><mj-body><mj-include path='/etc/passwd'/></mj-body></mjml>",
        "<div>" * MOST_TAGS * 4,
    ],
)
def test_what_is_no_mjml_is_refused(source: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        compile_mjml(source)
    assert (refused.value.code, refused.value.field) == ("template_invalid", "mjml")


def test_html_is_escaped_and_text_is_not() -> None:
    values = {"name": "<b>"}
    for autoescape, expected in ((True, "&lt;b&gt;"), (False, "<b>")):
        environment = BoundedEnvironment({}, autoescape=autoescape)
        assert "".join(environment.from_string("{{ name }}").generate(environment.context_of(values))) == expected
