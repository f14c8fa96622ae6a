"""The pages that a customer opens by a signed link: without a login, and without a script.

Opening a link shows and never changes: mail programs and virus scanners open links, too (RFC 8058, section 3.1). What
goes wrong is said by a page as well, with the status it has.
"""

from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.queries import find_member
from services.notification.desk import Desk
from services.notification.parameters import DeskDep
from services.notification.preferences.choices import is_one_click, read_choices, rows_of
from services.notification.preferences.page import Frame, Pages, what_of
from services.notification.preferences.tokens import LONGEST_TOKEN, PreferenceToken, fingerprint_of
from services.notification.preferences.use_cases import Visit, decide, unsubscribe
from services.notification.preferences.words import language_of
from services.notification.values import Member, MemberState, Permission
from shared.contracts.common import Channel
from shared.contracts.notification import PreferenceWay
from shared.errors import InvalidInput, NotFound, RateLimited
from shared.service import PlatformDep
from shared.web.problems import PROBLEM_MEDIA_TYPE
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/preferences", tags=["preferences"], default_response_class=HTMLResponse)


def _page(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"text/html": {"schema": {"type": "string"}}}}


def _page_or_problem(description: str) -> dict[str, Any]:
    """Headers are judged before anybody knows that a person is reading."""
    page = _page(description)
    page["content"][PROBLEM_MEDIA_TYPE] = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return page


_OK, _BAD, _NOT_FOUND, _GONE, _TOO_MANY = 200, 400, 404, 410, 429
_LINK_FAILURES: dict[int | str, dict[str, Any]] = {
    _NOT_FOUND: _page("A page that says that the link is damaged"),
    _GONE: _page("A page that says that the link is too old to show more, or that the customer was erased"),
}
_FORM_FAILURES = {
    **_LINK_FAILURES,
    _BAD: _page_or_problem("A page that says that the form could not be read, or the problem of a header"),
    _TOO_MANY: _page("The page, saying that consent was given too often"),
}


def _form(example: str) -> dict[str, Any]:
    form = {"application/x-www-form-urlencoded": {"schema": {"type": "string"}, "example": example}}
    return {"requestBody": {"required": True, "content": form}}


class Visitor:
    """Who opened the link, as far as the link tells."""

    def __init__(self, desk: Desk, pages: Pages, brand: str, text: str, wanted: str | None, accepted: str) -> None:
        self.desk = desk
        self.pages = pages
        self._brand = brand
        self._text = text
        self._wanted = wanted
        self._accepted = accepted

    def token(self) -> PreferenceToken:
        """Raises InvalidInput for a link that is none of ours."""
        if self.desk.links is None:
            raise InvalidInput("there are no links without a secret to sign them", code="token_invalid")
        return self.desk.links.read(self._text)

    def frame(self, member: Member | None = None) -> Frame:
        spoken = member.language if member is not None and member.language else None
        language = language_of(self._wanted, spoken, self._accepted)
        return Frame(language=language, brand=self._brand, token=self._text if member is not None else "")

    def visit(self, token: PreferenceToken, member: Member | None, way: PreferenceWay) -> Visit:
        return Visit(token=token, link=fingerprint_of(self._text), way=way, language=self.frame(member).language)

    def is_fresh(self, token: PreferenceToken) -> bool:
        links = self.desk.links
        return links is not None and token.is_fresh(self.desk.clock.now().date(), links.lifetime)


async def _visitor(
    request: Request,
    desk: DeskDep,
    platform: PlatformDep,
    token: Annotated[str, Query(description="the signed token of the link")] = "",
    lang: Annotated[str | None, Query(description="`zh-CN` or `en`")] = None,
    accept_language: Annotated[str, Header()] = "",
) -> Visitor:
    pages: Pages = request.app.state.preference_pages
    return Visitor(desk, pages, platform.settings.brand, token[: LONGEST_TOKEN + 1], lang, accept_language)


VisitorDep = Annotated[Visitor, Depends(_visitor)]


@router.get("/page", responses=_LINK_FAILURES)
async def show_preferences(session: SessionDep, visitor: VisitorDep) -> HTMLResponse:
    """The customer's preferences, to be changed. A damaged link gets a page that says so, with 404; an old one 410."""
    return await _shown(session, visitor, stop=False)


@router.get("/unsubscribe", responses=_LINK_FAILURES)
async def show_unsubscribing(session: SessionDep, visitor: VisitorDep) -> HTMLResponse:
    """The same page, with a button that ends what the link was made for. Opening it changes nothing."""
    return await _shown(session, visitor, stop=True)


@router.post(
    "/page", responses=_FORM_FAILURES, openapi_extra=_form("shown=email%3Acare&was=email%3Acare&allow=email%3Acare")
)
async def save_preferences(request: Request, session: SessionDep, visitor: VisitorDep) -> HTMLResponse:
    """Saves what the customer chose: boxes `shown` on the page, those that `was` ticked, those it would `allow` now.

    Only a difference between the last two is a decision.
    """
    try:
        token = visitor.token()
    except InvalidInput:
        return _damaged(visitor)
    member = await find_member(session, token.customer_id, policy=visitor.desk.policy)
    if not visitor.is_fresh(token):
        return _expired(visitor, token, member)
    visit = visitor.visit(token, member, PreferenceWay.PAGE)
    words = visitor.frame(member).words
    try:
        choices = read_choices(await request.body())
        before = await decide(session, visit, choices.decisions, desk=visitor.desk)
    except InvalidInput:
        return _notice(visitor, None, words.failed_title, words.failed, _BAD)
    except RateLimited:
        return _choices(visitor, token, member, status=words.busy, code=_TOO_MANY)
    except NotFound:
        return _gone(visitor)
    after = await find_member(session, token.customer_id, policy=visitor.desk.policy)
    changed = after is not None and after.granted != before.granted
    return _choices(visitor, token, after, status=words.saved if changed else words.unchanged)


@router.post("/unsubscribe", responses=_FORM_FAILURES, openapi_extra=_form("List-Unsubscribe=One-Click"))
async def unsubscribe_by_one_click(request: Request, session: SessionDep, visitor: VisitorDep) -> HTMLResponse:
    """Ends what the link was made for, when the body says `List-Unsubscribe=One-Click` (RFC 8058). Never expires."""
    try:
        token = visitor.token()
    except InvalidInput:
        return _damaged(visitor)
    member = await find_member(session, token.customer_id, policy=visitor.desk.policy)
    words = visitor.frame(member).words
    if not is_one_click(await request.body(), request.headers.get("content-type", "")):
        return _notice(visitor, None, words.failed_title, words.failed, _BAD)
    try:
        await unsubscribe(session, visitor.visit(token, member, PreferenceWay.ONE_CLICK), desk=visitor.desk)
    except NotFound:
        return _gone(visitor)
    after = await find_member(session, token.customer_id, policy=visitor.desk.policy)
    said = words.unsubscribed.format(what=what_of(words, Permission(token.channel, token.purpose)))
    if visitor.is_fresh(token):
        return _choices(visitor, token, after, status=said)
    return _notice(visitor, after, words.title, said, _OK)


async def _shown(session: AsyncSession, visitor: Visitor, *, stop: bool) -> HTMLResponse:
    try:
        token = visitor.token()
    except InvalidInput:
        return _damaged(visitor)
    member = await find_member(session, token.customer_id, policy=visitor.desk.policy)
    if member is None or member.state is MemberState.ERASED:
        return _gone(visitor)
    if not visitor.is_fresh(token):
        return _expired(visitor, token, member)
    return _choices(visitor, token, member, stop=stop)


def _choices(
    visitor: Visitor,
    token: PreferenceToken,
    member: Member | None,
    *,
    stop: bool = False,
    status: str | None = None,
    code: int = _OK,
) -> HTMLResponse:
    if member is None:
        return _gone(visitor)
    wanted = Permission(token.channel, token.purpose)
    reached = [channel for channel in Channel if member.address_on(channel) is not None]
    page = visitor.pages.choices(
        visitor.frame(member),
        rows_of(visitor.desk.channels, member.granted, reached),
        member.granted,
        stop=wanted if stop and wanted in member.granted else None,
        status=status,
    )
    return _answer(visitor, page, code)


def _damaged(visitor: Visitor) -> HTMLResponse:
    words = visitor.frame().words
    return _notice(visitor, None, words.damaged_title, words.damaged, _NOT_FOUND)


def _gone(visitor: Visitor) -> HTMLResponse:
    words = visitor.frame().words
    return _notice(visitor, None, words.gone_title, words.gone, _GONE)


def _expired(visitor: Visitor, token: PreferenceToken, member: Member | None) -> HTMLResponse:
    words = visitor.frame(member).words
    stop = Permission(token.channel, token.purpose) if member is not None else None
    return _notice(visitor, member, words.expired_title, words.expired, _GONE, stop=stop)


def _notice(
    visitor: Visitor, member: Member | None, title: str, text: str, code: int, *, stop: Permission | None = None
) -> HTMLResponse:
    return _answer(visitor, visitor.pages.notice(visitor.frame(member), title, text, stop=stop), code)


def _answer(visitor: Visitor, page: str, code: int) -> HTMLResponse:
    return HTMLResponse(page, code, dict(visitor.pages.headers))
