"""The route of value reports."""

import asyncio
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import Header, Query, Response

from services.scoring.insight.periods import quarter_before, quarter_of
from services.scoring.permissions import Reader
from services.scoring.policies.queries import PolicyDep
from services.scoring.scores.queries import ContextsDep
from services.scoring.scores.sentences import Language, choose_language
from services.scoring.value_reports import queries
from services.scoring.value_reports.page import write_page
from services.scoring.value_reports.printed import write_pdf
from services.scoring.value_reports.schemas import compose
from shared.contracts.common import ShortText
from shared.errors import InvalidInput
from shared.service import ClockDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers/{customer_id}/value-report", tags=["reports"])
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_REPORT: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "the report",
        "content": {
            "text/html": {"schema": {"type": "string"}},
            "application/pdf": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.get("", response_class=Response, responses=_REPORT)
async def get_value_report(
    session: SessionDep,
    policy: PolicyDep,
    contexts: ContextsDep,
    clock: ClockDep,
    customer_id: UUID,
    _: Reader,
    year: Annotated[int | None, Query(ge=1971, le=9000, description="with `quarter`; else the last that ended")] = None,
    quarter: Annotated[int | None, Query(ge=1, le=4, description="of the calendar")] = None,
    format: Annotated[Literal["html", "pdf"], Query(description="a page of its own, or a document to print")] = "html",
    title: Annotated[
        ShortText | None,
        Query(description="to head it with, such as the customer's name, which this service does not know"),
    ] = None,
    language: Annotated[Language | None, Query(description="wins over Accept-Language")] = None,
    accept_language: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """What a customer brought and gained in a quarter, how satisfied and loyal they are and why, what they may bring,
    and what to do next, with charts. The same facts make the same bytes."""
    if (year is None) != (quarter is None):
        raise InvalidInput("say year and quarter, or neither", code="quarter_incomplete", field="quarter")
    now = clock.now()
    if year is None or quarter is None:
        period = quarter_before(now.astimezone(policy.zone).date())
    else:
        period = quarter_of(year, quarter)
    chosen = language or choose_language(accept_language)
    material = await queries.read_material(
        session, customer_id, period, contexts=contexts, now=now, language=chosen, title=title
    )
    document = compose(material)
    if format == "html":
        answer = Response(await asyncio.to_thread(write_page, document), media_type="text/html; charset=utf-8")
        answer.headers["Content-Security-Policy"] = _POLICY
    else:
        answer = Response(await asyncio.to_thread(write_pdf, document), media_type="application/pdf")
        name = f"value-report-{customer_id}-{period.first.year}Q{(period.first.month + 2) // 3}.pdf"
        answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Content-Language"] = chosen
    answer.headers["Vary"] = "Accept-Language"
    return answer
