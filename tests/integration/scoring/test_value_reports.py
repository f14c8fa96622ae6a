"""The value report of a customer over HTTP: right figures, both languages, the same bytes, nothing to inject."""

import io
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pypdf import PdfReader

from shared.contracts import interaction
from shared.contracts.common import Money
from tests.support.answers import problem
from tests.support.factories.scoring import CUSTOMER, START, customer_event, days, interaction_event
from tests.support.scoring_service import ScoringService

ADDRESS = f"/v1/customers/{CUSTOMER}/value-report"


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.words += [data.strip()] if data.strip() else []


async def live(scoring: ScoringService) -> None:
    """Two purchases in the first quarter of 1997, one given back in the second, with a complaint answered."""
    amount = Money(minor=100_000, currency="CNY")
    await scoring.apply(
        interaction_event(at=START + days(10), amount=amount),
        interaction_event(at=START + days(40), amount=amount),
        interaction_event(interaction.ReturnRecorded, START + days(100), amount=Money(minor=20_000, currency="CNY")),
        interaction_event(interaction.ComplaintOpened, START + days(101)),
        interaction_event(interaction.ComplaintResolved, START + days(102)),
        interaction_event(interaction.SurveyAnswered, START + days(103)),
        interaction_event(at=START + days(300), amount=amount),
    )
    scoring.clock.move_to(START + days(310))


async def read(scoring: ScoringService, **parameters: Any) -> httpx.Response:
    answer = await scoring.client.get(ADDRESS, params={"year": 1997, "quarter": 2, **parameters})
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        (
            "en",
            "Customer value report",
            ["Q1 1997", "2,000.00 CNY", "-60.00 CNY", "complaint resolved", "What to do next"],
        ),
        ("zh-CN", "客户价值报告", ["1997 年第 1 季度", "2,000.00 CNY", "-60.00 CNY", "投诉解决", "下一步建议"]),
    ],
)
async def test_a_page_tells_the_quarter(scoring: ScoringService, language: str, title: str, words: list[str]) -> None:
    await live(scoring)
    answer = await read(scoring, language=language)
    page = _Text()
    page.feed(answer.text)
    assert answer.headers["content-language"] == language
    assert title in page.words
    assert [word for word in words if word not in page.words] == []
    assert "svg" in page.tags
    assert "script" not in page.tags
    assert "300.00 CNY" not in page.words  # what came after the quarter
    assert (await read(scoring, language=language)).content == answer.content


@pytest.mark.parametrize(("language", "words"), [("en", ["Customer value report", "Q2 1997"]), ("zh-CN", ["1997"])])
async def test_a_document_is_the_same_to_the_byte(scoring: ScoringService, language: str, words: list[str]) -> None:
    await live(scoring)
    first = await read(scoring, language=language, format="pdf")
    assert first.headers["content-type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(first.content)).pages)
    assert all(word in text for word in words)
    assert first.content == (await read(scoring, language=language, format="pdf")).content


async def test_a_title_is_text_and_nothing_else(scoring: ScoringService) -> None:
    await live(scoring)
    name = "<script>alert(1)</script>&<b>茶庄"
    page = (await read(scoring, title=name, language="en")).text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert (await read(scoring, title=name, language="en", format="pdf")).content.startswith(b"%PDF")


async def test_a_customer_without_a_purchase_has_a_report_too(scoring: ScoringService) -> None:
    await scoring.know(customer_event())
    scoring.clock.move_to(START + days(310))
    assert "not known yet" in (await read(scoring, language="en")).text
    assert (await read(scoring, format="pdf")).content.startswith(b"%PDF")


async def test_a_quarter_that_cannot_be_told_is_refused(scoring: ScoringService) -> None:
    await live(scoring)
    for asked, code, field in (
        ({"year": 1997}, "quarter_incomplete", "quarter"),
        ({"year": 1998, "quarter": 3}, "quarter_in_future", "quarter"),
        ({"year": 1996, "quarter": 3}, "quarter_before_first_fact", "quarter"),
    ):
        assert problem(await scoring.client.get(ADDRESS, params=asked)) == (422, code, field)
    unknown = await scoring.client.get(f"/v1/customers/{uuid4()}/value-report")
    assert problem(unknown)[1] == "customer_unknown"
