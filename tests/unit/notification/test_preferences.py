"""Links to preferences, what a form decides, and pages that everybody can read and work with."""

from collections.abc import Mapping
from datetime import date, timedelta
from html.parser import HTMLParser
from urllib.parse import urlencode
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.audience.profile import permission_text
from services.notification.preferences.choices import Choices, is_one_click, read_choices, rows_of
from services.notification.preferences.page import Frame, Pages
from services.notification.preferences.tokens import PreferenceToken, read_token, write_token
from services.notification.preferences.words import LANGUAGES, language_of
from services.notification.values import Permission
from shared.contracts.common import Channel, Purpose
from shared.errors import InvalidInput

SECRET = "test-only-secret-of-at-least-32-characters"
TOKEN = PreferenceToken(UUID("b526ddde-05d5-5d1e-82c5-78fc788b8f31"), Channel.EMAIL, Purpose.CARE, date(2026, 3, 2))
CARE, OFFERS = Permission(Channel.EMAIL, Purpose.CARE), Permission(Channel.EMAIL, Purpose.MARKETING)
PERMISSIONS = st.builds(Permission, st.sampled_from(Channel), st.sampled_from(Purpose))
SETS = st.frozensets(PERMISSIONS)
ONE_CLICK = b"List-Unsubscribe=One-Click"
MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
    "multipart/form-data; boundary=x",
)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=100), st.integers(0, 120), st.characters())
def test_no_token_but_ours_is_taken(text: str, place: int, character: str) -> None:
    token = write_token(TOKEN, SECRET)
    assert read_token(token, SECRET) == TOKEN
    changed = token[:place] + character + token[place + 1 :]
    for other in (text, changed if changed != token else text, write_token(TOKEN, "other" * 8)):
        with pytest.raises(InvalidInput):
            read_token(other, SECRET)


def test_link_opens_the_page_for_its_lifetime() -> None:
    lifetime = timedelta(days=400)
    assert TOKEN.is_fresh(TOKEN.issued_on + lifetime, lifetime)
    assert not TOKEN.is_fresh(TOKEN.issued_on + lifetime + timedelta(days=1), lifetime)


@given(shown=SETS, were=SETS, ticked=SETS, granted=SETS, nothing=st.booleans())
def test_only_what_was_touched_is_decided(
    shown: frozenset[Permission],
    were: frozenset[Permission],
    ticked: frozenset[Permission],
    granted: frozenset[Permission],
    nothing: bool,
) -> None:
    decided = Choices(shown, were, ticked, nothing).decisions(granted)
    assert decided.keys() <= shown
    after = (granted - decided.keys()) | {one for one, given in decided.items() if given}
    for one in shown:
        touched = nothing or (one in ticked) != (one in were)
        assert (one in after) == ((one in ticked and not nothing) if touched else (one in granted))
    assert all((one in granted) != given for one, given in decided.items()), "a decision that changes nothing is none"


def test_form_comes_back_as_the_page_sent_it() -> None:
    form = [("shown", "email:care"), ("shown", "sms:care"), ("was", "email:care"), ("allow", "sms:care")]
    choices = read_choices(urlencode(form).encode())
    assert choices.decisions({CARE}) == {CARE: False, Permission(Channel.SMS, Purpose.CARE): True}
    assert read_choices(b"shown=email%3Acare&nothing=1").decisions({CARE}) == {CARE: False}


@pytest.mark.parametrize(
    "body", [b"allow=fax%3Acare", b"allow=email", "allow=übel".encode(), b"a&" * 300, b"x" * 20_000]
)
def test_form_that_no_page_sent_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_choices(body)
    assert refused.value.code == "form_invalid"


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (ONE_CLICK, "application/x-www-form-urlencoded", True),
        (ONE_CLICK, "application/x-www-form-urlencoded; charset=utf-8", True),
        (*MULTIPART, True),
        (MULTIPART[0].replace(b"One-Click", b"Other"), MULTIPART[1], False),
        (b"", "application/x-www-form-urlencoded", False),
        (b"List-Unsubscribe=Two-Clicks", "", False),
        (ONE_CLICK + b"&" + b"x" * 20_000, "", False),
    ],
)
def test_one_click_is_recognised_in_both_of_its_forms(body: bytes, content_type: str, expected: bool) -> None:
    assert is_one_click(body, content_type) is expected


@pytest.mark.parametrize(
    ("wanted", "customers", "accepted", "expected"),
    [
        ("en", "zh-CN", "zh-CN", "en"),
        (None, "zh-TW", "en", "zh-CN"),
        (None, None, "fr-FR,zh;q=0.8,en;q=0.5", "zh-CN"),
        ("tlh", None, "", "en"),
    ],
)
def test_page_speaks_the_language_chosen_or_the_customer_s(
    wanted: str | None, customers: str | None, accepted: str, expected: str
) -> None:
    assert language_of(wanted, customers, accepted) == expected


def test_page_shows_what_reaches_the_customer_and_what_it_once_agreed_to() -> None:
    agreed = Permission(Channel.SMS, Purpose.SERVICE)
    rows = rows_of([Channel.EMAIL, Channel.WECOM], [agreed], [Channel.EMAIL, Channel.FEISHU])
    assert list(rows) == [Channel.EMAIL, Channel.SMS]
    assert all(purposes == tuple(Purpose) for purposes in rows.values())


class Reading(HTMLParser):
    """What assistive technology relies on: the language, labels, headings, and which control belongs to what."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.language: str | None = None
        self.headings = 0
        self.ids: set[str] = set()
        self.controls: list[Mapping[str, str | None]] = []
        self.labelled: set[str | None] = set()
        self.feed(page)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        assert "style" not in found, "the policy of the page allows no style but its own"
        assert not any(name.startswith("on") for name in found)
        assert tag != "script"
        self.language = found.get("lang") if tag == "html" else self.language
        self.headings += tag == "h1"
        if identifier := found.get("id"):
            assert identifier not in self.ids
            self.ids.add(identifier)
        if tag == "label":
            self.labelled.add(found.get("for"))
        if tag == "input" and found.get("type") == "checkbox":
            assert "fieldset" in self.open
            self.controls.append(found)
        if tag not in ("input", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_whole_labelled_and_in_their_language(language: str) -> None:
    pages, frame = Pages(), Frame(language=language, brand="<Shop> & Co", token="t.'\"<")
    rows = dict.fromkeys(Channel, tuple(Purpose))
    page = pages.choices(frame, rows, {CARE}, stop=CARE, status=frame.words.saved)
    read = Reading(page)
    assert (read.language, read.headings) == (language, 1)
    assert read.labelled == {control["id"] for control in read.controls}
    assert {control["value"] for control in read.controls} == {
        permission_text(Permission(channel, purpose)) for channel in Channel for purpose in Purpose
    }
    assert [control["value"] for control in read.controls if "checked" in control] == ["email:care"]
    assert {control["aria-describedby"] for control in read.controls} <= read.ids
    assert "<Shop>" not in page
    assert 'name="List-Unsubscribe" value="One-Click"' in page
    notice = Reading(pages.notice(frame, frame.words.expired_title, frame.words.expired, stop=OFFERS))
    assert (notice.language, notice.headings) == (language, 1)


def test_every_word_is_there_in_every_language() -> None:
    for words in LANGUAGES.values():
        assert words.channels.keys() == set(Channel)
        assert words.purposes.keys() == set(Purpose)
